import {
  anyKey,
  command,
  counted,
  duration,
  float,
  type Group,
  integer,
  many,
  maybe,
  momentMilliseconds,
  momentSeconds,
  none,
  offset,
  oneOf,
  options,
  seq,
  since,
  stringKey,
  value,
  word,
} from '../grammar.ts'

const expiry = oneOf(
  seq(word('EX', 'ex', 'PX'), duration),
  seq(word('EXAT'), momentSeconds),
  seq(word('PXAT'), momentMilliseconds),
)
const setOptions = options(
  word('NX', 'XX', 'xx'),
  word('GET'),
  oneOf(expiry, word('KEEPTTL')),
  since({ valkey: '8.1', redis: '8.4' }, seq(word('IFEQ'), value)),
)

export const string: Group = {
  name: 'string',
  commands: [
    command('SET', seq(stringKey, value, setOptions), { timed: true, weight: 8 }),
    command('GET', stringKey, { weight: 4 }),
    command('GETSET', seq(stringKey, value)),
    command('GETDEL', stringKey),
    command('GETEX', seq(stringKey, oneOf(none, expiry, word('PERSIST'))), { timed: true }),
    command('SETNX', seq(stringKey, value)),
    command('SETEX', seq(stringKey, duration, value), { timed: true }),
    command('PSETEX', seq(stringKey, duration, value), { timed: true }),
    command('MSET', many(1, 3, seq(stringKey, value))),
    command('MSETNX', many(1, 2, seq(stringKey, value))),
    command(
      'MSETEX',
      seq(counted(1, 3, seq(stringKey, value)), options(word('NX', 'XX'), oneOf(expiry, word('KEEPTTL')))),
      {
        timed: true,
      },
    ),
    command('MGET', many(1, 4, anyKey)),
    command('APPEND', seq(stringKey, value), { weight: 2 }),
    command('STRLEN', anyKey),
    command('GETRANGE', seq(stringKey, offset, offset), { weight: 2 }),
    command('SUBSTR', seq(stringKey, offset, offset)),
    command('SETRANGE', seq(stringKey, offset, value), { weight: 2 }),
    command('INCR', stringKey),
    command('DECR', stringKey),
    command('INCRBY', seq(stringKey, integer)),
    command('DECRBY', seq(stringKey, integer)),
    command('INCRBYFLOAT', seq(stringKey, float), { weight: 3 }),
    command(
      'LCS',
      seq(
        stringKey,
        stringKey,
        options(word('LEN'), word('IDX'), seq(word('MINMATCHLEN'), integer), word('WITHMATCHLEN')),
      ),
    ),
    command('DELIFEQ', seq(stringKey, value)),
    command('SET', seq(stringKey, word('1', '2', '3.5'), maybe(word('NX')))),
  ],
}
