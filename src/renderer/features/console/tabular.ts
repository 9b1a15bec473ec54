/*
 * Replies that are tables: maps, the flat pairs RESP2 gives in their place, and
 * lists of records that all have the same fields.
 */
import { isTextCommand } from '../../../shared/resp/format-cli.ts'
import type { RespPairs, RespValue } from '../../../shared/resp/value.ts'
import { showBytes, showLatin1 } from '../../../shared/text/bytes.ts'
import { quoteReadable } from '../../../shared/text/quote.ts'

export interface Tabular {
  readonly columns: readonly string[]
  readonly rowCount: number
  readonly cell: (row: number, column: number) => string
}

/** Commands whose RESP2 reply is fields and values, one after the other. */
const FLAT_PAIRS: ReadonlySet<string> = new Set([
  'hgetall',
  'config get',
  'memory stats',
  'xinfo stream',
  'acl getuser',
  'client trackinginfo',
  'function stats',
  'pubsub numsub',
  'pubsub shardnumsub',
  'latency histogram',
])
/** The same, when asked for: `ZRANGE key 0 -1 WITHSCORES`. */
const PAIRS_WITH: ReadonlySet<string> = new Set(['withscores', 'withvalues'])
const PAIRS_BY_COUNT: ReadonlySet<string> = new Set(['zpopmin', 'zpopmax'])

/** Undefined: it is no table. `words` are those of the command. */
export function tabular(value: RespValue, words: readonly string[]): Tabular | undefined {
  if (value.type === 'map') return pairsTable(value.entries)
  if ((value.type === 'bulk' || value.type === 'verbatim') && isTextCommand(words))
    return infoTable(showBytes(value.bytes))
  if (value.type !== 'array' || value.items.length === 0) return undefined
  const { items } = value
  if (items.every(isPair) && isPairReply(words)) {
    return pairsTable(items.map((item) => [item.items[0]!, item.items[1]!] as const))
  }
  if (items.length % 2 === 0 && isPairReply(words) && items.every((_, i) => i % 2 === 1 || isScalar(items[i]!))) {
    return pairsTable(pairsOf(items))
  }
  return recordsTable(items)
}

function isPairReply(words: readonly string[]): boolean {
  const [first = '', second = ''] = words.map((word) => word.toLowerCase())
  if (FLAT_PAIRS.has(first) || FLAT_PAIRS.has(`${first} ${second}`) || PAIRS_BY_COUNT.has(first)) return true
  return words.some((word) => PAIRS_WITH.has(word.toLowerCase()))
}

const pairsTable = (pairs: RespPairs): Tabular | undefined =>
  pairs.length === 0
    ? undefined
    : { columns: ['field', 'value'], rowCount: pairs.length, cell: (row, column) => cellText(pairs[row]![column]!) }

/** A list whose items are maps, or flat pairs, with the same fields in the same order. */
function recordsTable(items: readonly RespValue[]): Tabular | undefined {
  // The first one tells nearly always, and there may be a million.
  const fields = recordOf(items[0]!)?.map(([field]) => cellText(field))
  if (fields === undefined || fields.length === 0 || fields.length > 40) return undefined
  const records = items.map(recordOf)
  const areSame = records.every(
    (record) => record?.length === fields.length && record.every(([field], i) => cellText(field) === fields[i]),
  )
  if (!areSame || (records.length === 1 && fields.length === 1)) return undefined
  return {
    columns: fields,
    rowCount: records.length,
    cell: (row, column) => cellText(records[row]?.[column]?.[1] ?? NIL),
  }
}

const NIL: RespValue = { type: 'null' }

function recordOf(value: RespValue): RespPairs | undefined {
  if (value.type === 'map') return value.entries
  if (value.type !== 'array' || value.items.length < 2 || value.items.length % 2 === 1) return undefined
  const pairs = pairsOf(value.items)
  // Names are words: `[score, member]` pairs and lists of numbers are no records.
  return pairs.every(([field]) => /^[a-z][a-z0-9 _-]*$/i.test(isScalar(field) ? cellText(field) : ''))
    ? pairs
    : undefined
}

/** `name:value` lines of INFO, `name=value` fields of CLIENT LIST. */
function infoTable(text: string): Tabular | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))
  const clients = lines.map((line) => line.split(' ').map((field) => field.split(/=(.*)/s, 2)))
  const names = clients[0]?.map(([name]) => name ?? '')
  if (names && names.length > 3 && clients.every((fields) => fields.length === names.length)) {
    return { columns: names, rowCount: clients.length, cell: (row, column) => clients[row]![column]![1] ?? '' }
  }
  const pairs = lines.map((line) => line.split(/:(.*)/s, 2))
  if (pairs.length === 0 || pairs.some((pair) => pair.length < 2)) return undefined
  return { columns: ['field', 'value'], rowCount: pairs.length, cell: (row, column) => pairs[row]![column] ?? '' }
}

type PairItem = Extract<RespValue, { readonly type: 'array' }>
const isPair = (value: RespValue): value is PairItem => value.type === 'array' && value.items.length === 2
const isScalar = (value: RespValue): boolean => !['array', 'map', 'set', 'push'].includes(value.type)

const pairsOf = (items: readonly RespValue[]): RespPairs =>
  Array.from({ length: items.length >> 1 }, (_, i) => [items[2 * i]!, items[2 * i + 1]!] as const)

/** In one line: text as it is where it can be, else quoted. */
export function cellText(value: RespValue): string {
  switch (value.type) {
    case 'bulk':
    case 'verbatim':
    case 'bulkError': {
      const quoted = quoteReadable(value.bytes)
      // Where nothing had to be escaped the quotes would only be noise.
      return quoted === '""' || quoted.includes('\\') ? quoted : quoted.slice(1, -1)
    }
    case 'simple':
    case 'error':
      return showLatin1(value.text)
    case 'integer':
    case 'boolean':
      return String(value.value)
    case 'double':
    case 'bigNumber':
      return value.text
    case 'null':
    case 'nullArray':
      return '(nil)'
    case 'map':
      return `{${value.entries.map(([key, item]) => `${cellText(key)}: ${cellText(item)}`).join(', ')}}`
    case 'array':
    case 'set':
    case 'push':
      return `[${value.items.map(cellText).join(', ')}]`
  }
}

/** For a spreadsheet: RFC 4180. */
export function toCsv({ columns, rowCount, cell }: Tabular): string {
  const quoteField = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)
  const rows = [columns.map(quoteField).join(',')]
  for (let row = 0; row < rowCount; row++)
    rows.push(columns.map((_, column) => quoteField(cell(row, column))).join(','))
  return `${rows.join('\r\n')}\r\n`
}
