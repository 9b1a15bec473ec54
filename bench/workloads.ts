/*
 * What the throughput part sends: a workload is one entry, a test of
 * redis-benchmark by its name or, where it has none, a command of our own.
 */

export interface Workload {
  /** As the table shows it. */
  readonly name: string
  /** Commands that a server must know for it. */
  readonly needs: readonly string[]
  /** The arguments of redis-benchmark that say what to send. */
  readonly send: readonly string[]
  /**
   * What has to be there before every round, and is not measured: pops need as
   * many elements as they pop. Absent: whatever the rounds before left.
   */
  readonly before?: { readonly send: readonly string[]; readonly requests: 'as many' | number }
  /** Requests of a round for each one of SET: large replies and many keys take longer each. */
  readonly share: number
}

/** Bytes of a value or an element. */
export const VALUE_SIZE = 32

const test = (name: string): readonly string[] => ['-t', name]

/** Longer than the longest range that is asked for, and of the same form for both. */
const RANGE_LIST = { send: test('lpush'), requests: 1_000 }

/** Elements are drawn from a million: of more than these, many would be the same, and their pops find nothing. */
const RANDOM_POP_SHARE = 0.25

export const WORKLOADS: readonly Workload[] = [
  { name: 'SET', needs: ['set'], send: test('set'), share: 1 },
  { name: 'GET', needs: ['get'], send: test('get'), before: { send: test('set'), requests: 'as many' }, share: 1 },
  { name: 'MSET (10 keys)', needs: ['mset'], send: test('mset'), share: 0.25 },
  { name: 'HSET', needs: ['hset'], send: test('hset'), share: 1 },
  { name: 'LPUSH', needs: ['lpush'], send: test('lpush'), share: 1 },
  { name: 'RPUSH', needs: ['rpush'], send: test('rpush'), share: 1 },
  {
    name: 'LPOP',
    needs: ['lpop', 'lpush'],
    send: test('lpop'),
    before: { send: test('lpush'), requests: 'as many' },
    share: 1,
  },
  {
    name: 'RPOP',
    needs: ['rpop', 'lpush'],
    send: test('rpop'),
    before: { send: test('lpush'), requests: 'as many' },
    share: 1,
  },
  {
    name: 'LRANGE_100',
    needs: ['lrange', 'lpush'],
    send: ['lrange', 'mylist', '0', '99'],
    before: RANGE_LIST,
    share: 0.25,
  },
  {
    name: 'LRANGE_600',
    needs: ['lrange', 'lpush'],
    send: ['lrange', 'mylist', '0', '599'],
    before: RANGE_LIST,
    share: 0.05,
  },
  { name: 'SADD', needs: ['sadd'], send: test('sadd'), share: 1 },
  {
    name: 'SPOP',
    needs: ['spop', 'sadd'],
    send: test('spop'),
    before: { send: test('sadd'), requests: 'as many' },
    share: RANDOM_POP_SHARE,
  },
  { name: 'ZADD', needs: ['zadd'], send: test('zadd'), share: 1 },
  {
    name: 'ZPOPMIN',
    needs: ['zpopmin', 'zadd'],
    send: test('zpopmin'),
    before: { send: test('zadd'), requests: 'as many' },
    share: RANDOM_POP_SHARE,
  },
  {
    name: 'XADD',
    needs: ['xadd'],
    send: ['xadd', 'mystream', '*', 'myfield', 'x'.repeat(VALUE_SIZE)],
    share: 1,
  },
]
