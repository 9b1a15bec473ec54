/*
 * Run by `npm run docs`.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { COMMANDS } from '../../src/server/commands/index.ts'
import { commandsDoc } from './commands-doc.ts'

writeFileSync(resolve(import.meta.dirname, '../../docs/commands.md'), commandsDoc(COMMANDS))
