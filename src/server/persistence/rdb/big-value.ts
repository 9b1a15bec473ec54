/*
 * BigValue: a key whose value is written bit by bit, as it was when this was made. What
 * a change of the value brings forward is held in memory until its place in the file
 * has come: at most the value, as the file has it.
 */
import { HeldOutput } from './held-output.ts'
import type { RdbOutput } from './output.ts'

/** Items written between two looks at the clock: some 30 us. */
const ITEMS_PER_STEP = 128

/** Where what is written goes to: to memory first, to the file when the turn of the value has come. */
export interface Outlet {
  readonly out: RdbOutput
}

/** How a value is written bit by bit: what comes before is written already. */
export interface Parts {
  readonly walk: {
    /** Writes about `items` items more; true when that was the last. */
    step(items: number): boolean
    /** Frees what is held for it, wherever it is. */
    end(): void
  }
}

export class BigValue {
  /** The database it is saved under. */
  readonly index: number
  private readonly outlet: HeldOutput
  private readonly parts: Parts

  /** `begin` is called with where to write what comes before the items of what is to go into `file`. */
  constructor(index: number, file: RdbOutput, begin: (outlet: Outlet) => Parts) {
    this.index = index
    this.outlet = new HeldOutput(file)
    this.parts = begin(this.outlet)
  }

  /** Writes some more to the file; true when that was the last. Nothing else is written to the file in between. */
  writeSome(file: RdbOutput): boolean {
    const { walk } = this.parts
    if (!this.outlet.moveSome(file) || !walk.step(ITEMS_PER_STEP)) return false
    walk.end()
    return true
  }

  /** Gives it up, or forgets it when all is written. */
  end(): void {
    this.parts.walk.end()
  }
}
