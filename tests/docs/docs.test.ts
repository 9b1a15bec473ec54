import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/server/commands/index.ts'
import { type Argument, parseUsage } from '../../src/server/commands/usage.ts'
import type { ArgumentDoc, CommandDoc } from '../../src/shared/command-docs/doc.ts'
import builtIn from '../../src/shared/command-docs.json' with { type: 'json' }
import { withSummaries } from './built-in-docs.ts'
import { commandsDoc, isOnlyOurs, ownCommands } from './commands-doc.ts'
import { knownCommands } from './known-commands.ts'
import { PARTLY } from './partly.ts'

const own = ownCommands(COMMANDS).filter(({ name }) => !isOnlyOurs(name))

test('docs/commands.md is what npm run docs would write', () => {
  const file = readFileSync(resolve(import.meta.dirname, '../../docs/commands.md'), 'utf8')
  expect(file).toBe(commandsDoc(COMMANDS))
})

test('the built-in docs of the console have the summaries that npm run docs would give them', () => {
  const file = readFileSync(resolve(import.meta.dirname, '../../src/shared/command-docs.json'), 'utf8')
  expect(file).toBe(withSummaries(file, COMMANDS))
})

test('every command of ours is one that is known, in its group', () => {
  const groups = new Map(knownCommands().map(({ name, group }) => [name, group]))
  const strangers = own.filter(({ name, spec }) => groups.get(name) !== spec.group)
  expect(strangers.map(({ name, spec }) => `${name} of ${spec.group}`)).toEqual([])
})

test('the version of every command of ours is one in which Redis or Valkey got it', () => {
  const known = new Map(knownCommands().map((command) => [command.name, command]))
  const wrong = own.filter(({ name, spec }) => {
    const { redis, valkey } = known.get(name) ?? {}
    return spec.since !== redis && spec.since !== valkey
  })
  expect(wrong.map(({ name, spec }) => `${name} since ${spec.since}`)).toEqual([])
})

test('only commands of ours are said to lack something', () => {
  const names = new Set(own.map(({ name }) => name))
  expect(Object.keys(PARTLY).filter((name) => !names.has(name))).toEqual([])
})

test('a command that is called done takes every word that Valkey documents for it', () => {
  const documented = new Map((builtIn.commands as readonly CommandDoc[]).map(({ name, args }) => [name, args]))
  const lacking = own.flatMap(({ name, spec }) => {
    const ours = new Set(tokensOf(parseUsage(spec.usage)))
    const missing = tokensOf(documented.get(name) ?? []).filter((token) => !ours.has(token))
    return missing.length === 0 || name in PARTLY ? [] : [`${name}: ${missing.join(' ')}`]
  })
  expect(lacking).toEqual([])
})

/** The words of an argument tree, those apart that are signs: `~`, `=`. */
function tokensOf(args: readonly (Argument | ArgumentDoc)[]): string[] {
  return args.flatMap((argument) => {
    const inner = ('args' in argument ? argument.args : 'arguments' in argument ? argument.arguments : undefined) ?? []
    return [...(/^[A-Z]/.test(argument.token ?? '') ? [argument.token!] : []), ...tokensOf(inner)]
  })
}

test('every usage string can be read as an argument tree', () => {
  for (const spec of COMMANDS.flatMap((command) => [command, ...(command.subcommands ?? [])])) {
    expect(() => parseUsage(spec.usage), spec.name).not.toThrow()
  }
})
