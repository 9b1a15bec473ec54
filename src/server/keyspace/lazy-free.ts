/*
 * Memory that is to be freed but not now: big values and flushed databases that
 * nobody can reach any more. It still counts as used until it is freed, a slice
 * at a time, so that no command waits for another one's garbage.
 */

export interface Garbage {
  /** The objects it stands for, as INFO counts them. */
  readonly pending: number
  /** Frees about `items` items; true when all of it is gone. */
  freeSome(items: number): boolean
}

export class LazyFree {
  private readonly queue: Garbage[] = []
  /** Objects that went through the queue. */
  freed = 0

  get pending(): number {
    let pending = 0
    for (const garbage of this.queue) pending += garbage.pending
    return pending
  }

  /** Frees the first `items` items at once, and the rest later, if there is one. */
  add(garbage: Garbage, items: number): void {
    const objects = garbage.pending
    if (garbage.freeSome(items)) return
    this.freed += objects
    this.queue.push(garbage)
  }

  /** Frees about `items` items of what waits; false when nothing is left. */
  step(items: number): boolean {
    const first = this.queue[0]
    if (first?.freeSome(items)) this.queue.shift()
    return this.queue.length > 0
  }

  /** Forgets the queue: its memory is gone by other means. */
  clear(): void {
    this.queue.length = 0
  }
}
