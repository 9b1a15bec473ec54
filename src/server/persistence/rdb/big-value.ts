/*
 * BigValue: a key whose value is written bit by bit, as it was when this was made. What
 * a change of the value brings forward is held in memory until its place in the file
 * has come: at most the value, as the file has it.
 */
import type { Walk } from '../../types/walk.ts'
import { RdbOutput } from './output.ts'

/** Items written between two looks at the clock: some 30 us. */
const ITEMS_PER_STEP = 128

/** Where what is written goes to: to memory first, to the file when the turn of the value has come. */
export interface Outlet {
  out: RdbOutput
}

/** How a value is written bit by bit: what comes before is written already. */
export interface Parts {
  readonly walk: Walk
  /** What comes after all that the walk visits. */
  readonly end?: RdbOutput
}

export class BigValue {
  /** The database it is saved under. */
  readonly index: number
  private readonly outlet: Outlet
  private readonly held: Uint8Array[] = []
  private readonly parts: Parts

  /** `begin` is called with where to write what comes before the items of what is to go into `file`. */
  constructor(index: number, file: RdbOutput, begin: (outlet: Outlet) => Parts) {
    const { version, compresses } = file
    this.index = index
    const send = (chunk: Uint8Array): unknown => this.held.push(chunk)
    this.outlet = { out: new RdbOutput({ version, compresses, send, chunkBytes: 1024, sums: false }) }
    this.parts = begin(this.outlet)
  }

  /** Writes some more to the file; true when that was the last. Nothing else is written to the file in between. */
  writeSome(file: RdbOutput): boolean {
    const { parts, outlet } = this
    if (outlet.out !== file) {
      // An item may lie in two chunks: the file takes over only when it has all of what was held.
      if (this.held.length === 0) outlet.out.flush()
      const chunk = this.held.shift()
      if (chunk === undefined) outlet.out = file
      else file.bytes(chunk, 0, chunk.length)
      return false
    }
    if (!parts.walk.step(ITEMS_PER_STEP)) return false
    parts.walk.end()
    if (parts.end) file.bytes(parts.end.buf, 0, parts.end.at)
    return true
  }

  /** Gives it up, or forgets it when all is written. */
  end(): void {
    this.parts.walk.end()
  }
}
