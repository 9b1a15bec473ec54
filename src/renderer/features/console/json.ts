/*
 * Replies as JSON. Every digit of a number stays, and a string that is not UTF-8
 * is written as redis-cli quotes it, under a key that says so.
 */
import type { RespValue } from '../../../shared/resp/value.ts'
import { bytesToUtf8, showLatin1 } from '../../../shared/text/bytes.ts'
import { quote } from '../../../shared/text/quote.ts'

/** Text of its own where the reply is a JSON document; else the reply's structure. */
export function toJson(value: RespValue): string {
  if (value.type === 'bulk' || value.type === 'verbatim') {
    const text = bytesToUtf8(value.bytes)
    if (text !== undefined && isJsonDocument(text)) return reindentJson(text)
  }
  return reindentJson(compact(value))
}

function compact(value: RespValue): string {
  switch (value.type) {
    case 'bulk':
    case 'verbatim':
    case 'bulkError': {
      const text = bytesToUtf8(value.bytes)
      return text === undefined ? `{"bytes":${JSON.stringify(quote(value.bytes))}}` : JSON.stringify(text)
    }
    case 'simple':
      return JSON.stringify(showLatin1(value.text))
    case 'error':
      return `{"error":${JSON.stringify(showLatin1(value.text))}}`
    case 'integer':
      return String(value.value)
    case 'boolean':
      return String(value.value)
    case 'double':
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value.text) ? value.text : JSON.stringify(value.text)
    case 'bigNumber':
      return value.text.replace(/^\+/, '')
    case 'null':
    case 'nullArray':
      return 'null'
    case 'map':
      return compactMap(value.entries)
    case 'array':
    case 'set':
    case 'push':
      return `[${value.items.map(compact).join(',')}]`
  }
}

/** An object where all keys are different texts; else a list of pairs, so that no pair is lost. */
function compactMap(entries: Extract<RespValue, { type: 'map' }>['entries']): string {
  const keys = entries.map(([key]) => keyText(key))
  if (keys.some((key) => key === undefined) || new Set(keys).size < keys.length) {
    return `[${entries.map(([key, item]) => `[${compact(key)},${compact(item)}]`).join(',')}]`
  }
  return `{${entries.map(([, item], i) => `${JSON.stringify(keys[i])}:${compact(item)}`).join(',')}}`
}

function keyText(key: RespValue): string | undefined {
  if (key.type === 'bulk') return bytesToUtf8(key.bytes)
  if (key.type === 'simple') return showLatin1(key.text)
  return key.type === 'integer' ? String(key.value) : undefined
}

function isJsonDocument(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    // Not JSON: a string like any other.
    return false
  }
}

/**
 * Valid JSON, indented. Its tokens are kept as they are written: parsing and
 * writing them again would round numbers and drop repeated keys.
 */
export function reindentJson(text: string): string {
  let out = ''
  let depth = 0
  const newLine = (): string => `\n${'  '.repeat(depth)}`
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? []
  tokens.forEach((token, i) => {
    const next = tokens[i + 1]
    if (token === '{' || token === '[') {
      const isEmpty = next === '}' || next === ']'
      depth += 1
      out += isEmpty ? token : token + newLine()
    } else if (token === '}' || token === ']') {
      depth -= 1
      const isEmpty = tokens[i - 1] === '{' || tokens[i - 1] === '['
      out += isEmpty ? token : newLine() + token
    } else if (token === ',') out += token + newLine()
    else if (token === ':') out += ': '
    else out += token
  })
  return out
}
