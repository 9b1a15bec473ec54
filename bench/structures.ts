/*
 * What the cost part asks: structures that grow, and questions whose cost must
 * not grow with them. A structure, and a question, is one entry.
 */
import type { Random } from '../tests/support/random.ts'

type Command = readonly (string | number)[]

interface Question {
  readonly name: string
  /** At a random place among so many elements. */
  ask(random: Random, size: number): Command
}

export interface Structure {
  readonly name: string
  readonly needs: readonly string[]
  /** Adds the elements from `first` to before `end`. */
  grow(first: number, end: number): Generator<Command>
  readonly questions: readonly Question[]
}

/** Elements that one command adds. */
const BATCH = 250

function* batches(
  first: number,
  end: number,
  head: Command,
  element: (i: number) => Command,
): Generator<(string | number)[]> {
  for (let from = first; from < end; from += BATCH) {
    const command = [...head]
    for (let i = from; i < Math.min(end, from + BATCH); i++) command.push(...element(i))
    yield command
  }
}

function* oneByOne(first: number, end: number, command: (i: number) => Command): Generator<Command> {
  for (let i = first; i < end; i++) yield command(i)
}

export const STRUCTURES: readonly Structure[] = [
  {
    name: 'sorted set',
    needs: ['zadd', 'zrangebyscore', 'zrank'],
    grow: (first, end) => batches(first, end, ['ZADD', 'z'], (i) => [i, `m:${i}`]),
    questions: [
      {
        name: 'ZRANGEBYSCORE LIMIT 0 10',
        ask: (random, size) => ['ZRANGEBYSCORE', 'z', random.below(size), '+inf', 'LIMIT', 0, 10],
      },
      { name: 'ZRANK', ask: (random, size) => ['ZRANK', 'z', `m:${random.below(size)}`] },
      {
        name: 'ZADD of a random score',
        ask: (random, size) => ['ZADD', 'z', random.below(size), `m:${random.below(size)}`],
      },
    ],
  },
  {
    name: 'list',
    needs: ['rpush', 'lindex'],
    grow: (first, end) => batches(first, end, ['RPUSH', 'l'], (i) => [`item:${i}`]),
    questions: [{ name: 'LINDEX', ask: (random, size) => ['LINDEX', 'l', random.below(size)] }],
  },
  {
    name: 'stream',
    needs: ['xadd', 'xrange'],
    grow: (first, end) => oneByOne(first, end, (i) => ['XADD', 'x', `${i + 1}-1`, 'field', `value:${i}`]),
    questions: [
      { name: 'XRANGE COUNT 10', ask: (random, size) => ['XRANGE', 'x', random.below(size), '+', 'COUNT', 10] },
    ],
  },
  {
    name: 'set',
    needs: ['sadd', 'sismember'],
    grow: (first, end) => batches(first, end, ['SADD', 's'], (i) => [`member:${i}`]),
    questions: [{ name: 'SISMEMBER', ask: (random, size) => ['SISMEMBER', 's', `member:${random.below(size)}`] }],
  },
  {
    name: 'hash',
    needs: ['hset', 'hget'],
    grow: (first, end) => batches(first, end, ['HSET', 'h'], (i) => [`field:${i}`, `value:${i}`]),
    questions: [{ name: 'HGET', ask: (random, size) => ['HGET', 'h', `field:${random.below(size)}`] }],
  },
]
