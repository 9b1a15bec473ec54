/*
 * Frames as bytes, for transports that carry nothing else (the WebSocket).
 *
 *   byte 0            4                  4 + headerSize
 *        +------------+------------------+-- - - - - - --+
 *        | headerSize | header           | bytes         |
 *        | u32 LE     | JSON, UTF-8      | raw           |
 *        +------------+------------------+-- - - - - - --+
 *
 * JSON lacks bytes, big integers and four numbers. In the header they stand as
 * an object with one key that begins with `$`:
 *
 *   {"$bytes": [offset, size]}     a Uint8Array, at that place of the last part
 *   {"$bigint": "-12"}             a bigint
 *   {"$number": "NaN"}             NaN, Infinity, -Infinity or -0
 *
 * A key of the data that itself begins with `$` gets one `$` more, so that no
 * data can be mistaken for these. Bytes are not base64: a value of 30 MB crosses
 * as 30 MB, and the reader gets views of the frame instead of copies.
 */
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/** Room for a guarded write: the new value, the expected one, and the header. */
export const FRAME_SIZE_MAX = 80 << 20
/** Replies of a server nest a few levels; whoever nests deeper wants to exhaust the stack. */
const DEPTH_MAX = 200
const PREFIX_SIZE = 4

export type Decoded = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string }

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Throws when the data holds what a frame cannot carry: that is a bug of the sender. */
export function encodeFrame(value: unknown): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = []
  let bytesSize = 0
  const toJson = (x: unknown, depth: number): Json => {
    if (x === null || typeof x === 'boolean' || typeof x === 'string') return x
    if (typeof x === 'number') {
      if (Number.isFinite(x) && !Object.is(x, -0)) return x
      return { $number: Object.is(x, -0) ? '-0' : String(x) }
    }
    if (typeof x === 'bigint') return { $bigint: String(x) }
    if (typeof x !== 'object') throw new TypeError(`a frame cannot carry a ${typeof x}`)
    if (depth > DEPTH_MAX) throw new RangeError(`a frame cannot nest deeper than ${DEPTH_MAX}`)
    if (x instanceof Uint8Array) {
      const place = { $bytes: [bytesSize, x.byteLength] }
      chunks.push(x)
      bytesSize += x.byteLength
      return place
    }
    if (Array.isArray(x)) return x.map((item) => toJson(item === undefined ? null : item, depth + 1))
    const out: Record<string, Json> = {}
    for (const [key, item] of Object.entries(x)) {
      if (item === undefined) continue
      if (key === '__proto__') throw new TypeError('a frame cannot carry a key named __proto__')
      out[key.startsWith('$') ? `$${key}` : key] = toJson(item, depth + 1)
    }
    return out
  }
  const header = encodeUtf8(JSON.stringify(toJson(value, 0)))
  const size = PREFIX_SIZE + header.byteLength + bytesSize
  if (size > FRAME_SIZE_MAX) throw new RangeError(`a frame of ${size} bytes is over the limit of ${FRAME_SIZE_MAX}`)
  const frame = new Uint8Array(size)
  new DataView(frame.buffer).setUint32(0, header.byteLength, true)
  frame.set(header, PREFIX_SIZE)
  let at = PREFIX_SIZE + header.byteLength
  for (const chunk of chunks) {
    frame.set(chunk, at)
    at += chunk.byteLength
  }
  return frame
}

/** Never throws, whatever it is given. The Uint8Arrays in the value are views of `frame`. */
export function decodeFrame(frame: Uint8Array): Decoded {
  if (frame.byteLength > FRAME_SIZE_MAX) return { ok: false, why: `over the limit of ${FRAME_SIZE_MAX} bytes` }
  if (frame.byteLength < PREFIX_SIZE) return { ok: false, why: 'shorter than its prefix' }
  const headerSize = new DataView(frame.buffer, frame.byteOffset, PREFIX_SIZE).getUint32(0, true)
  const bytesAt = PREFIX_SIZE + headerSize
  if (bytesAt > frame.byteLength) return { ok: false, why: 'shorter than its header' }
  try {
    const header: unknown = JSON.parse(decodeUtf8(frame.subarray(PREFIX_SIZE, bytesAt)))
    return { ok: true, value: fromJson(header, frame.subarray(bytesAt), 0) }
  } catch (error) {
    // Expected: not UTF-8 (TypeError), not JSON (SyntaxError), or one of the refusals below (RangeError).
    return { ok: false, why: error instanceof Error ? error.message : String(error) }
  }
}

function fromJson(x: unknown, bytes: Uint8Array, depth: number): unknown {
  if (typeof x !== 'object' || x === null) return x
  if (depth > DEPTH_MAX) throw new RangeError(`nested deeper than ${DEPTH_MAX}`)
  if (Array.isArray(x)) return x.map((item) => fromJson(item, bytes, depth + 1))
  const entries = Object.entries(x)
  const out: Record<string, unknown> = {}
  for (const [key, item] of entries) {
    if (key === '__proto__') throw new RangeError('a key named __proto__')
    if (!key.startsWith('$')) out[key] = fromJson(item, bytes, depth + 1)
    else if (key.startsWith('$$')) out[key.slice(1)] = fromJson(item, bytes, depth + 1)
    else if (entries.length === 1) return special(key, item, bytes)
    else throw new RangeError(`${key} among other keys`)
  }
  return out
}

function special(key: string, item: unknown, bytes: Uint8Array): unknown {
  if (key === '$bytes' && Array.isArray(item) && item.length === 2) return view(item[0], item[1], bytes)
  if (key === '$bigint' && typeof item === 'string' && /^-?\d{1,40000}$/.test(item)) return BigInt(item)
  if (key === '$number' && (item === 'NaN' || item === 'Infinity' || item === '-Infinity' || item === '-0'))
    return Number(item)
  throw new RangeError(`a malformed ${key.slice(0, 20)}`)
}

function view(offset: unknown, size: unknown, bytes: Uint8Array): Uint8Array {
  if (!isNatural(offset) || !isNatural(size) || offset + size > bytes.byteLength)
    throw new RangeError('bytes outside of the frame')
  return new Uint8Array(bytes.buffer, bytes.byteOffset + offset, size)
}

const isNatural = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0
