/*
 * Run by `npm run docs`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { COMMANDS } from '../../src/server/commands/index.ts'
import { withSummaries } from './built-in-docs.ts'
import { commandsDoc } from './commands-doc.ts'

const at = (path: string): string => resolve(import.meta.dirname, '../..', path)

writeFileSync(at('docs/commands.md'), commandsDoc(COMMANDS))
const builtIn = at('src/shared/command-docs.json')
writeFileSync(builtIn, withSummaries(readFileSync(builtIn, 'utf8'), COMMANDS))
