/*
 * docs/commands.md, made from the command table: `npm run docs` writes it, and a
 * test holds the file to it.
 */
import type { CommandSpec } from '../../src/server/exec/command.ts'

const HEAD = `# Commands

What Keystead's database answers today, made from its command table by \`npm run docs\`. A command that is not here
is answered as unknown. Where a reply differs from Redis and Valkey on purpose, [compatibility.md](compatibility.md) says why.
`

const cell = (text: string): string => text.replaceAll('|', '\\|')

function rows(specs: readonly CommandSpec[], prefix: string): string[] {
  const lines: string[] = []
  for (const spec of specs.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = `${prefix}${spec.name.toUpperCase()}`
    // A container without a run of its own is described by its subcommands.
    if (spec.run) {
      const usage = spec.usage === '' ? name : `${name} ${spec.usage}`
      lines.push(`| \`${cell(usage)}\` | ${spec.since} | ${cell(spec.summary)} |`)
    }
    if (spec.subcommands) lines.push(...rows(spec.subcommands, `${name} `))
  }
  return lines
}

/** The whole document. */
export function commandsDoc(commands: readonly CommandSpec[]): string {
  const groups = new Map<string, CommandSpec[]>()
  for (const spec of commands) groups.set(spec.group, [...(groups.get(spec.group) ?? []), spec])
  const parts = [...groups].toSorted().map(([group, specs]) => {
    const table = ['| command | since | what it does |', '|---|---|---|', ...rows(specs, '')]
    return `## ${group}\n\n${table.join('\n')}\n`
  })
  return [HEAD, ...parts].join('\n')
}
