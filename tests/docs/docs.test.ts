import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/server/commands/index.ts'
import { parseUsage } from '../../src/server/commands/usage.ts'
import { commandsDoc } from './commands-doc.ts'

test('docs/commands.md is what npm run docs would write', () => {
  const file = readFileSync(resolve(import.meta.dirname, '../../docs/commands.md'), 'utf8')
  expect(file).toBe(commandsDoc(COMMANDS))
})

test('every usage string can be read as an argument tree', () => {
  for (const spec of COMMANDS.flatMap((command) => [command, ...(command.subcommands ?? [])])) {
    expect(() => parseUsage(spec.usage), spec.name).not.toThrow()
  }
})
