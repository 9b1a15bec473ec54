import {
  type Arg,
  command,
  counted,
  type Group,
  many,
  maybe,
  options,
  pattern,
  seq,
  setKey,
  value,
  word,
} from '../grammar.ts'

/** Integers of each width, close to each other so that they meet, and words: a set of the first alone is an intset. */
const member: Arg = (s) => {
  const { random } = s
  if (random.chance(0.6)) return [random.between(-3, 12)]
  if (random.chance(0.4)) {
    return [random.pick(['40000', '-40000', '3000000000', '-9223372036854775808', '9223372036854775807'])]
  }
  return random.chance(0.8) ? [`m${random.below(12)}`] : value(s)
}
const keys = many(1, 4, setKey)

export const set: Group = {
  name: 'set',
  commands: [
    command('SADD', seq(setKey, many(1, 6, member)), { weight: 10 }),
    command('SREM', seq(setKey, many(1, 4, member)), { weight: 3 }),
    command('SCARD', setKey),
    command('SISMEMBER', seq(setKey, member)),
    command('SMISMEMBER', seq(setKey, many(1, 4, member))),
    command('SMEMBERS', setKey, { view: 'unordered', weight: 2 }),
    command('SMOVE', seq(setKey, setKey, member), { weight: 2 }),
    // Only what leaves the same on both sides: all members or none. What is drawn at random is the wire tests' affair.
    command('SPOP', seq(setKey, word('100', '9223372036854775807', '0', '-1', 'x', '1.5', '', '100')), {
      view: 'unordered',
    }),
    command('SRANDMEMBER', seq(setKey, maybe(word('0', 'x', '1.5', '', '-9223372036854775808'))), { view: 'type' }),
    command('SRANDMEMBER', seq(setKey, word('100', '9223372036854775807')), { view: 'unordered' }),
    command('SRANDMEMBER', seq(setKey, word('-7')), { view: 'type' }),
    command('SINTER', keys, { view: 'unordered', weight: 2 }),
    command('SUNION', keys, { view: 'unordered', weight: 2 }),
    command('SUNION', many(9, 12, setKey), { view: 'unordered' }),
    command('SDIFF', keys, { view: 'unordered', weight: 2 }),
    command('SINTERSTORE', seq(setKey, keys), { weight: 2 }),
    command('SUNIONSTORE', seq(setKey, keys), { weight: 2 }),
    command('SDIFFSTORE', seq(setKey, keys), { weight: 2 }),
    command('SDIFFSTORE', seq(setKey, many(5, 9, setKey))),
    command(
      'SINTERCARD',
      seq(counted(1, 4, setKey), maybe(seq(word('LIMIT', 'limit'), word('0', '1', '2', '100', '-1', 'x')))),
      { weight: 2 },
    ),
    command(
      'SSCAN',
      seq(setKey, word('0'), options(seq(word('MATCH'), pattern), seq(word('COUNT'), word('1000', '1')))),
      {
        view: 'scan',
      },
    ),
  ],
}
