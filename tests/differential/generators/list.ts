import {
  command,
  count,
  counted,
  type Group,
  integer,
  listKey,
  many,
  maybe,
  options,
  seq,
  value,
  wait,
  word,
} from '../grammar.ts'

const end = word('LEFT', 'RIGHT', 'left')
/** Elements that meet: few of them, and now and then any value. */
const element = word('a', 'b', 'c', '1', '22', '-300', 'x'.repeat(70))
const some = (low: number, high: number) => many(low, high, element)
const index = word('0', '-1', '1', '2', '-2', '3', '5', '-7')

export const list: Group = {
  name: 'list',
  commands: [
    command('LPUSH', seq(listKey, some(1, 4)), { weight: 6 }),
    command('RPUSH', seq(listKey, some(1, 4)), { weight: 6 }),
    command('RPUSH', seq(listKey, many(1, 2, value)), { weight: 2 }),
    command('LPUSH', seq(listKey, word('w'.repeat(5000), 'w'.repeat(9000), '7'))),
    command('LPUSHX', seq(listKey, some(1, 3))),
    command('RPUSHX', seq(listKey, some(1, 3))),
    command('LPOP', seq(listKey, maybe(count)), { weight: 2 }),
    command('RPOP', seq(listKey, maybe(count)), { weight: 2 }),
    command('LPOP', seq(listKey, integer)),
    command('LLEN', listKey),
    command('LINDEX', seq(listKey, integer)),
    command('LRANGE', seq(listKey, integer, integer), { weight: 2 }),
    command('LRANGE', seq(listKey, word('0'), word('-1'))),
    command('LSET', seq(listKey, index, element), { weight: 2 }),
    command('LSET', seq(listKey, index, value)),
    command('LSET', seq(listKey, index, word('v'.repeat(9000)))),
    command('LINSERT', seq(listKey, word('BEFORE', 'AFTER'), element, element), { weight: 4 }),
    command('LINSERT', seq(listKey, word('BEFORE', 'after'), element, word('u'.repeat(9000), 'u'.repeat(4090)))),
    command('LTRIM', seq(listKey, word('0', '1', '2', '-5', '-20'), word('-1', '-2', '3', '8', '20'))),
    command('LREM', seq(listKey, word('0', '1', '-1', '2', '-3', '-9223372036854775808'), element), { weight: 2 }),
    command(
      'LPOS',
      seq(
        listKey,
        element,
        options(
          seq(word('RANK'), word('1', '-1', '2', '-2', '0', '-9223372036854775808')),
          seq(word('COUNT'), word('0', '1', '2', '-1')),
          seq(word('MAXLEN'), word('0', '1', '3', '-1')),
        ),
      ),
      { weight: 2 },
    ),
    command('LMOVE', seq(listKey, listKey, end, end), { weight: 4 }),
    command('RPOPLPUSH', seq(listKey, listKey), { weight: 2 }),
    command('LMPOP', seq(counted(1, 3, listKey), end, options(seq(word('COUNT'), word('1', '2', '7', '0'))))),
    command('BLPOP', seq(many(1, 3, listKey), wait), { waits: 'last' }),
    command('BRPOP', seq(many(1, 3, listKey), wait), { waits: 'last' }),
    command('BLMOVE', seq(listKey, listKey, end, end, wait), { waits: 'last' }),
    command('BRPOPLPUSH', seq(listKey, listKey, wait), { waits: 'last' }),
    command('BLMPOP', seq(wait, counted(1, 3, listKey), end, options(seq(word('COUNT'), word('1', '2', '7', '0')))), {
      waits: 'first',
    }),
  ],
}
