/*
 * HELP, the subcommand that every container has: its subcommands, a line of
 * explanation below each.
 */
import { type CommandSpec, defineCommand } from '../exec/command.ts'

type Inherited = Pick<CommandSpec, 'group' | 'flags' | 'categories'>

/** The HELP entry of the container `name`; each line is a usage and what it does. */
export function helpCommand(
  name: string,
  inherited: Inherited,
  since: string,
  lines: readonly (readonly [usage: string, explanation: string])[],
): CommandSpec {
  return defineCommand({
    name: 'help',
    usage: '',
    summary: `Explains the subcommands of ${name.toUpperCase()}.`,
    group: inherited.group,
    since,
    complexity: 'O(1)',
    arity: 2,
    flags: ['loading', 'stale'],
    ...(inherited.categories && { categories: inherited.categories }),
    run({ reply }) {
      reply.array(3 + lines.length * 2)
      reply.simple(`${name.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`)
      for (const [usage, explanation] of [...lines, ['HELP', 'Print this help.']]) {
        reply.simple(usage)
        reply.simple(`    ${explanation}`)
      }
    },
  })
}
