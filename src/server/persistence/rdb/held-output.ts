/*
 * HeldOutput: where something is written whose place in a file has not come yet. What is
 * written is held in memory until then, and moved to the file bit by bit; from then on
 * `out` is the file.
 */
import { RdbOutput } from './output.ts'

/** Most of what is held is little. */
const FIRST_CHUNK_BYTES = 1024

export class HeldOutput {
  out: RdbOutput
  private readonly chunks: Uint8Array[] = []

  constructor({ version, compresses }: RdbOutput) {
    const send = (chunk: Uint8Array): unknown => this.chunks.push(chunk)
    this.out = new RdbOutput({ version, compresses, send, chunkBytes: FIRST_CHUNK_BYTES, sums: false })
  }

  /** Moves some more to the file; true when that was all, and what is written from now on goes there. */
  moveSome(file: RdbOutput): boolean {
    if (this.out === file) return true
    // An item may lie in two chunks: the file takes over only when it has all of what was held.
    if (this.chunks.length === 0) this.out.flush()
    const chunk = this.chunks.shift()
    if (chunk === undefined) this.out = file
    else file.bytes(chunk, 0, chunk.length)
    return chunk === undefined
  }
}
