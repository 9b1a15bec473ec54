/*
 * A growing column of unsigned 32-bit numbers. Columns instead of objects: a
 * field of ten million records is 40 MB here and not on the JavaScript heap.
 */
export class Column {
  #cells = new Uint32Array(64)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Bytes held. */
  get size(): number {
    return this.#cells.byteLength
  }

  get(index: number): number {
    return this.#cells[index]!
  }

  set(index: number, value: number): void {
    this.#cells[index] = value
  }

  /** Returns the index of what was pushed. */
  push(value: number): number {
    if (this.#count === this.#cells.length) {
      const larger = new Uint32Array(Math.ceil(this.#count * 1.5))
      larger.set(this.#cells)
      this.#cells = larger
    }
    this.#cells[this.#count] = value
    return this.#count++
  }
}
