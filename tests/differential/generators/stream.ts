import {
  type Arg,
  command,
  field,
  type Group,
  integer,
  many,
  maybe,
  oneOf,
  options,
  seq,
  since,
  streamKey,
  value,
  word,
} from '../grammar.ts'

/*
 * Ids are small and given, because those that a server makes of its clock are its
 * own. `50-*` fits nearly always, so that most streams have entries that meet.
 */
const entryId: Arg = ({ random }) => [
  random.chance(0.6) ? `50-${random.below(40)}` : `${random.between(1, 55)}-${random.below(3)}`,
]
const milliseconds: Arg = ({ random }) => [String(random.between(0, 60))]
const oddId = word(
  '0-0',
  '0-*',
  '5-18446744073709551615',
  '50-18446744073709551615',
  '007',
  '+5',
  '5-',
  '-5',
  'x',
  '',
  '5-x',
  '18446744073709551616',
  new Uint8Array([53, 0, 54]),
)
const id = oneOf(entryId, entryId, entryId, milliseconds, oddId)
const newId: Arg = (s) =>
  s.random.chance(0.75) ? ['50-*'] : s.random.chance(0.8) ? [`${s.random.between(1, 49)}-*`] : oneOf(entryId, oddId)(s)

const open: Arg = (s) => entryId(s).map((text) => `(${String(text)}`)
const start = oneOf(word('-'), word('-'), id, open, word('(', '(-', '(0', '+'))
const end = oneOf(word('+'), word('+'), id, open, word('(0-0', '-', '(18446744073709551615-18446744073709551615'))
const count = seq(word('COUNT', 'count'), oneOf(word('1', '2', '5', '0', '-1'), integer))

const fields = oneOf(seq(word('a'), value, word('b'), value), many(1, 3, seq(field, value)))
const threshold = oneOf(
  seq(word('MAXLEN', 'maxlen'), maybe(word('=', '~', '~')), word('0', '3', '5', '10', '20', '-1', 'x')),
  seq(word('MINID'), maybe(word('=', '~', '~')), id),
)
const trim = seq(threshold, ({ random }) => (random.chance(0.25) ? ['LIMIT', random.pick([0, 1, 3, 6, 100, -1])] : []))

const group = word('g', 'g', 'g', 'g', 'g', 'g', 'g', 'g', 'h', 'nobody')
const consumer = word('alice', 'bob', 'carol', '')
const start$ = oneOf(word('0', '0', '$', '-', '+'), id)
const entriesRead = seq(word('ENTRIESREAD', 'entriesread'), word('0', '2', '5', '-1', '-2', 'x'))

/** Idle times that are over at once or not at all while the test runs. */
const minIdle = word('0', '0', '0', '0', '0', '-5', '9999999', 'x')
/** What Redis 7.0 answers otherwise, or not at all: it would only end the comparison early. */
const since72 = (part: Arg): Arg => since({ redis: '7.2.0', valkey: '7.2.0' }, part)
/** A moment that is past all numbers is refused; before Redis 7.2 it was waited for. */
const pastAll = since72(word('9223372036854775807'))
const block = seq(word('BLOCK', 'block'), (s) => {
  const choices = ['1', '5', '10', '-1', 'x', ...pastAll(s)]
  return [s.random.pick(choices)]
})
const top = since({ redis: '7.4.0', valkey: '8.1.0' }, word('+'))
const after = oneOf(word('0', '0', '$'), id, top)

/** One or two keys, and as many ids as there are keys; now and then not. */
const streams =
  (wanted: Arg): Arg =>
  (s) => {
    const keys = s.random.between(1, 2)
    const ids = s.random.chance(0.05) && since72(word('unbalanced'))(s).length > 0 ? keys - 1 : keys
    const part = (times: number, of: Arg) => Array.from({ length: times }, () => of(s)).flat()
    return ['STREAMS', ...part(keys, streamKey), ...part(ids, wanted)]
  }

export const stream: Group = {
  name: 'stream',
  commands: [
    command('XADD', seq(streamKey, newId, fields), { weight: 18 }),
    command('XADD', seq(streamKey, maybe(word('NOMKSTREAM', 'nomkstream')), trim, newId, fields), { weight: 3 }),
    command('XADD', seq(streamKey, options(word('NOMKSTREAM'), trim, trim), newId, fields)),
    command('XLEN', streamKey),
    command('XRANGE', seq(streamKey, start, end, maybe(count)), { weight: 3 }),
    command('XREVRANGE', seq(streamKey, end, start, maybe(count)), { weight: 3 }),
    command('XDEL', seq(streamKey, many(1, 4, entryId)), { weight: 4 }),
    command('XDEL', seq(streamKey, many(1, 3, id))),
    command('XTRIM', seq(streamKey, trim)),
    command('XSETID', seq(streamKey, word('50-90', '51-0', '3', '60'))),
    command(
      'XSETID',
      seq(
        streamKey,
        oneOf(word('50-95', '52-0'), id),
        options(
          seq(word('ENTRIESADDED'), word('0', '20', '100', '-1', 'x', '9223372036854775807')),
          seq(word('MAXDELETEDID'), id),
        ),
      ),
    ),
    command('DEL', streamKey),
    command('COPY', seq(streamKey, streamKey, maybe(word('REPLACE')))),
    command('XREAD', seq(options(count, block), streams(after)), { weight: 3, waits: 'block' }),
    command('XREAD', seq(options(count, word('NOACK', 'GROUP')), streams(after)), { waits: 'block' }),
    command('XGROUP CREATE', seq(streamKey, word('g'), word('0', '0', '0', '$'), maybe(word('MKSTREAM'))), {
      weight: 8,
    }),
    command('XGROUP CREATE', seq(streamKey, group, start$, options(word('MKSTREAM', 'mkstream'), entriesRead)), {
      weight: 2,
    }),
    command('XGROUP SETID', seq(streamKey, group, start$, maybe(entriesRead)), { weight: 2 }),
    command('XGROUP DESTROY', seq(streamKey, group)),
    command('XGROUP CREATECONSUMER', seq(streamKey, group, consumer)),
    command('XGROUP DELCONSUMER', seq(streamKey, group, consumer)),
    command(
      'XREADGROUP',
      seq(word('GROUP'), group, consumer, options(count, word('NOACK', 'noack'), block), streams(word('>'))),
      { weight: 8, waits: 'block' },
    ),
    command(
      'XREADGROUP',
      seq(word('GROUP', 'group'), group, consumer, options(count, block), streams(oneOf(after, word('>', '0')))),
      { weight: 3, waits: 'block' },
    ),
    command('XACK', seq(streamKey, group, many(1, 4, entryId)), { weight: 3 }),
    command('XACK', seq(streamKey, group, many(1, 2, id))),
    command('XPENDING', seq(streamKey, group), { weight: 2 }),
    command(
      'XPENDING',
      seq(
        streamKey,
        group,
        maybe(seq(word('IDLE'), minIdle)),
        start,
        end,
        word('1', '3', '100', '-1', 'x'),
        maybe(consumer),
      ),
      { view: 'milliseconds', weight: 3 },
    ),
    command(
      'XCLAIM',
      seq(
        streamKey,
        group,
        consumer,
        minIdle,
        many(1, 4, entryId),
        options(
          seq(word('IDLE', 'TIME'), word('0', '-5', '9999999', 'x', '99999999999999')),
          seq(word('RETRYCOUNT'), word('0', '1', '7', '-1', 'x', '9223372036854775807')),
          word('FORCE'),
          word('JUSTID'),
          seq(word('LASTID'), id),
        ),
      ),
      { weight: 4 },
    ),
    command('XAUTOCLAIM', seq(streamKey, group, consumer, minIdle, start, options(count, word('JUSTID'))), {
      weight: 3,
    }),
    command('XINFO STREAM', streamKey),
    command('XINFO STREAM', since72(seq(streamKey, word('FULL'), maybe(count))), { view: 'milliseconds' }),
    command('XINFO GROUPS', streamKey, { weight: 2 }),
    command('XINFO CONSUMERS', since72(seq(streamKey, group)), { view: 'milliseconds' }),
    command('XINFO HELP', maybe(word('x')), { view: 'shape' }),
    command('XGROUP HELP', maybe(word('x')), { view: 'shape' }),
  ],
}
