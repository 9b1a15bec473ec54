/*
 * The console's built-in documentation, src/shared/command-docs.json, with our
 * summaries: its facts come from a real server (scripts/make-command-docs.mjs),
 * whose sentences are not ours to copy; those of the command table are. Commands
 * that Keystead lacks have none.
 */
import type { CommandSpec } from '../../src/server/exec/command.ts'
import type { CommandDoc } from '../../src/shared/command-docs/doc.ts'
import { ownCommands } from './commands-doc.ts'

/** The file's text as it should be, from its text as it is: one command a line. */
export function withSummaries(text: string, specs: readonly CommandSpec[]): string {
  const containers = specs.filter(({ run }) => run === undefined)
  const summaries = new Map([
    ...containers.map(({ name, summary }) => [name.toUpperCase(), summary] as const),
    ...ownCommands(specs).map(({ name, spec }) => [name, spec.summary] as const),
  ])
  const { from, commands } = JSON.parse(text) as { from: string; commands: CommandDoc[] }
  const lines = commands.map(({ name, summary: _, ...facts }) =>
    JSON.stringify({ name, summary: summaries.get(name), ...facts }),
  )
  return `{\n"from": ${JSON.stringify(from)},\n"commands": [\n${lines.join(',\n')}\n]}\n`
}
