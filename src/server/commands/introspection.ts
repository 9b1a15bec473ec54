/*
 * COMMAND: the command table, told to clients. Everything here is read from the
 * commands' own entries.
 */
import { globMatches } from '../base/glob.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand, type KeySpec } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { keyPositions } from '../exec/key-positions.ts'
import type { Command } from '../exec/table.ts'
import { helpCommand } from './help.ts'
import { type Argument, parseUsage } from './usage.ts'

const INVALID_COMMAND = errorLine('ERR Invalid command specified')
const NO_KEYS = errorLine('ERR The command has no key arguments')
const INVALID_ARGUMENTS = errorLine('ERR Invalid arguments specified for command')
const INVALID_COUNT = errorLine('ERR Invalid number of arguments specified for command')

const COMMON = { group: 'server', arity: -2, flags: ['loading', 'stale'], categories: ['connection'] } as const

/** Nested replies as data: arrays, maps and sets are what they are in RESP3. */
type Node = string | number | null | Node[] | NodeMap | NodeSet

interface NodeMap {
  readonly map: readonly (readonly [string, Node])[]
}

interface NodeSet {
  readonly set: readonly Node[]
  /** Its texts are simple strings instead of bulk ones. */
  readonly simple?: boolean
}

function send(c: Call, node: Node, simple = false): void {
  const { reply } = c
  if (node === null) return reply.nil()
  if (typeof node === 'number') return reply.integer(node)
  if (typeof node === 'string') return simple ? reply.simple(node) : reply.bulkText(node)
  if (Array.isArray(node)) {
    reply.array(node.length)
    for (const item of node) send(c, item)
  } else if ('set' in node) {
    reply.set(node.set.length)
    for (const item of node.set) send(c, item, node.simple)
  } else if ('map' in node) {
    reply.map(node.map.length)
    for (const [name, value] of node.map) {
      reply.bulkText(name)
      send(c, value)
    }
  }
}

/** COMMAND INFO's ten elements of one command. */
function infoOf(command: Command): Node {
  const { spec } = command
  const [first, last, step] = legacyRange(spec.keys)
  return [
    command.name,
    command.arity,
    { set: [...flagsOf(command)], simple: true },
    first,
    last,
    step,
    { set: command.categories.map((category) => `@${category}`), simple: true },
    { set: spec.tips ?? [] },
    { set: (spec.keys ?? []).map(keySpecInfo) },
    command.subcommands ? command.subcommands.all.map(infoOf) : [],
  ]
}

function flagsOf(command: Command): Set<string> {
  const { spec } = command
  // `protected` is this server's own business, as it is in Redis.
  const names = spec.flags.filter((flag) => flag !== 'protected').map((flag) => flag.replaceAll('-', '_'))
  if (spec.keys?.some((key) => key.keyNum || key.unknown || typeof key.at !== 'number')) names.push('movablekeys')
  return new Set(names)
}

/** First key, last key and step, as clients that predate key specifications expect them. */
function legacyRange(keys: readonly KeySpec[] | undefined): [number, number, number] {
  let first = 0
  let last = 0
  let step = 0
  for (const key of keys ?? []) {
    if (typeof key.at !== 'number' || key.keyNum !== undefined) continue
    const end = key.last ?? 0
    // Specifications that go on where the one before ended are one range.
    if (first === 0) first = key.at
    else if (key.at !== last + 1) continue
    last = end < 0 ? end : key.at + end
    step = key.step ?? 1
  }
  return [first, last, step]
}

function accessFlags(key: KeySpec): string[] {
  const flags = [key.access.toUpperCase()]
  if (key.does) flags.push(...(typeof key.does === 'string' ? [key.does] : key.does))
  if (key.variable) flags.push('variable_flags')
  if (key.incomplete) flags.push('incomplete')
  if (key.notKey) flags.push('not_key')
  return flags
}

const UNKNOWN: Node = {
  map: [
    ['type', 'unknown'],
    ['spec', { map: [] }],
  ],
}

function keySpecInfo(key: KeySpec): Node {
  if (key.unknown) {
    return {
      map: [
        ['notes', key.unknown.note],
        ['flags', { set: accessFlags(key), simple: true }],
        ['begin_search', UNKNOWN],
        ['find_keys', UNKNOWN],
      ],
    }
  }
  const begin: Node =
    typeof key.at === 'number'
      ? {
          map: [
            ['type', 'index'],
            ['spec', { map: [['index', key.at]] }],
          ],
        }
      : {
          map: [
            ['type', 'keyword'],
            [
              'spec',
              {
                map: [
                  ['keyword', key.at.keyword],
                  ['startfrom', key.at.from],
                ],
              },
            ],
          ],
        }
  const find: Node = key.keyNum
    ? {
        map: [
          ['type', 'keynum'],
          [
            'spec',
            {
              map: [
                ['keynumidx', key.keyNum.at],
                ['firstkey', key.keyNum.firstKey],
                ['keystep', key.keyNum.step],
              ],
            },
          ],
        ],
      }
    : {
        map: [
          ['type', 'range'],
          [
            'spec',
            {
              map: [
                ['lastkey', key.last ?? 0],
                ['keystep', key.step ?? 1],
                ['limit', key.limit ?? 0],
              ],
            },
          ],
        ],
      }
  return {
    map: [
      ['flags', { set: accessFlags(key), simple: true }],
      ['begin_search', begin],
      ['find_keys', find],
    ],
  }
}

function docsOf(command: Command): Node {
  const { spec } = command
  const docs: [string, Node][] = [
    ['summary', spec.summary],
    ['since', spec.since],
    ['group', spec.group],
  ]
  if (spec.complexity) docs.push(['complexity', spec.complexity])
  if (spec.history) docs.push(['history', { set: spec.history.map((entry) => [...entry]) }])
  const keys = { next: 0 }
  const tree = parseUsage(spec.usage).map((argument) => argumentInfo(argument, keys))
  if (tree.length > 0) docs.push(['arguments', tree])
  if (command.subcommands) {
    docs.push(['subcommands', { map: command.subcommands.all.map((sub) => [sub.name, docsOf(sub)] as const) }])
  }
  return { map: docs }
}

function argumentInfo(argument: Argument, keys: { next: number }): Node {
  const info: [string, Node][] = [
    ['name', argument.name],
    ['type', argument.type],
  ]
  if (argument.type === 'key') info.push(['key_spec_index', keys.next++])
  if (argument.token) info.push(['token', argument.token])
  const flags: string[] = []
  if (argument.optional) flags.push('optional')
  if (argument.multiple) flags.push('multiple')
  if (flags.length > 0) info.push(['flags', { set: flags, simple: true }])
  if (argument.arguments) info.push(['arguments', argument.arguments.map((inner) => argumentInfo(inner, keys))])
  return { map: info }
}

/** The commands named from argv[2] on, or all of them. */
function* named(c: Call): Iterable<readonly [name: Slice, command: Command | undefined]> {
  if (c.argc > 2) {
    for (let i = 2; i < c.argc; i++) yield [c.argv[i], c.server.commands.byName(c.argv[i])]
    return
  }
  for (const command of c.server.commands.all) yield [Slice.of(command.name), command]
}

const INFO = defineCommand({
  ...COMMON,
  name: 'info',
  usage: '[command-name...]',
  summary: 'Tells arity, flags, categories and key positions of commands.',
  since: '2.8.13',
  complexity: 'O(N) in the number of commands asked for',
  tips: ['nondeterministic_output_order'],
  run(c) {
    send(
      c,
      Array.from(named(c), ([, command]) => (command ? infoOf(command) : null)),
    )
  },
})

const DOCS = defineCommand({
  ...COMMON,
  name: 'docs',
  usage: '[command-name...]',
  summary: 'Tells summary, history and arguments of commands.',
  since: '7.0.0',
  complexity: 'O(N) in the number of commands asked for',
  tips: ['nondeterministic_output_order'],
  run(c) {
    const known: [string, Node][] = []
    for (const [, command] of named(c)) if (command) known.push([command.name, docsOf(command)])
    send(c, { map: known })
  },
})

const COUNT = defineCommand({
  ...COMMON,
  name: 'count',
  usage: '',
  summary: 'Counts the commands of the server.',
  since: '2.8.13',
  complexity: 'O(1)',
  arity: 2,
  run(c) {
    c.reply.integer(c.server.commands.all.length)
  },
})

const LIST = defineCommand({
  ...COMMON,
  name: 'list',
  usage: '[FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]',
  summary: 'Lists the names of commands.',
  since: '7.0.0',
  complexity: 'O(N) in the number of commands',
  tips: ['nondeterministic_output_order'],
  run(c) {
    const { argv, argc, reply, server } = c
    if (argc === 2) return send(c, { set: Array.from(server.commands.everything(), (command) => command.name) })
    if (argc !== 5 || !argv[2].is('filterby')) return reply.error(Err.syntax)
    const keep = filterOf(argv[3], argv[4])
    if (keep === undefined) return reply.error(Err.syntax)
    send(
      c,
      Array.from(server.commands.everything())
        .filter(keep)
        .map((command) => command.name),
    )
  },
})

function filterOf(kind: Slice, value: Slice): ((command: Command) => boolean) | undefined {
  // No command comes from a module here.
  if (kind.is('module')) return () => false
  if (kind.is('aclcat')) {
    const category = value.text().toLowerCase()
    return (command) => command.categories.includes(category)
  }
  if (kind.is('pattern')) return (command) => globMatches(value, Slice.of(command.name), true)
  return undefined
}

/** COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of the request that starts at argv[2]. */
function replyKeys(c: Call, withFlags: boolean): void {
  const { reply, server } = c
  const argv = c.argv.slice(2, c.argc)
  const container = server.commands.find(argv[0])
  const command = argv.length > 1 && container?.subcommands ? container.subcommands.find(argv[1]) : container
  if (command === undefined) return reply.error(INVALID_COMMAND)
  if (!command.spec.keys?.length) return reply.error(NO_KEYS)
  if (!command.accepts(argv.length)) return reply.error(INVALID_COUNT)
  const positions = keyPositions(command.spec, argv, argv.length)
  if (positions === undefined) return reply.error(INVALID_ARGUMENTS)
  reply.array(positions.length)
  for (const { index, spec } of positions) {
    if (withFlags) reply.array(2)
    reply.bulk(argv[index])
    if (!withFlags) continue
    const flags = accessFlags({ ...spec, variable: false, incomplete: false, ...spec.less?.(argv, argv.length) })
    send(c, { set: flags, simple: true })
  }
}

const GETKEYS = defineCommand({
  ...COMMON,
  name: 'getkeys',
  usage: 'command [arg...]',
  summary: 'Tells which arguments of a command are keys.',
  since: '2.8.13',
  complexity: 'O(N) in the number of arguments',
  arity: -3,
  run: (c) => replyKeys(c, false),
})

const GETKEYSANDFLAGS = defineCommand({
  ...COMMON,
  name: 'getkeysandflags',
  usage: 'command [arg...]',
  summary: 'Tells which arguments of a command are keys and what it does to them.',
  since: '7.0.0',
  complexity: 'O(N) in the number of arguments',
  arity: -3,
  run: (c) => replyKeys(c, true),
})

export const COMMAND = defineCommand({
  ...COMMON,
  name: 'command',
  usage: '',
  summary: 'Tells what the commands of this server are.',
  since: '2.8.13',
  complexity: 'O(N) in the number of commands',
  arity: -1,
  tips: ['nondeterministic_output_order'],
  subcommands: [
    INFO,
    DOCS,
    COUNT,
    LIST,
    GETKEYS,
    GETKEYSANDFLAGS,
    helpCommand('command', COMMON, '5.0.0', [
      ['(no subcommand)', 'What COMMAND INFO tells, of all commands.'],
      ['COUNT', 'The number of commands.'],
      ['DOCS [<command-name> ...]', 'Summary, history and arguments of commands, or of all.'],
      ['GETKEYS <full-command>', 'The keys in a request.'],
      ['GETKEYSANDFLAGS <full-command>', 'The keys in a request and what is done to them.'],
      ['INFO [<command-name> ...]', 'Arity, flags, categories and key positions of commands, or of all.'],
      ['LIST [FILTERBY (MODULE <name> | ACLCAT <category> | PATTERN <pattern>)]', 'The names of commands.'],
    ]),
  ],
  run(c) {
    send(c, c.server.commands.all.map(infoOf))
  },
})
