/*
 * Commands about the server as a whole that need no file of their own: TIME,
 * LOLWUT, ROLE, SHUTDOWN.
 */
import { Random } from '../base/random.ts'
import { KEYSTEAD_VERSION } from '../base/version.ts'
import { int64Of } from '../exec/args.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { LOADING } from '../exec/gates.ts'
import type { ShutdownRequest } from '../exec/server-context.ts'

const NO_SHUTDOWN = errorLine('ERR No shutdown in progress.')
const SHUTDOWN_FAILED = errorLine('ERR Errors trying to SHUTDOWN. Check logs.')

export const TIME = defineCommand({
  name: 'time',
  usage: '',
  summary: 'Tells the time of the server.',
  group: 'server',
  since: '2.6.0',
  complexity: 'O(1)',
  arity: 1,
  flags: ['loading', 'stale', 'fast'],
  tips: ['nondeterministic_output'],
  run(c) {
    const micros = c.server.clock.micros()
    c.reply.array(2)
    c.reply.bulkInteger(Math.floor(micros / 1e6))
    c.reply.bulkInteger(micros % 1e6)
  },
})

const ART_COLUMNS = 60
const ART_ROWS = 12
const ART_LIMIT = 200

/** A wall of stones of random widths, courses offset, with a keystone in it. */
function wall(columns: number, rows: number, seed: number): string {
  const random = new Random(seed)
  const lines: string[] = []
  for (let row = 0; row < rows; row++) {
    let line = ''
    while (line.length < columns) line += `|${'_'.repeat(2 + random.below(5))}`
    lines.push(`${line.slice(0, columns)}|`)
  }
  const middle = Math.floor(columns / 2) - 3
  const at = Math.floor(rows / 2)
  if (middle > 0) lines[at] = `${lines[at].slice(0, middle)}\\_KEY_/${lines[at].slice(middle + 7)}`
  return lines.join('\n')
}

export const LOLWUT = defineCommand({
  name: 'lolwut',
  usage: '[VERSION version:integer] [columns:integer] [rows:integer]',
  summary: 'Builds a wall, never the same twice, and tells the version.',
  group: 'server',
  since: '5.0.0',
  arity: -1,
  flags: ['readonly', 'fast'],
  run(c) {
    const { argv, argc, reply } = c
    let next = 1
    if (argc >= 3 && argv[1].is('version')) {
      if (int64Of(argv[2]) === undefined) return reply.error(Err.notInteger)
      next = 3
    }
    // Every version of every server knows other arguments: what is no size is nothing to us.
    const sizes: number[] = []
    for (; next < argc; next++) {
      const value = int64Of(argv[next])
      if (value !== undefined) sizes.push(Math.max(1, Math.min(Number(value), ART_LIMIT)))
    }
    const [columns = ART_COLUMNS, rows = ART_ROWS] = sizes
    reply.verbatim(`${wall(columns, rows, c.server.clock.now() % 2 ** 31)}\n\nKeystead ver. ${KEYSTEAD_VERSION}\n`)
  },
})

export const ROLE = defineCommand({
  name: 'role',
  usage: '',
  summary: 'Tells the role of the server in replication.',
  group: 'server',
  since: '2.8.12',
  complexity: 'O(1)',
  arity: 1,
  flags: ['noscript', 'loading', 'stale', 'fast'],
  categories: ['admin', 'dangerous'],
  run({ reply }) {
    reply.array(3)
    reply.bulkText('master')
    reply.integer(0)
    reply.array(0)
  },
})

export const SHUTDOWN = defineCommand({
  name: 'shutdown',
  usage: '[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]',
  summary: 'Stops the server.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(N) in the keys to save',
  arity: -1,
  flags: ['admin', 'noscript', 'loading', 'stale', 'no-multi', 'allow-busy'],
  history: [['7.0.0', 'Accepts NOW, FORCE and ABORT.']],
  run(c) {
    // Parse.
    const { argv, argc, reply } = c
    let request: ShutdownRequest = {}
    let abort = false
    for (let i = 1; i < argc; i++) {
      if (argv[i].is('nosave') && request.save === undefined) request = { ...request, save: false }
      else if (argv[i].is('save') && request.save === undefined) request = { ...request, save: true }
      else if (argv[i].is('now')) request = { ...request, now: true }
      else if (argv[i].is('force')) request = { ...request, force: true }
      else if (argv[i].is('abort')) abort = true
      else return reply.error(Err.syntax)
    }
    if (abort && argc > 2) return reply.error(Err.syntax)
    if (abort) return reply.error(NO_SHUTDOWN)
    // Work. It is saved here, where it can still be answered that it failed; a shutdown that begins is answered
    // by the connection's end.
    const { saves, config, conditions } = c.server
    // Half of the data is nothing to be saved: whoever loads it comes first.
    if (conditions & LOADING) {
      if (!c.server.requestShutdown(request)) reply.error(SHUTDOWN_FAILED)
      return
    }
    const { save = config.get('save').length > 0, force = false } = request
    if (save) saves.cancel()
    if (save && saves.save() !== undefined && !force) return reply.error(SHUTDOWN_FAILED)
    if (!c.server.requestShutdown({ ...request, save: false })) reply.error(SHUTDOWN_FAILED)
  },
})
