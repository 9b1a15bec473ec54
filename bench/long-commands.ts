/*
 * The commands of the long part: those that take time in proportion to a value,
 * on values of so many items. A family is loaded once; a command that would spoil
 * its values works on a copy.
 */

export type Argument = string | number | Uint8Array
export type Command = readonly Argument[]

export interface LongCommand {
  /** As --pick knows it, together with the name of the family. */
  readonly name: string
  /** What comes before it, unmeasured. It may leave anything in keys that begin with `tmp`. */
  readonly before?: (items: number) => Command[]
  /** `dumped` is what the last of `before` answered. */
  readonly command: (items: number, dumped: Uint8Array) => Command
  /** It may leave work for later, which is then measured as well. */
  readonly isFreedLater?: boolean
}

interface Family {
  readonly name: string
  readonly load: (items: number) => Generator<Command>
  readonly commands: readonly LongCommand[]
}

/** Items that one command adds. */
const BATCH = 250
/** Of a string, for each item. */
export const STRING_BYTES = 100

/** Of two strings whose common subsequence is looked for, in time that is the square of it. */
const COMPARED_BYTES = 10_000

const numbered = (word: string, i: number): string => `${word}:${String(i).padStart(9, '0')}`

const all = (head: Command, items: number, element: (i: number) => readonly Argument[]): Command => {
  const command: Argument[] = [...head]
  for (let i = 0; i < items; i++) command.push(...element(i))
  return command
}

/** Commands that add elements `from` to `to`, some at a time. */
function* batches(head: Command, from: number, to: number, element: (i: number) => Command): Generator<Command> {
  for (let first = from; first < to; first += BATCH) {
    yield all(head, Math.min(BATCH, to - first), (i) => element(first + i))
  }
}

const onCopy = (key: string, name: string, command: (items: number) => Command): LongCommand => {
  return { name, before: () => [['COPY', key, 'tmp']], command }
}

/** What any value can go through. */
const common = (key: string): LongCommand[] => [
  { name: 'DEL', before: () => [['COPY', key, 'tmp']], command: () => ['DEL', 'tmp'], isFreedLater: true },
  { name: 'UNLINK', before: () => [['COPY', key, 'tmp']], command: () => ['UNLINK', 'tmp'], isFreedLater: true },
  { name: 'COPY', command: () => ['COPY', key, 'tmp'] },
  { name: 'RENAME', before: () => [['COPY', key, 'tmp1']], command: () => ['RENAME', 'tmp1', 'tmp'] },
  { name: 'DUMP', command: () => ['DUMP', key] },
  { name: 'RESTORE', before: () => [['DUMP', key]], command: (_, dumped) => ['RESTORE', 'tmp', 0, dumped] },
]

const half = (items: number): number => items >> 1

const sets: Family = {
  name: 'set',
  *load(items) {
    yield* batches(['SADD', 's'], 0, items, (i) => [numbered('member', i)])
    yield* batches(['SADD', 't'], half(items), half(items) * 3, (i) => [numbered('member', i)])
    yield* batches(['SADD', 'few'], 0, 1_000, (i) => [numbered('member', i * 3)])
  },
  commands: [
    ...common('s'),
    { name: 'SMEMBERS', command: () => ['SMEMBERS', 's'] },
    { name: 'SINTER', command: () => ['SINTER', 's', 't'] },
    { name: 'SUNION', command: () => ['SUNION', 's', 't'] },
    { name: 'SDIFF', command: () => ['SDIFF', 's', 't'] },
    { name: 'SINTERSTORE', command: () => ['SINTERSTORE', 'tmp', 's', 't'] },
    { name: 'SINTERCARD', command: () => ['SINTERCARD', 2, 's', 't'] },
    { name: 'SUNIONSTORE', command: () => ['SUNIONSTORE', 'tmp', 's', 't'] },
    { name: 'SDIFFSTORE', command: () => ['SDIFFSTORE', 'tmp', 's', 't'] },
    { name: 'SDIFFSTORE a few', command: () => ['SDIFFSTORE', 'tmp', 's', 'few'] },
    { name: 'SSCAN', command: (items) => ['SSCAN', 's', 0, 'COUNT', items] },
    { name: 'SSCAN MATCH', command: (items) => ['SSCAN', 's', 0, 'MATCH', '*99*', 'COUNT', items] },
    { name: 'SRANDMEMBER half', command: (items) => ['SRANDMEMBER', 's', half(items)] },
    onCopy('s', 'SPOP half', (items) => ['SPOP', 'tmp', half(items)]),
    onCopy('s', 'SPOP all but 1', (items) => ['SPOP', 'tmp', items - 1]),
    onCopy('s', 'SREM all', (items) => all(['SREM', 'tmp'], items, (i) => [numbered('member', i)])),
    { name: 'SADD all', command: (items) => all(['SADD', 'tmp'], items, (i) => [numbered('member', i)]) },
    { name: 'SADD integers', command: (items) => all(['SADD', 'tmp'], items, (i) => [i]) },
    { name: 'SMISMEMBER all', command: (items) => all(['SMISMEMBER', 's'], items, (i) => [numbered('member', i)]) },
    { name: 'SORT ALPHA', command: () => ['SORT', 's', 'ALPHA'] },
  ],
}

const hashes: Family = {
  name: 'hash',
  load: (items) => batches(['HSET', 'h'], 0, items, (i) => [numbered('field', i), numbered('value', i)]),
  commands: [
    ...common('h'),
    { name: 'HGETALL', command: () => ['HGETALL', 'h'] },
    { name: 'HKEYS', command: () => ['HKEYS', 'h'] },
    { name: 'HVALS', command: () => ['HVALS', 'h'] },
    { name: 'HSCAN', command: (items) => ['HSCAN', 'h', 0, 'COUNT', items] },
    { name: 'HRANDFIELD half', command: (items) => ['HRANDFIELD', 'h', half(items)] },
    { name: 'HMGET all', command: (items) => all(['HMGET', 'h'], items, (i) => [numbered('field', i)]) },
    {
      name: 'HSET all',
      command: (items) => all(['HSET', 'tmp'], items, (i) => [numbered('field', i), numbered('value', i)]),
    },
    onCopy('h', 'HSET over all', (items) => all(['HSET', 'tmp'], items, (i) => [numbered('field', i), 'v'])),
    onCopy('h', 'HDEL all', (items) => all(['HDEL', 'tmp'], items, (i) => [numbered('field', i)])),
  ],
}

const sortedSets: Family = {
  name: 'zset',
  *load(items) {
    yield* batches(['ZADD', 'z'], 0, items, (i) => [i, `m:${i}`])
    yield* batches(['ZADD', 'y'], half(items), half(items) * 3, (i) => [i, `m:${i}`])
    yield* batches(['ZADD', 'w'], 0, items, (i) => [0, numbered('m', i)])
    // As far apart as a step of 137 makes them: the order of arrival is not that of the places.
    yield* batches(['GEOADD', 'g'], 0, items, (i) => [((i * 137) % 36_000) / 200 - 90, (i % 1_600) / 10 - 80, `m:${i}`])
  },
  commands: [
    ...common('z'),
    { name: 'ZRANGE all', command: () => ['ZRANGE', 'z', 0, -1] },
    { name: 'ZRANGE WITHSCORES', command: () => ['ZRANGE', 'z', 0, -1, 'WITHSCORES'] },
    { name: 'ZRANGE REV', command: () => ['ZRANGE', 'z', 0, -1, 'REV'] },
    { name: 'ZRANGE BYSCORE', command: () => ['ZRANGE', 'z', '-inf', '+inf', 'BYSCORE'] },
    { name: 'ZRANGE BYLEX', command: () => ['ZRANGE', 'w', '-', '+', 'BYLEX'] },
    { name: 'ZRANGESTORE', command: () => ['ZRANGESTORE', 'tmp', 'z', 0, -1] },
    { name: 'ZUNIONSTORE', command: () => ['ZUNIONSTORE', 'tmp', 2, 'z', 'y'] },
    { name: 'ZINTERSTORE', command: () => ['ZINTERSTORE', 'tmp', 2, 'z', 'y'] },
    { name: 'ZDIFFSTORE', command: () => ['ZDIFFSTORE', 'tmp', 2, 'z', 'y'] },
    { name: 'ZSCAN', command: (items) => ['ZSCAN', 'z', 0, 'COUNT', items] },
    { name: 'ZRANDMEMBER half', command: (items) => ['ZRANDMEMBER', 'z', half(items)] },
    onCopy('z', 'ZREMRANGEBYRANK half', (items) => ['ZREMRANGEBYRANK', 'tmp', 0, half(items) - 1]),
    onCopy('z', 'ZREMRANGEBYRANK all but 10', () => ['ZREMRANGEBYRANK', 'tmp', 0, -11]),
    onCopy('z', 'ZREMRANGEBYSCORE half', (items) => ['ZREMRANGEBYSCORE', 'tmp', 0, half(items) - 1]),
    onCopy('w', 'ZREMRANGEBYLEX half', (items) => ['ZREMRANGEBYLEX', 'tmp', '-', `(${numbered('m', half(items))}`]),
    onCopy('z', 'ZPOPMIN half', (items) => ['ZPOPMIN', 'tmp', half(items)]),
    onCopy('z', 'ZREM all', (items) => all(['ZREM', 'tmp'], items, (i) => [`m:${i}`])),
    { name: 'ZADD all', command: (items) => all(['ZADD', 'tmp'], items, (i) => [i, `m:${i}`]) },
    { name: 'ZMSCORE all', command: (items) => all(['ZMSCORE', 'z'], items, (i) => [`m:${i}`]) },
    {
      name: 'GEOSEARCHSTORE',
      command: () => ['GEOSEARCHSTORE', 'tmp', 'g', 'FROMLONLAT', 0, 0, 'BYRADIUS', 5_000, 'km'],
    },
    { name: 'GEOSEARCH', command: () => ['GEOSEARCH', 'g', 'FROMLONLAT', 0, 0, 'BYRADIUS', 5_000, 'km', 'ASC'] },
  ],
}

const lists: Family = {
  name: 'list',
  *load(items) {
    yield* batches(['RPUSH', 'l'], 0, items, (i) => [numbered('element', i)])
    yield* batches(['RPUSH', 'numbers'], 0, items, (i) => [(i * 7_919) % items])
  },
  commands: [
    ...common('l'),
    { name: 'LRANGE all', command: () => ['LRANGE', 'l', 0, -1] },
    { name: 'LINDEX half', command: (items) => ['LINDEX', 'l', half(items)] },
    { name: 'LPOS last', command: (items) => ['LPOS', 'l', numbered('element', items - 1)] },
    onCopy('l', 'LREM last', (items) => ['LREM', 'tmp', 1, numbered('element', items - 1)]),
    onCopy('l', 'LINSERT last', (items) => ['LINSERT', 'tmp', 'BEFORE', numbered('element', items - 1), 'new']),
    onCopy('l', 'LREM half', (items) => ['LREM', 'tmp', 1, numbered('element', half(items))]),
    onCopy('l', 'LINSERT half', (items) => ['LINSERT', 'tmp', 'BEFORE', numbered('element', half(items)), 'new']),
    onCopy('l', 'LSET half', (items) => ['LSET', 'tmp', half(items), 'new']),
    onCopy('l', 'LTRIM half', (items) => ['LTRIM', 'tmp', half(items), -1]),
    onCopy('l', 'LPOP half', (items) => ['LPOP', 'tmp', half(items)]),
    { name: 'RPUSH all', command: (items) => all(['RPUSH', 'tmp'], items, (i) => [numbered('element', i)]) },
    { name: 'SORT', command: () => ['SORT', 'numbers'] },
    { name: 'SORT LIMIT', command: () => ['SORT', 'numbers', 'LIMIT', 0, 10] },
    { name: 'SORT BY', command: () => ['SORT', 'numbers', 'BY', 'weight:*', 'GET', '#', 'GET', 'none:*'] },
    { name: 'SORT ALPHA', command: () => ['SORT', 'l', 'ALPHA'] },
    { name: 'SORT STORE', command: () => ['SORT', 'numbers', 'STORE', 'tmp'] },
  ],
}

const id = (i: number): string => `${i + 1}-0`

const streams: Family = {
  name: 'stream',
  *load(items) {
    for (let i = 0; i < items; i++) yield ['XADD', 'x', id(i), 'sensor', i % 1_000, 'celsius', (i % 400) / 10]
    yield ['XGROUP', 'CREATE', 'x', 'g', 0]
    const tenth = Math.ceil(items / 10)
    for (let i = 0; i < 10; i++) yield ['XREADGROUP', 'GROUP', 'g', `consumer${i}`, 'COUNT', tenth, 'STREAMS', 'x', '>']
  },
  commands: [
    ...common('x'),
    { name: 'XRANGE', command: () => ['XRANGE', 'x', '-', '+'] },
    { name: 'XREVRANGE', command: () => ['XREVRANGE', 'x', '+', '-'] },
    { name: 'XREAD', command: () => ['XREAD', 'STREAMS', 'x', 0] },
    {
      name: 'XREADGROUP',
      before: () => [
        ['COPY', 'x', 'tmp'],
        ['XGROUP', 'CREATE', 'tmp', 'new', 0],
      ],
      command: () => ['XREADGROUP', 'GROUP', 'new', 'c', 'STREAMS', 'tmp', '>'],
    },
    { name: 'XREADGROUP of a tenth', command: () => ['XREADGROUP', 'GROUP', 'g', 'consumer5', 'STREAMS', 'x', 0] },
    { name: 'XPENDING', command: (items) => ['XPENDING', 'x', 'g', '-', '+', items] },
    onCopy('x', 'XTRIM half', (items) => ['XTRIM', 'tmp', 'MAXLEN', half(items)]),
    onCopy('x', 'XTRIM all but 10', () => ['XTRIM', 'tmp', 'MAXLEN', 10]),
    onCopy('x', 'XDEL all', (items) => all(['XDEL', 'tmp'], items, (i) => [id(i)])),
    onCopy('x', 'XACK all', (items) => all(['XACK', 'tmp', 'g'], items, (i) => [id(i)])),
    onCopy('x', 'XCLAIM all', (items) => all(['XCLAIM', 'tmp', 'g', 'other', 0], items, (i) => [id(i)])),
    onCopy('x', 'XAUTOCLAIM all', (items) => ['XAUTOCLAIM', 'tmp', 'g', 'other', 0, 0, 'COUNT', items]),
    onCopy('x', 'XGROUP DELCONSUMER of a tenth', () => ['XGROUP', 'DELCONSUMER', 'tmp', 'g', 'consumer5']),
    { ...onCopy('x', 'XGROUP DESTROY', () => ['XGROUP', 'DESTROY', 'tmp', 'g']), isFreedLater: true },
  ],
}

const text = (items: number): Uint8Array => {
  const bytes = new Uint8Array(items * STRING_BYTES)
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2_654_435_761) >>> 24
  return bytes
}

const strings: Family = {
  name: 'string',
  *load(items) {
    yield ['SET', 'b', text(items)]
    yield ['SETBIT', 'zeros', items * STRING_BYTES * 8 - 1, 0]
    yield ['SET', 'few', text(items).subarray(0, COMPARED_BYTES)]
    yield ['SET', 'others', text(items).subarray(-COMPARED_BYTES)]
    for (let key = 0; key < 100; key++) {
      yield* batches(['PFADD', `p${key}`], 0, items / 100, (i) => [`${key}:${i}`])
    }
  },
  commands: [
    ...common('b'),
    { name: 'SET', command: (items) => ['SET', 'tmp', text(items)] },
    { name: 'GET', command: () => ['GET', 'b'] },
    { name: 'GETRANGE half', command: (items) => ['GETRANGE', 'b', 0, (items * STRING_BYTES) / 2] },
    onCopy('b', 'APPEND', () => ['APPEND', 'tmp', 'more']),
    onCopy('b', 'SETRANGE behind', (items) => ['SETRANGE', 'tmp', items * STRING_BYTES * 2, 'end']),
    { name: 'STRLEN', command: () => ['STRLEN', 'b'] },
    { name: 'BITCOUNT', command: () => ['BITCOUNT', 'b'] },
    { name: 'BITPOS', command: () => ['BITPOS', 'zeros', 1] },
    { name: 'BITOP AND', command: () => ['BITOP', 'AND', 'tmp', 'b', 'zeros'] },
    { name: 'BITOP XOR of three', command: () => ['BITOP', 'XOR', 'tmp', 'b', 'zeros', 'b'] },
    { name: 'BITOP NOT', command: () => ['BITOP', 'NOT', 'tmp', 'b'] },
    { name: 'LCS', command: () => ['LCS', 'few', 'others'] },
    { name: 'PFMERGE of 100', command: () => all(['PFMERGE', 'tmp'], 100, (i) => [`p${i}`]) },
    { name: 'PFCOUNT of 100', command: () => all(['PFCOUNT'], 100, (i) => [`p${i}`]) },
  ],
}

const keys: Family = {
  name: 'keys',
  load: (items) => batches(['MSET'], 0, items, (i) => [numbered('key', i), numbered('value', i)]),
  commands: [
    { name: 'KEYS *', command: () => ['KEYS', '*'] },
    { name: 'KEYS of none', command: () => ['KEYS', 'other*'] },
    { name: 'SCAN', command: (items) => ['SCAN', 0, 'COUNT', items] },
    { name: 'SCAN MATCH', command: (items) => ['SCAN', 0, 'MATCH', '*99*', 'COUNT', items] },
    { name: 'SCAN TYPE', command: (items) => ['SCAN', 0, 'TYPE', 'hash', 'COUNT', items] },
    { name: 'MGET all', command: (items) => all(['MGET'], items, (i) => [numbered('key', i)]) },
    {
      name: 'MSET all',
      command: (items) => all(['MSET'], items, (i) => [numbered('key', i), numbered('value', i)]),
    },
    { name: 'EXISTS all', command: (items) => all(['EXISTS'], items, (i) => [numbered('key', i)]) },
    {
      name: 'DEL half',
      command: (items) => all(['DEL'], half(items), (i) => [numbered('key', i)]),
      isFreedLater: true,
    },
    { name: 'FLUSHALL', command: () => ['FLUSHALL'], isFreedLater: true },
  ],
}

export const FAMILIES: readonly Family[] = [sets, hashes, sortedSets, lists, streams, strings, keys]
