/*
 * What only Keystead has: checkpoints, branches and rewinding. How it is done is
 * in ../persistence/checkpoints; docs/checkpoints.md tells users about it.
 */
import type { BranchOrigin, CheckpointFacts } from '../base/checkpoint-facts.ts'
import type { Slice } from '../base/slice.ts'
import { integerOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { type CommandSpec, defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import type { Reply } from '../exec/reply.ts'
import { answerWhenDone, answerWith } from './answer-later.ts'
import { helpCommand } from './help.ts'

const SINCE = '0.2.0'
const COMMON = { group: 'server', since: SINCE, flags: ['admin', 'noscript', 'no-async-loading', 'no-multi'] } as const

const part = (spec: Omit<CommandSpec, 'group' | 'since' | 'flags'>): CommandSpec =>
  defineCommand({ ...COMMON, ...spec })

/** How long a list waits for what is on its way to it. */
const LIST_WAIT_MS = 1000

/** Answers when everything that has been made shows. */
function answerWhenSettled({ client, server, reply }: Call, answer: (reply: Reply) => void): void {
  const { unsettled } = server.checkpoints
  if (unsettled === undefined) return answer(reply)
  let isAnswered = false
  server.waiting.block(client, LIST_WAIT_MS, {
    isFirm: true,
    onTimeout(answered) {
      isAnswered = true
      answer(answered)
    },
    onCancel: () => undefined,
  })
  void unsettled.then(() => {
    if (!isAnswered) server.waiting.unblock(client, 'timeout')
  })
}

type Facts = Readonly<Record<string, string | number>>

/** An array of maps, each what is told of one; or why nothing can be told. */
function replyAll<T>(reply: Reply, all: readonly T[] | string, factsOf: (one: T) => Facts): void {
  if (typeof all === 'string') return reply.errorText(`ERR ${all}`)
  reply.array(all.length)
  for (const one of all) {
    const fields = Object.entries(factsOf(one))
    reply.map(fields.length)
    for (const [name, value] of fields) {
      reply.bulkText(name)
      if (typeof value === 'number') reply.integer(value)
      else reply.bulkText(value)
    }
  }
}

const checkpointFields = ({ name, reason, created, keys, bytes, from, to, problem }: CheckpointFacts): Facts => ({
  name,
  reason,
  created,
  keys,
  bytes,
  'rewind-from': from,
  'rewind-to': to,
  problem,
})

/** Unix time in milliseconds; the refusal has been sent if undefined. */
function timeOf(c: Call, text: Slice): number | undefined {
  const time = integerOf(text)
  if (time !== undefined && time >= 0) return time
  c.reply.error(Err.notInteger)
  return undefined
}

function rewind(c: Call): void {
  const { argv, argc, server, reply } = c
  if (argc === 3) return answerWhenDone(c, server.checkpoints.rewind(argv[2].text()))
  if (argc !== 4 || !argv[2].is('time')) return reply.error(Err.syntax)
  const time = timeOf(c, argv[3])
  if (time !== undefined) answerWhenDone(c, server.checkpoints.rewindTo(time))
}

/** What stands behind the name of a new branch; the refusal has been sent if undefined. */
function originOf(c: Call): BranchOrigin | undefined {
  const { argv, argc, reply } = c
  if (argc === 3) return 'now'
  if (argc === 5 && argv[3].is('from')) return { checkpoint: argv[4].text() }
  if (argc === 5 && argv[3].is('time')) {
    const time = timeOf(c, argv[4])
    return time === undefined ? undefined : { time }
  }
  reply.error(Err.syntax)
  return undefined
}

export const KEYSTEAD_CHECKPOINT = defineCommand({
  name: 'keystead.checkpoint',
  ...COMMON,
  usage: '',
  summary: 'A container for commands about checkpoints of the data.',
  complexity: 'Depends on the subcommand.',
  arity: -2,
  flags: [],
  subcommands: [
    part({
      name: 'create',
      usage: 'name',
      summary: 'Keeps the data as it is now under a name.',
      complexity: 'O(N) in the number of keys, in the background, unless they are on disk already',
      arity: 3,
      run: (c) => answerWhenDone(c, c.server.checkpoints.create(c.argv[2].text())),
    }),
    part({
      name: 'list',
      usage: '',
      summary: 'Lists the checkpoints in the order in which they were made.',
      complexity: 'O(N) in the number of checkpoints',
      arity: 2,
      run: (c) =>
        answerWhenSettled(c, (reply) => replyAll(reply, c.server.checkpoints.checkpoints(), checkpointFields)),
    }),
    part({
      name: 'delete',
      usage: 'name',
      summary: 'Deletes a checkpoint.',
      complexity: 'O(1)',
      arity: 3,
      run: (c) => answerWhenDone(c, c.server.checkpoints.delete(c.argv[2].text())),
    }),
    part({
      name: 'rewind',
      usage: '<name | TIME unix-time-milliseconds:unix-time>',
      summary: 'Replaces all data by that of a checkpoint or of a moment; a checkpoint is made first.',
      complexity: 'O(N) in the number of keys',
      arity: -3,
      run: rewind,
    }),
    part({
      name: 'verify',
      usage: 'name',
      summary: 'Reads all files of a checkpoint and tells what is wrong with each; no data is replaced.',
      complexity: 'O(N) in the size of the files, in the background',
      arity: 3,
      run: (c) =>
        answerWith(c, c.server.checkpoints.verify(c.argv[2].text()), (reply, checks) =>
          replyAll(reply, checks, ({ name, bytes, problem, offset }) => ({ file: name, bytes, problem, offset })),
        ),
    }),
    helpCommand('keystead.checkpoint', COMMON, SINCE, [
      ['CREATE <name>', 'Keep the data as it is now under <name>.'],
      ['DELETE <name>', 'Delete a checkpoint.'],
      [
        'LIST',
        'The checkpoints: name, reason, time, keys, bytes, what they can bring back, and what is wrong with them.',
      ],
      ['REWIND <name>', 'Replace all data by that of a checkpoint. The data is kept as another checkpoint first.'],
      ['REWIND TIME <unix-time-ms>', 'Replace all data by what it was at that time.'],
      [
        'VERIFY <name>',
        'The files of a checkpoint: name, bytes, what is wrong with it, and at which byte (-1: nowhere).',
      ],
    ]),
  ],
})

export const KEYSTEAD_BRANCH = defineCommand({
  name: 'keystead.branch',
  ...COMMON,
  usage: '',
  summary: 'A container for commands about branches: data folders for other servers.',
  complexity: 'Depends on the subcommand.',
  arity: -2,
  flags: [],
  subcommands: [
    part({
      name: 'create',
      usage: 'name [FROM checkpoint | TIME unix-time-milliseconds:unix-time]',
      summary: 'Makes a data folder of the data as it is now, as a checkpoint has it, or as it was at some time.',
      complexity: 'O(N) in the number of keys, in the background, unless they are on disk already',
      arity: -3,
      run(c) {
        const origin = originOf(c)
        if (origin !== undefined) answerWhenDone(c, c.server.checkpoints.createBranch(c.argv[2].text(), origin))
      },
    }),
    part({
      name: 'list',
      usage: '',
      summary: 'Lists the branches, with their folders.',
      complexity: 'O(N) in the number of branches',
      arity: 2,
      run({ reply, server }) {
        const all = server.checkpoints.branches()
        replyAll(reply, all, ({ name, origin, created, keys, dir }) => ({ name, origin, created, keys, dir }))
      },
    }),
    part({
      name: 'delete',
      usage: 'name',
      summary: 'Deletes a branch and all data in its folder.',
      complexity: 'O(1)',
      arity: 3,
      run: (c) => answerWhenDone(c, c.server.checkpoints.deleteBranch(c.argv[2].text())),
    }),
    helpCommand('keystead.branch', COMMON, SINCE, [
      [
        'CREATE <name> [FROM <checkpoint> | TIME <unix-time-ms>]',
        'Make a data folder that another server can start on.',
      ],
      ['DELETE <name>', 'Delete a branch and all data in its folder.'],
      ['LIST', 'The branches: name, origin, time, keys, folder.'],
    ]),
  ],
})
