/*
 * Names of keys, one after the other, in chunks of bytes outside the JavaScript
 * heap. Append only: a name never moves, so a reference to it stays good for
 * as long as the arena lives.
 *
 *  reference (u32)     31         20 19                0
 *                      | chunk index | byte in chunk   |
 *
 *  record              +-----------------+-------- - - ---+
 *                      | size, LEB128    | the name       |
 *                      | 1 to 3 bytes    | `size` bytes   |
 *                      +-----------------+-------- - - ---+
 *
 * A record never crosses a chunk, so reading one is two array loads. That wastes
 * at most one name per MiB and bounds a name to NAME_SIZE_MAX. Most names are
 * shorter than 128 bytes: one byte of size instead of a column of four.
 */
const CHUNK_BITS = 20
const CHUNK_SIZE = 1 << CHUNK_BITS
const CHUNK_MASK = CHUNK_SIZE - 1
const SIZE_BYTES_MAX = 3
const CHUNKS_MAX = 1 << (32 - CHUNK_BITS)

/** The longest name the arena takes. */
export const NAME_SIZE_MAX = CHUNK_SIZE - SIZE_BYTES_MAX

/** Where a record begins; branded, so that it is not taken for a key's number. */
export type NameRef = number & { readonly nameRef: unique symbol }

export class NameArena {
  readonly #chunks: Uint8Array[] = []
  #end = CHUNK_SIZE // Of the last chunk; full at first, so that the first push adds one.

  /** Bytes held, in use or not. */
  get size(): number {
    return this.#chunks.length * CHUNK_SIZE
  }

  /** Copies the name. The caller has checked its size against NAME_SIZE_MAX. */
  push(name: Uint8Array): NameRef {
    const size = name.length
    const need = size + (size < 0x80 ? 1 : size < 0x4000 ? 2 : SIZE_BYTES_MAX)
    if (this.#end + need > CHUNK_SIZE) this.#addChunk()
    const chunk = this.#chunks[this.#chunks.length - 1]!
    const ref = (((this.#chunks.length - 1) << CHUNK_BITS) | this.#end) >>> 0
    let at = this.#end
    let rest = size
    while (rest >= 0x80) {
      chunk[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    chunk[at++] = rest
    chunk.set(name, at)
    this.#end = at + size
    return ref as NameRef
  }

  #addChunk(): void {
    if (this.#chunks.length === CHUNKS_MAX) throw new RangeError('the arena of names is full')
    this.#chunks.push(new Uint8Array(CHUNK_SIZE))
    this.#end = 0
  }

  chunkOf(ref: NameRef): Uint8Array {
    return this.#chunks[ref >>> CHUNK_BITS]!
  }

  sizeOf(ref: NameRef): number {
    const chunk = this.#chunks[ref >>> CHUNK_BITS]!
    const at = ref & CHUNK_MASK
    const first = chunk[at]!
    if (first < 0x80) return first
    const second = chunk[at + 1]!
    if (second < 0x80) return (first & 0x7f) | (second << 7)
    return (first & 0x7f) | ((second & 0x7f) << 7) | (chunk[at + 2]! << 14)
  }

  /** Where in `chunkOf(ref)` the bytes of the name begin. */
  startOf(ref: NameRef): number {
    const chunk = this.#chunks[ref >>> CHUNK_BITS]!
    let at = ref & CHUNK_MASK
    while (chunk[at]! >= 0x80) at++
    return at + 1
  }

  /** A view, not a copy: the bytes `from` up to `to` of the name. */
  slice(ref: NameRef, from: number, to: number): Uint8Array {
    const start = this.startOf(ref)
    return this.chunkOf(ref).subarray(start + from, start + to)
  }
}
