import {
  command,
  type Group,
  listKey,
  many,
  maybe,
  oneOf,
  options,
  seq,
  setKey,
  stringKey,
  word,
  zsetKey,
} from '../grammar.ts'

const number = word('1', '2', '3', '10', '-5', '1.5', '01', '1e2', '0')
const pattern = word('s:*', 'n:*', 'h:*->f1', 'h:*->', 'nosort', '*', '#', 's:*x', '', 'h:*->f2')
/** Elements that name keys of the other groups, and numbers. */
const element = oneOf(number, word('a', 'b', 'x', '', 'inf', 'abc'))

/** By what is equal for several elements, or not there, a part of a real server's answer is in any order. */
const sorted = options(seq(word('LIMIT'), word('0', '1', '-1'), word('2', '-1', '0', '100')), word('ASC', 'DESC'))
const gets = many(0, 2, seq(word('GET'), pattern))

export const sort: Group = {
  name: 'sort',
  commands: [
    command('RPUSH', seq(listKey, many(1, 4, number)), { weight: 3 }),
    command('RPUSH', seq(listKey, many(1, 2, element))),
    command('SADD', seq(setKey, many(1, 4, number)), { weight: 2 }),
    command('ZADD', seq(zsetKey, many(1, 3, seq(number, number))), { weight: 2 }),
    command('SET', seq(stringKey, number)),
    command('HSET', seq(word('h:1', 'h:2', 'h:3'), word('f1', 'f2'), number)),
    command('DEL', oneOf(listKey, setKey, zsetKey)),
    command('SORT', seq(oneOf(listKey, setKey, zsetKey), sorted, gets), { weight: 4 }),
    command('SORT', seq(oneOf(listKey, setKey, zsetKey), word('ALPHA'), sorted, gets), { weight: 3 }),
    command('SORT', seq(oneOf(listKey, zsetKey), word('BY'), word('nosort', '', 'x'), sorted, gets), { weight: 2 }),
    command('SORT', seq(setKey, word('BY'), word('nosort'), gets), { view: 'unordered' }),
    command('SORT', seq(oneOf(listKey, setKey, zsetKey), word('BY'), pattern, maybe(word('DESC'))), {
      view: 'unordered',
    }),
    command('SORT', seq(oneOf(listKey, setKey, zsetKey), sorted, maybe(word('ALPHA')), gets, word('STORE'), listKey), {
      weight: 2,
    }),
    command('SORT_RO', seq(oneOf(listKey, setKey, zsetKey), sorted, maybe(word('ALPHA')), gets), { weight: 2 }),
  ],
}
