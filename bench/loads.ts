/*
 * What the memory part loads: a load is one entry.
 */

export interface Load {
  /** As --pick knows it. */
  readonly name: string
  /** What is counted: one of these. */
  readonly item: string
  readonly needs: readonly string[]
  /** How many items at full size, and in a smoke run. */
  readonly items: readonly [full: number, smoke: number]
  /** Bytes per item that Keystead is to stay within, where a limit is set. */
  readonly limit?: number
  /** Commands that make so many items. */
  commands(items: number): Generator<readonly (string | number)[]>
  /** What answers with the number of items, when all have arrived. */
  readonly count: readonly [string, ...string[]]
}

/** Elements that one command adds to a big collection. */
const BATCH = 250

const digits = (n: number, width: number): string => String(n).padStart(width, '0')

/** One command for each key. */
function* perKey(items: number, command: (i: number) => (string | number)[]): Generator<(string | number)[]> {
  for (let i = 0; i < items; i++) yield command(i)
}

/** One collection: `head`, then the arguments of up to BATCH elements. */
function* perBatch(
  items: number,
  head: readonly string[],
  element: (i: number) => (string | number)[],
): Generator<(string | number)[]> {
  for (let first = 0; first < items; first += BATCH) {
    const command: (string | number)[] = [...head]
    for (let i = first; i < Math.min(items, first + BATCH); i++) command.push(...element(i))
    yield command
  }
}

export const LOADS: readonly Load[] = [
  {
    name: 'strings',
    item: 'key of 16 + 32 bytes',
    needs: ['set'],
    items: [5_000_000, 5_000],
    commands: (items) => perKey(items, (i) => ['SET', `key:${digits(i, 12)}`, String(i).padStart(32, 'v')]),
    count: ['DBSIZE'],
  },
  {
    name: 'zset',
    item: 'member m:<i> of one sorted set',
    needs: ['zadd'],
    items: [5_000_000, 5_000],
    limit: 48,
    commands: (items) => perBatch(items, ['ZADD', 'z'], (i) => [i, `m:${i}`]),
    count: ['ZCARD', 'z'],
  },
  {
    name: 'hashes',
    item: 'hash of 10 small fields',
    needs: ['hset'],
    items: [500_000, 500],
    limit: 285,
    commands: (items) =>
      perKey(items, (i) => [
        'HSET',
        `user:${i}`,
        ...Array.from({ length: 10 }, (_, field) => [`field${field}`, `value:${i}:${field}`]).flat(),
      ]),
    count: ['DBSIZE'],
  },
  {
    name: 'sets',
    item: 'set of 5 integers',
    needs: ['sadd'],
    items: [1_000_000, 1_000],
    commands: (items) => perKey(items, (i) => ['SADD', `set:${i}`, i, i + 7, i + 20, i * 3 + 100, i * 5 + 1_000]),
    count: ['DBSIZE'],
  },
  {
    name: 'lists',
    item: 'list of 5 short strings',
    needs: ['rpush'],
    items: [1_000_000, 1_000],
    commands: (items) =>
      perKey(items, (i) => ['RPUSH', `list:${i}`, ...Array.from({ length: 5 }, (_, at) => `item:${i}:${at}`)]),
    count: ['DBSIZE'],
  },
  {
    name: 'set',
    item: 'member of 16 bytes of one set',
    needs: ['sadd'],
    items: [5_000_000, 5_000],
    commands: (items) => perBatch(items, ['SADD', 's'], (i) => [`member:${digits(i, 9)}`]),
    count: ['SCARD', 's'],
  },
  {
    name: 'hash',
    item: 'field of 16 + 16 bytes of one hash',
    needs: ['hset'],
    items: [5_000_000, 5_000],
    commands: (items) => perBatch(items, ['HSET', 'h'], (i) => [`field:${digits(i, 10)}`, `value:${digits(i, 10)}`]),
    count: ['HLEN', 'h'],
  },
  {
    name: 'stream',
    item: 'entry of 3 fields of one stream',
    needs: ['xadd'],
    items: [2_000_000, 2_000],
    commands: (items) =>
      perKey(items, (i) => ['XADD', 'x', '*', 'sensor', i % 1_000, 'celsius', (i % 400) / 10, 'state', `ok:${i}`]),
    count: ['XLEN', 'x'],
  },
]
