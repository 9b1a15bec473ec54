/*
 * Saving to the RDB file: SAVE, BGSAVE, LASTSAVE. How it is done is in
 * ../persistence/saves.ts.
 */
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'

const ALREADY_SAVING = errorLine('ERR Background save already in progress')
const NOTHING_TO_CANCEL = errorLine('ERR Background saving is currently not in progress or scheduled')
/** The reason is in the log: it may tell paths, which are nobody's business on the wire. */
const FAILED = errorLine('ERR')
const REWRITING = errorLine(
  "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a " +
    'BGSAVE whenever possible.',
)
const CATEGORIES = ['admin', 'dangerous'] as const

export const SAVE = defineCommand({
  name: 'save',
  usage: '',
  summary: 'Saves the data to the RDB file; everybody waits meanwhile.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(N) in the number of keys',
  arity: 1,
  flags: ['admin', 'noscript', 'no-async-loading', 'no-multi'],
  run({ reply, server }) {
    if (server.saves.isRunning) return reply.error(ALREADY_SAVING)
    if (server.saves.save() === undefined) reply.ok()
    else reply.error(FAILED)
  },
})

export const BGSAVE = defineCommand({
  name: 'bgsave',
  usage: '[SCHEDULE | CANCEL]',
  summary: 'Saves the data to the RDB file in the background, or gives that up.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(1)',
  history: [
    ['3.2.2', 'Added the `SCHEDULE` option.'],
    ['8.1.0', 'Added the `CANCEL` option.'],
  ],
  arity: -1,
  flags: ['admin', 'noscript', 'no-async-loading'],
  run(c) {
    const { argv, argc, reply, server } = c
    if (argc > 2) return reply.error(Err.syntax)
    if (argc === 2 && argv[1].is('cancel')) return cancel(c)
    if (argc === 2 && !argv[1].is('schedule')) return reply.error(Err.syntax)
    if (server.saves.isRunning) return reply.error(ALREADY_SAVING)
    if (server.aof.rewriter.isRunning && argc === 1) return reply.error(REWRITING)
    // A transaction is one moment, whose end is the one to be saved.
    if (server.executor.isInTransaction || server.aof.rewriter.isRunning) {
      server.saves.schedule()
      return reply.simple('Background saving scheduled')
    }
    server.saves.start()
    reply.simple('Background saving started')
  },
})

function cancel({ reply, server }: Call): void {
  const cancelled = server.saves.cancel()
  if (cancelled === 'running') reply.simple('Background saving cancelled')
  else if (cancelled === 'scheduled') reply.simple('Scheduled background saving cancelled')
  else reply.error(NOTHING_TO_CANCEL)
}

export const LASTSAVE = defineCommand({
  name: 'lastsave',
  usage: '',
  summary: 'Tells when the data was last saved; before that, when the server started.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 1,
  flags: ['loading', 'stale', 'fast'],
  categories: CATEGORIES,
  tips: ['nondeterministic_output'],
  run(c) {
    c.reply.integer(Math.floor(c.server.saves.lastSaveAt / 1000))
  },
})
