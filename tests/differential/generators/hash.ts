import {
  command,
  counted,
  duration,
  field,
  float,
  type Group,
  hashKey,
  integer,
  many,
  maybe,
  momentMilliseconds,
  momentSeconds,
  oneOf,
  options,
  pattern,
  seq,
  since,
  value,
  word,
} from '../grammar.ts'

const pairs = many(1, 5, seq(field, value))
const fields = seq(word('FIELDS', 'fields'), counted(1, 4, field))
const condition = maybe(word('NX', 'XX', 'GT', 'LT'))
const expiry = oneOf(
  seq(word('EX', 'PX'), duration),
  seq(word('EXAT'), momentSeconds),
  seq(word('PXAT'), momentMilliseconds),
)

export const hash: Group = {
  name: 'hash',
  commands: [
    command('HSET', seq(hashKey, pairs), { weight: 8 }),
    command('HMSET', seq(hashKey, pairs)),
    command('HSETNX', seq(hashKey, field, value)),
    command('HGET', seq(hashKey, field), { weight: 2 }),
    command('HMGET', seq(hashKey, many(1, 4, field))),
    command('HDEL', seq(hashKey, many(1, 4, field)), { weight: 2 }),
    command('HEXISTS', seq(hashKey, field)),
    command('HLEN', hashKey),
    command('HSTRLEN', seq(hashKey, field)),
    command('HGETALL', hashKey, { view: 'pairs', weight: 2 }),
    command('HKEYS', hashKey, { view: 'unordered' }),
    command('HVALS', hashKey, { view: 'unordered' }),
    command('HINCRBY', seq(hashKey, field, integer), { weight: 2 }),
    command('HINCRBYFLOAT', seq(hashKey, field, float), { weight: 2 }),
    // A positive count larger than any hash here, or a negative one: how many come back is then certain.
    // A large negative one is not asked for: a real server builds that reply until its memory is gone.
    command('HRANDFIELD', seq(hashKey, maybe(seq(word('100', '-7', '0', 'x', '1.5', ''), maybe(word('WITHVALUES'))))), {
      view: 'shape',
    }),
    command(
      'HSCAN',
      seq(
        hashKey,
        word('0'),
        options(
          seq(word('MATCH'), pattern),
          seq(word('COUNT'), word('1000', '1')),
          since({ redis: '7.4', valkey: '8.0' }, word('NOVALUES')),
        ),
      ),
      {
        view: 'scan',
      },
    ),
    command('HEXPIRE', seq(hashKey, duration, condition, fields), { timed: true, weight: 2 }),
    command('HPEXPIRE', seq(hashKey, duration, condition, fields), { timed: true, weight: 2 }),
    command('HEXPIREAT', seq(hashKey, momentSeconds, condition, fields), { timed: true }),
    command('HPEXPIREAT', seq(hashKey, momentMilliseconds, condition, fields), { timed: true }),
    command('HTTL', seq(hashKey, fields), { view: 'seconds' }),
    command('HPTTL', seq(hashKey, fields), { view: 'milliseconds' }),
    command('HEXPIRETIME', seq(hashKey, fields), { view: 'seconds' }),
    command('HPEXPIRETIME', seq(hashKey, fields), { view: 'milliseconds' }),
    command('HPERSIST', seq(hashKey, fields)),
    command('HGETEX', seq(hashKey, maybe(oneOf(expiry, word('PERSIST'))), fields), { timed: true }),
    command(
      'HSETEX',
      seq(
        hashKey,
        options(word('FNX', 'FXX'), since({ valkey: '9.1' }, word('NX', 'XX')), oneOf(expiry, word('KEEPTTL'))),
        word('FIELDS'),
        counted(1, 3, seq(field, value)),
      ),
      { timed: true, weight: 2 },
    ),
    command('HGETDEL', seq(hashKey, fields)),
  ],
}
