/*
 * CONFIG: the options of the running server. Which there are is in
 * ../config/options.ts.
 */
import { globMatches } from '../base/glob.ts'
import { Slice } from '../base/slice.ts'
import { optionNamed, optionNames, optionOf } from '../config/config.ts'
import type { OptionName } from '../config/options.ts'
import { rewriteFile } from '../config/rewrite.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand, type Flag } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { helpCommand } from './help.ts'

const NO_FILE = errorLine('ERR The server is running without a config file')
const STAR = 42
const QUESTION = 63
const BRACKET = 91
const FLAGS: readonly Flag[] = ['admin', 'noscript', 'loading', 'stale']

function get({ argv, argc, reply, server }: Call): void {
  // By the option's name, what it is to be called in the reply: as in Redis, a name without a pattern is repeated as it was written.
  const found = new Map<string, string>()
  for (let i = 2; i < argc; i++) {
    const isPattern = argv[i].view().some((c) => c === STAR || c === QUESTION || c === BRACKET)
    for (const name of optionNames) {
      if (!found.has(name) && globMatches(argv[i], Slice.of(name), true)) {
        found.set(name, isPattern ? name : argv[i].text())
      }
    }
  }
  reply.map(found.size)
  for (const [name, shown] of found) {
    reply.bulkText(shown)
    reply.bulkText(server.config.textOf(optionNamed(name)!))
  }
}

/** Why the options named in the request cannot be set, before any value is looked at. */
function refusalToSet({ argv, argc, client, server }: Call): string | undefined {
  const failed = (name: Slice, reason: string): string =>
    `ERR CONFIG SET failed (possibly related to argument '${name.text()}') - ${reason}`
  const seen = new Set<OptionName>()
  for (let i = 2; i < argc; i += 2) {
    const name = optionNamed(argv[i].text())
    if (name === undefined) {
      return `ERR Unknown option or number of arguments for CONFIG SET - '${argv[i].textToZero()}'`
    }
    const option = optionOf(name)
    if (option.guarded) {
      const allowed = server.config.get('enable-protected-configs')
      const isAllowed = allowed === 'yes' || (allowed === 'local' && client.origin.isLocal)
      if (!isAllowed) return failed(argv[i], "can't set protected config")
    }
    if (!option.mutable) return failed(argv[i], "can't set immutable config")
    if (seen.has(name)) return failed(argv[i], 'duplicate parameter')
    seen.add(name)
  }
  return undefined
}

function set(c: Call): void {
  const { argv, argc, reply, server, client } = c
  if (argc % 2 !== 0) return reply.error(Err.syntax)
  const refusal = refusalToSet(c)
  if (refusal !== undefined) return reply.errorText(refusal)
  const changes: [OptionName, string][] = []
  for (let i = 2; i < argc; i += 2) changes.push([optionNamed(argv[i].text())!, argv[i + 1].text()])
  const before = changes.map(([name]) => [name, server.config.textOf(name)] as const)
  /** The error of an option; an alias is told as it was given, in lower case. */
  const failed = (name: string, reason: string): string => {
    const given = argv[2 + 2 * changes.findIndex((change) => change[0] === name)].text().toLowerCase()
    return `ERR CONFIG SET failed (possibly related to argument '${given}') - ${reason}`
  }
  const failure = server.config.change(changes)
  if (failure) return reply.errorText(failed(failure.name, failure.reason))
  const { switching } = server
  if (switching === undefined || !changes.some(([name]) => name === 'appendonly')) return reply.ok()
  const notOn = failed('appendonly', 'Unable to turn on AOF. Check server logs.')
  let hasFailed = false
  const waits = server.waiting.block(client, 0, {
    isFirm: true,
    onTimeout: (answered) => (hasFailed ? answered.errorText(notOn) : answered.ok()),
    onCancel: () => undefined, // It is set all the same.
  })
  // A transaction cannot wait: the option goes back by itself if the file cannot be opened.
  if (!waits) return reply.ok()
  void switching.then((why) => {
    hasFailed = why !== undefined
    if (hasFailed) server.config.change(before)
    server.waiting.unblock(client, 'timeout')
  })
}

export const CONFIG = defineCommand({
  name: 'config',
  usage: '',
  summary: 'A container for server configuration commands.',
  group: 'server',
  since: '2.0.0',
  complexity: 'Depends on subcommand.',
  arity: -2,
  flags: [],
  subcommands: [
    defineCommand({
      name: 'get',
      usage: 'parameter...',
      summary: 'Tells the values of options.',
      group: 'server',
      since: '2.0.0',
      complexity: 'O(N) when N is the number of configuration parameters provided',
      arity: -3,
      flags: FLAGS,
      history: [['7.0.0', 'Added the ability to pass multiple pattern parameters in one call']],
      run: get,
    }),
    defineCommand({
      name: 'set',
      usage: '<parameter value>...',
      summary: 'Changes options, all or none.',
      group: 'server',
      since: '2.0.0',
      complexity: 'O(N) when N is the number of configuration parameters provided',
      arity: -4,
      flags: FLAGS,
      history: [['7.0.0', 'Added the ability to set multiple parameters in one call.']],
      tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      run: set,
    }),
    defineCommand({
      name: 'resetstat',
      usage: '',
      summary: 'Sets the statistics to zero.',
      group: 'server',
      since: '2.0.0',
      complexity: 'O(1)',
      arity: 2,
      flags: FLAGS,
      tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      run({ reply, server }) {
        const { stats } = server.keyspace
        stats.hits = 0
        stats.misses = 0
        stats.expiredKeys = 0
        stats.expiredFields = 0
        stats.expiredStalePercent = 0
        stats.expiredTimeCapReached = 0
        server.keyspace.lazyFree.freed = 0
        server.stats.reset()
        server.commands.resetStats()
        reply.ok()
      },
    }),
    defineCommand({
      name: 'rewrite',
      usage: '',
      summary: 'Writes the options in force to the configuration file.',
      group: 'server',
      since: '2.8.0',
      complexity: 'O(1)',
      arity: 2,
      flags: FLAGS,
      tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      run({ reply, server }) {
        if (server.configFile === undefined) return reply.error(NO_FILE)
        const reason = rewriteFile(server.configFile, server.config)
        if (reason !== undefined) {
          server.log.warning(`CONFIG REWRITE failed: ${reason}`)
          return reply.errorText(`ERR Rewriting config file: ${reason}`)
        }
        server.log.notice('CONFIG REWRITE executed with success.')
        reply.ok()
      },
    }),
    helpCommand('config', { group: 'server', flags: ['loading', 'stale'] }, '5.0.0', [
      ['GET <pattern>', 'Return parameters matching the glob-like <pattern> and their values.'],
      ['SET <directive> <value>', 'Set the configuration <directive> to <value>.'],
      ['RESETSTAT', 'Reset statistics reported by the INFO command.'],
      ['REWRITE', 'Rewrite the configuration file.'],
    ]),
  ],
})
