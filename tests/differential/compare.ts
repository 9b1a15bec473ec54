/*
 * Whether two servers gave the same answer, as far as it can be the same: see
 * View in grammar.ts for what is compared how.
 */
import type { Reply } from '../support/reply.ts'
import type { View } from './grammar.ts'

const TOLERANCE = { seconds: 2n, milliseconds: 2000n }

export const isTime = (view: View): view is keyof typeof TOLERANCE => view in TOLERANCE

/** True when nothing worth telling differs. Errors are always compared to the byte. */
export function sameReply(view: View, a: Reply, b: Reply): boolean {
  if (isError(a) || isError(b)) return show(a) === show(b)
  switch (view) {
    case 'exact':
      return show(a) === show(b)
    case 'type':
      return a.type === b.type
    case 'shape':
      return shape(a) === shape(b)
    case 'unordered':
      return sorted(a) === sorted(b)
    case 'pairs':
      return sortedPairs(a) === sortedPairs(b)
    case 'scan':
      return sameScan(a, b)
    case 'seconds':
    case 'milliseconds':
      return sameTime(a, b, TOLERANCE[view])
  }
}

const isError = (reply: Reply): boolean => reply.type === 'error' || reply.type === 'bulkError'

function children(reply: Reply): readonly Reply[] {
  switch (reply.type) {
    case 'array':
    case 'set':
    case 'push':
      return reply.items
    case 'map':
      return reply.entries.flat()
    default:
      return []
  }
}

function shape(reply: Reply): string {
  return `${reply.type}(${children(reply).map(shape).join(' ')})`
}

function sorted(reply: Reply): string {
  return `${reply.type}(${children(reply).map(show).sort().join(' ')})`
}

function sortedPairs(reply: Reply): string {
  const flat = children(reply).map(show)
  const pairs = flat.flatMap((item, i) => (i % 2 === 0 ? [`${item}=${flat[i + 1] ?? ''}`] : []))
  return `${reply.type}(${pairs.sort().join(' ')})`
}

function sameScan(a: Reply, b: Reply): boolean {
  const [cursorA, itemsA] = children(a)
  const [cursorB, itemsB] = children(b)
  if (!cursorA || !itemsA || !cursorB || !itemsB) return show(a) === show(b)
  const bothEnded = text(cursorA) === '0' && text(cursorB) === '0'
  return cursorA.type === cursorB.type && (bothEnded ? sorted(itemsA) === sorted(itemsB) : itemsA.type === itemsB.type)
}

function sameTime(a: Reply, b: Reply, tolerance: bigint): boolean {
  if (a.type === 'integer' && b.type === 'integer') {
    // -1 and -2 are answers, not times.
    if (a.value < 0n || b.value < 0n) return a.value === b.value
    const distance = a.value - b.value
    return (distance < 0n ? -distance : distance) <= tolerance
  }
  const [itemsA, itemsB] = [children(a), children(b)]
  if (a.type !== b.type || itemsA.length !== itemsB.length) return false
  return itemsA.length === 0 ? show(a) === show(b) : itemsA.every((item, i) => sameTime(item, itemsB[i]!, tolerance))
}

const text = (reply: Reply): string => (reply.type === 'bulk' ? reply.bytes.toString('latin1') : '')

/** A reply in one line, every byte visible. */
export function show(reply: Reply): string {
  switch (reply.type) {
    case 'simple':
      return `+${reply.text}`
    case 'error':
      return `-${reply.text}`
    case 'bulkError':
      return `!${quote(reply.bytes)}`
    case 'integer':
      return `:${reply.value}`
    case 'bulk':
      return quote(reply.bytes)
    case 'verbatim':
      return `=${reply.format}:${quote(reply.bytes)}`
    case 'nullBulk':
      return '(nil)'
    case 'nullArray':
      return '(nil array)'
    case 'null':
      return '(null)'
    case 'boolean':
      return `#${reply.value}`
    case 'double':
      return `,${reply.text}`
    case 'bigNumber':
      return `(${reply.text}`
    case 'attribute':
      return `|${show(reply.of)}`
    case 'array':
      return `[${reply.items.map(show).join(' ')}]`
    case 'set':
      return `~[${reply.items.map(show).join(' ')}]`
    case 'push':
      return `>[${reply.items.map(show).join(' ')}]`
    case 'map':
      return `%{${reply.entries.map(([key, item]) => `${show(key)}: ${show(item)}`).join(' ')}}`
  }
}

/** As redis-cli quotes: what it prints can be pasted into it. */
export function quote(bytes: Uint8Array): string {
  let out = '"'
  for (const byte of bytes) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`
    else if (byte === 0x0a) out += '\\n'
    else if (byte === 0x0d) out += '\\r'
    else if (byte >= 0x20 && byte < 0x7f) out += String.fromCharCode(byte)
    else out += `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return `${out}"`
}
