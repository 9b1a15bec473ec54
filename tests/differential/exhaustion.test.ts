/*
 * Commands for which the arena has no room. Two servers, both Keystead, are sent
 * the same random commands of every group of data types, one of them with hardly
 * any room: what it refuses the other is not sent. Both must then answer alike and
 * hold the same, so nothing was lost or half done. SEED=<n> for other commands.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { random, seedFromEnvironment } from '../support/random.ts'
import type { Reply } from '../support/reply.ts'
import { keysteadProgram, type ServerProcess, startServer } from '../support/server-process.ts'
import { sameReply, show } from './compare.ts'
import { compareStates, lineOf } from './episode.ts'
import type { Grammar, Surroundings } from './grammar.ts'
import { GROUPS } from './groups.ts'
import { valid } from './mutate.ts'
import { Side } from './side.ts'
import type { Command } from './state.ts'

const OOM = 'OOM the memory of this database cannot grow further.'

/** These groups are about the server or a connection, not about data. */
const OTHER_GROUPS: readonly string[] = ['connection', 'transactions', 'server']
const DATA_GROUPS = GROUPS.filter((group) => !OTHER_GROUPS.includes(group.name))
/**
 * What waits would wait, what draws at random would draw something else on each side, and what gives a key a
 * moment to live would have it go at another time on each.
 */
const isUsable = ({ waits, elapses, view }: Grammar): boolean =>
  waits === undefined && !elapses && view !== 'shape' && view !== 'type'
/** As in Redis, SORT makes a skiplist of a sorted set that it reads, if there is room: in its own group all are skiplists. */
const SORT = 'sort'
const EVERYTHING = DATA_GROUPS.filter(({ name }) => name !== SORT)
  .flatMap(({ commands }) => commands)
  .filter(isUsable)
const STEPS = 1_000
const STATE_EVERY = 20
/** How much room a write is left with at times: none, next to none, enough for some of what it takes. */
const ROOMS: readonly number[] = [0, 0, 100, 1_000, 3_000, 10_000, 40_000]
/** Values soon outgrow their small encodings: converting one takes much memory at once. */
const SMALL_LIMITS: Readonly<Record<string, string>> = {
  'hash-max-listpack-entries': '4',
  'list-max-listpack-size': '3',
  'set-max-intset-entries': '4',
  'set-max-listpack-entries': '6',
  'zset-max-listpack-entries': '4',
  'stream-node-max-entries': '3',
  'proto-max-bulk-len': '1048576',
}

/** The server with the limit, which knows how much it has in use. */
class Limited {
  readonly side: Side
  private used = 0

  constructor(side: Side) {
    this.side = side
  }

  /** The answer to a command for which there is only so much room; undefined: all it wants. */
  async answer(args: Command, room: number | undefined): Promise<Reply> {
    const limit = room === undefined ? '0' : String(this.used + room)
    const [, answer, , memory] = await answersOf(this.side, [
      ['CONFIG', 'SET', 'arena-limit', limit],
      args,
      ['CONFIG', 'SET', 'arena-limit', '0'],
      ['INFO', 'memory'],
    ])
    if (memory?.type === 'bulk') this.used = Number(/^used_memory:(\d+)/m.exec(memory.bytes.toString())![1])
    return answer!
  }
}

async function answersOf(side: Side, commands: readonly Command[]): Promise<Reply[]> {
  const answers = await side.answers(0, commands)
  const lost = answers.find((answer) => typeof answer === 'string')
  if (lost !== undefined) throw new Error(`${commands.map(lineOf).join(', ')}: ${lost}`)
  return answers as Reply[]
}

describe('commands without room', () => {
  const seed = process.env['SEED'] === undefined ? 1 : seedFromEnvironment()
  const servers: ServerProcess[] = []
  const sides: Side[] = []

  beforeAll(async () => {
    for (let i = 0; i < 2; i++) {
      const server = await startServer(keysteadProgram())
      servers.push(server)
      sides.push(await Side.open({ name: 'keystead', host: '127.0.0.1', port: server.port }))
    }
  })

  afterAll(async () => {
    await Promise.all(sides.map((side) => side.close()))
    await Promise.all(servers.map((server) => server.stop()))
  })

  for (const { name, commands } of DATA_GROUPS) {
    test(`of the group ${name} are refused whole`, { timeout: 120_000 }, async () => {
      const r = random(seed)
      const surroundings: Surroundings = { random: r, peer: { kind: 'valkey', version: '9.1.2' } }
      const [limitedSide, free] = sides as [Side, Side]
      const limited = new Limited(limitedSide)
      // The arena has a least limit: with this in it, every room above is a limit that can be set. It lies in a
      // database whose state is not compared.
      const ballast: Command[] = [
        ['SELECT', '9'],
        ['SETRANGE', 'ballast', '1048575', 'x'],
        ['SELECT', '0'],
      ]
      for (const side of sides) {
        await side.begin(2, name === SORT ? { ...SMALL_LIMITS, 'zset-max-listpack-entries': '0' } : SMALL_LIMITS)
        await answersOf(side, ballast)
      }
      const own = commands.filter(isUsable)
      let refused = 0
      for (let step = 1; step <= STEPS; step++) {
        // Some of other groups' too: there are keys of every type then.
        const grammar = r.pick(r.chance(0.8) ? own : EVERYTHING)
        const args = valid(grammar, surroundings)
        const where = `seed ${seed}, step ${step}: ${lineOf(args)}`
        const answer = await limited.answer(args, r.chance(0.6) ? r.pick(ROOMS) : undefined)
        if (answer.type === 'error' && answer.text === OOM) refused++
        else {
          const [expected] = await answersOf(free, [args])
          expect(sameReply(grammar.view, answer, expected!), `${where}: ${show(answer)}, ${show(expected!)}`).toBe(true)
        }
        if (step % STATE_EVERY !== 0) continue
        expect(await compareStates(limitedSide, free, { withFieldTtls: true }), where).toBe(undefined)
      }
      expect(refused, 'commands that were refused').toBeGreaterThan(0)
    })
  }
})
