/** How a key's type is marked everywhere: two letters, one hue, one word. The hues are those of ui/badge. */
export interface KeyTypeMark {
  readonly code: string
  readonly hue:
    | 'string'
    | 'hash'
    | 'list'
    | 'set'
    | 'zset'
    | 'stream'
    | 'json'
    | 'timeseries'
    | 'bloom'
    | 'vector'
    | 'other'
  readonly name: string
}

/** By the word TYPE answers; modules answer with their own names. */
const MARKS: Readonly<Record<string, KeyTypeMark>> = {
  string: { code: 'ST', hue: 'string', name: 'string' },
  hash: { code: 'HA', hue: 'hash', name: 'hash' },
  list: { code: 'LI', hue: 'list', name: 'list' },
  set: { code: 'SE', hue: 'set', name: 'set' },
  zset: { code: 'ZS', hue: 'zset', name: 'sorted set' },
  stream: { code: 'SM', hue: 'stream', name: 'stream' },
  'ReJSON-RL': { code: 'JS', hue: 'json', name: 'JSON' },
  'TSDB-TYPE': { code: 'TS', hue: 'timeseries', name: 'time series' },
  'MBbloom--': { code: 'BF', hue: 'bloom', name: 'Bloom filter' },
  MBbloomCF: { code: 'CF', hue: 'bloom', name: 'cuckoo filter' },
  vectorset: { code: 'VS', hue: 'vector', name: 'vector set' },
}

export function keyTypeMark(type: string): KeyTypeMark {
  return MARKS[type] ?? { code: type.slice(0, 2).toUpperCase() || '?', hue: 'other', name: type }
}
