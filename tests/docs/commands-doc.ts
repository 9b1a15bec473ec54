/*
 * docs/commands.md, made from the command table and from what is known of other
 * servers: `npm run docs` writes it, and a test holds the file to it.
 */
import type { CommandSpec } from '../../src/server/exec/command.ts'
import { isMeant, type KnownCommand, knownCommands, OTHER_FAMILIES } from './known-commands.ts'
import { PARTLY } from './partly.ts'

const HEAD = `# Commands

Every command of Redis and Valkey, and whether Keystead's database has it; made from its command table by
\`npm run docs\`. What is not there is answered as an unknown command. Where a reply differs from Redis and Valkey
on purpose, [compatibility.md](compatibility.md) says why.

- **done**: with every option of Redis 7.2 and of Valkey 9.1
- **partly**: it is there, and what it lacks is said
- **not there**

The versions are the first that have the command. A container with subcommands counts once for each of them.
`

/** A command that runs, by its whole name. */
interface Own {
  readonly name: string
  readonly spec: CommandSpec
}

/** What there is, a container replaced by what it contains; COMMAND is both. */
export function ownCommands(specs: readonly CommandSpec[], prefix = ''): Own[] {
  return specs.flatMap((spec) => {
    const name = `${prefix}${spec.name.toUpperCase()}`
    const itself = spec.run ? [{ name, spec }] : []
    return [...itself, ...ownCommands(spec.subcommands ?? [], `${name} `)]
  })
}

const STATUSES = ['done', 'partly', 'not there'] as const
type Status = (typeof STATUSES)[number]

interface Row {
  readonly known: KnownCommand
  readonly spec: CommandSpec | undefined
  readonly status: Status
}

function rowOf(known: KnownCommand, own: ReadonlyMap<string, CommandSpec>): Row {
  const spec = own.get(known.name)
  const isPartly = Object.hasOwn(PARTLY, known.name)
  return { known, spec, status: spec === undefined ? 'not there' : isPartly ? 'partly' : 'done' }
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function lineOf({ known, spec, status }: Row): string {
  const usage = spec && spec.usage !== '' ? `${known.name} ${spec.usage}` : known.name
  const lacks = status === 'partly' ? ` Missing: ${PARTLY[known.name]}.` : ''
  const what = `${spec?.summary ?? ''}${lacks}`
  return `| \`${cell(usage)}\` | ${status} | ${known.redis ?? ''} | ${known.valkey ?? ''} | ${cell(what)} |`
}

const countOf = (rows: readonly Row[], status: Status): number => rows.filter((row) => row.status === status).length

function countsLine(title: string, rows: readonly Row[]): string {
  return `| ${[title, rows.length, ...STATUSES.map((status) => countOf(rows, status))].join(' | ')} |`
}

function summary(groups: readonly (readonly [string, readonly Row[]])[]): string {
  const all = groups.flatMap(([, rows]) => rows)
  const lines = [
    `| of Redis 7.2 and Valkey 9.1 | commands | ${STATUSES.join(' | ')} |`,
    '|---|---:|---:|---:|---:|',
    ...groups
      .map(([group, rows]) => [group, rows.filter(({ known }) => isMeant(known))] as const)
      .filter(([, rows]) => rows.length > 0)
      .map(([group, rows]) => countsLine(group, rows)),
    countsLine(
      '**all**',
      all.filter(({ known }) => isMeant(known)),
    ),
    countsLine(
      'only in Redis 7.4 to 8.10',
      all.filter(({ known }) => !isMeant(known)),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function otherFamilies(): string {
  const rows = OTHER_FAMILIES.map(({ title, commands, count }) => `| ${title} | ${commands} | ${count} | not there |`)
  const table = ['| family | commands | how many | |', '|---|---|---:|---|', ...rows]
  return `## Modules and Sentinel\n\n${table.join('\n')}\n`
}

/** Of commands that no other server has, all names begin so. */
export const isOnlyOurs = (name: string): boolean => name.startsWith('KEYSTEAD.')

function onlyOurs(own: readonly Own[]): string {
  const lines = own
    .filter(({ name, spec }) => isOnlyOurs(name) && spec.name !== 'help')
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, spec }) => `| \`${cell(`${name} ${spec.usage}`.trimEnd())}\` | ${cell(spec.summary)} |`)
  const table = ['| command | what it does |', '|---|---|', ...lines]
  return `## Only in Keystead\n\nCheckpoints and branches: [checkpoints.md](checkpoints.md).\n\n${table.join('\n')}\n`
}

/** The whole document. */
export function commandsDoc(commands: readonly CommandSpec[]): string {
  const own = new Map(ownCommands(commands).map(({ name, spec }) => [name, spec]))
  const byGroup = Map.groupBy(knownCommands(), ({ group }) => group)
  const groups = [...byGroup].toSorted().map(([group, known]) => [group, known.map((one) => rowOf(one, own))] as const)
  const parts = groups.map(([group, rows]) => {
    const table = ['| command | | Redis | Valkey | what it does |', '|---|---|---|---|---|', ...rows.map(lineOf)]
    return `## ${group}\n\n${table.join('\n')}\n`
  })
  return [HEAD, summary(groups), ...parts, onlyOurs(ownCommands(commands)), otherFamilies()].join('\n')
}
