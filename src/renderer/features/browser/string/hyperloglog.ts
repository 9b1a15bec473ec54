/*
 * What the first bytes of a HyperLogLog tell:
 *
 *   'HYLL' | encoding, 1 byte: 0 dense, 1 sparse | 3 bytes | 8 bytes: the count, little endian
 *
 * The highest bit of the count says that elements came since, so that it must be
 * made anew.
 */
const MAGIC = [0x48, 0x59, 0x4c, 0x4c]
const ENCODING = 4
const COUNT = 8
const HEADER_SIZE = 16
const IS_STALE = 1n << 63n

export interface HyperLogLogHeader {
  readonly encoding: 'dense' | 'sparse'
  /** As last counted; undefined: elements came since. */
  readonly counted: number | undefined
}

/** Undefined where it is none. */
export function readHyperLogLog(bytes: Uint8Array): HyperLogLogHeader | undefined {
  const encoding = bytes[ENCODING]
  if (bytes.length < HEADER_SIZE || MAGIC.some((byte, i) => bytes[i] !== byte)) return undefined
  if (encoding !== 0 && encoding !== 1) return undefined
  const count = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(COUNT, true)
  return {
    encoding: encoding === 0 ? 'dense' : 'sparse',
    counted: (count & IS_STALE) === 0n ? Number(count) : undefined,
  }
}
