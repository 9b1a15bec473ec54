import {
  type Arg,
  command,
  counted,
  float,
  type Group,
  many,
  maybe,
  oneOf,
  options,
  pattern,
  seq,
  setKey,
  since,
  value,
  wait,
  word,
  zsetKey,
} from '../grammar.ts'

/** Ranges by member mean something only where all scores are equal: they have a key of their own. */
const EQUAL = 'z:equal'
const equalKey = word(EQUAL)
const key = zsetKey

const member: Arg = (s) => (s.random.chance(0.85) ? [`m${s.random.below(14)}`] : value(s))
const score: Arg = (s) => (s.random.chance(0.5) ? [s.random.between(-5, 9)] : float(s))
const pairs = many(1, 6, seq(score, member))
const addOptions = options(word('NX', 'XX', 'xx'), word('GT', 'LT', 'gt'), word('CH', 'ch'), word('INCR'))

const rank: Arg = ({ random }) => [random.chance(0.95) ? random.between(-8, 12) : random.pick(['x', '', '1.5'])]
const scoreEnd: Arg = (s) => {
  const [number] = s.random.chance(0.7) ? [s.random.between(-5, 9)] : float(s)
  return [
    s.random.pick([`${number}`, `${number}`, `(${number}`, '-inf', '+inf', '(inf', '', '(', '((1', '1e400', '+2']),
  ]
}
const memberEnd: Arg = (s) => {
  const text = s.random.pick(['m1', 'm12', 'm5', 'm', '', 'z', 'a'])
  return [s.random.pick([`[${text}`, `(${text}`, `[${text}`, '-', '+', '-', '+', text, '++'])]
}
const limit = seq(
  word('LIMIT', 'limit'),
  ({ random }) => [random.between(-2, 6)],
  ({ random }) => [random.between(-2, 6)],
)
const withScores = word('WITHSCORES', 'withscores')

const byRank = seq(key, rank, rank, options(word('REV', 'rev')))
const byScore = seq(key, scoreEnd, scoreEnd, word('BYSCORE', 'byscore'), options(word('REV'), limit))
const byMember = seq(equalKey, memberEnd, memberEnd, word('BYLEX', 'bylex'), options(word('REV'), limit))

const source = oneOf(key, key, key, setKey, equalKey)
/** Sources with as many weights. */
const sources = (features: Arg): Arg => seq(counted(1, 3, source), features)
const weighted: Arg = (s) => {
  const count = s.random.between(1, 3)
  const keys = Array.from({ length: count }, () => source(s)).flat()
  const weights = s.random.chance(0.5) ? ['WEIGHTS', ...Array.from({ length: count }, () => score(s)).flat()] : []
  return [count, ...keys, ...weights]
}
const aggregate = seq(word('AGGREGATE', 'aggregate'), word('SUM', 'MIN', 'max', 'avg'))
const popCount: Arg = ({ random }) => [random.chance(0.9) ? random.between(0, 5) : random.pick(['-1', 'x', ''])]
const many1 = counted(1, 3, key)
const end = word('MIN', 'MAX', 'min', 'max')
const mpop = seq(many1, end, maybe(seq(word('COUNT', 'count'), popCount)))

const REDIS_72 = { redis: '7.2.0', valkey: '7.2.0' }

export const zset: Group = {
  name: 'zset',
  commands: [
    command('ZADD', seq(key, addOptions, pairs), { weight: 8 }),
    command('ZADD', seq(key, pairs), { weight: 5 }),
    command('ZADD', seq(equalKey, many(1, 6, seq(word('0'), member))), { isWhole: true, weight: 3 }),
    command('ZINCRBY', seq(key, score, member), { weight: 3 }),
    command('ZREM', seq(oneOf(key, equalKey), many(1, 4, member)), { weight: 2 }),
    command('ZCARD', key),
    command('ZSCORE', seq(key, member)),
    command('ZMSCORE', seq(key, many(1, 4, member))),
    command('ZRANK', seq(key, member, since(REDIS_72, maybe(word('WITHSCORE', 'x'))))),
    command('ZREVRANK', seq(key, member, since(REDIS_72, maybe(word('WITHSCORE', 'x'))))),
    command('ZRANGE', seq(byRank, maybe(withScores)), { weight: 2 }),
    command('ZRANGE', seq(byScore, maybe(withScores)), { weight: 2 }),
    command('ZRANGE', seq(byMember, maybe(withScores)), { weight: 2 }),
    command('ZREVRANGE', seq(key, rank, rank, maybe(withScores))),
    command('ZRANGEBYSCORE', seq(key, scoreEnd, scoreEnd, options(withScores, limit)), { weight: 2 }),
    command('ZREVRANGEBYSCORE', seq(key, scoreEnd, scoreEnd, options(withScores, limit)), { weight: 2 }),
    command('ZRANGEBYLEX', seq(equalKey, memberEnd, memberEnd, maybe(limit))),
    command('ZREVRANGEBYLEX', seq(equalKey, memberEnd, memberEnd, maybe(limit))),
    command('ZRANGESTORE', seq(key, oneOf(byRank, byScore, byMember)), { weight: 2 }),
    command('ZCOUNT', seq(key, scoreEnd, scoreEnd), { weight: 2 }),
    command('ZLEXCOUNT', seq(equalKey, memberEnd, memberEnd), { weight: 2 }),
    command('ZREMRANGEBYRANK', seq(key, rank, rank)),
    command('ZREMRANGEBYSCORE', seq(key, scoreEnd, scoreEnd)),
    command('ZREMRANGEBYLEX', seq(equalKey, memberEnd, memberEnd)),
    command('ZPOPMIN', seq(key, maybe(popCount))),
    command('ZPOPMAX', seq(key, maybe(popCount))),
    command('ZMPOP', mpop),
    command('BZPOPMIN', seq(many(1, 3, key), wait), { waits: 'last' }),
    command('BZPOPMAX', seq(many(1, 3, key), wait), { waits: 'last' }),
    command('BZMPOP', seq(wait, mpop), { waits: 'first' }),
    command('ZUNION', seq(weighted, options(aggregate, withScores))),
    command('ZINTER', seq(weighted, options(aggregate, withScores))),
    command('ZDIFF', sources(maybe(withScores))),
    command('ZUNIONSTORE', seq(key, weighted, maybe(aggregate)), { weight: 2 }),
    command('ZINTERSTORE', seq(key, weighted, maybe(aggregate)), { weight: 2 }),
    command(
      'ZDIFFSTORE',
      seq(
        key,
        sources(() => []),
      ),
      { weight: 2 },
    ),
    command('ZINTERCARD', sources(maybe(seq(word('LIMIT'), popCount)))),
    // A positive count larger than any sorted set here, or a negative one: how many come back is then certain.
    command('ZRANDMEMBER', seq(key, maybe(seq(word('100', '-7', '0', 'x', '1.5', ''), maybe(withScores)))), {
      view: 'shape',
    }),
    command(
      'ZSCAN',
      seq(
        key,
        word('0'),
        options(seq(word('MATCH'), pattern), seq(word('COUNT'), word('1000', '1'))),
        since({ valkey: '9.1.0' }, maybe(word('NOSCORES'))),
      ),
      { view: 'scan' },
    ),
  ],
}
