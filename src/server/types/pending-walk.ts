/*
 * A walk (walk.ts) over what is pending in a group, in the order of ids. A pending entry
 * that the walk has not reached is visited before it changes or goes. One that comes
 * meanwhile was not there at the beginning, and is passed by.
 */
import { StreamId } from '../base/stream-id.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { pendingFrom, pendingOf } from './stream-deliveries.ts'
import { pendingId } from './stream-pending.ts'
import { Walk } from './walk.ts'

export class PendingWalk extends Walk {
  private readonly visit: (pending: Ref) => void
  /** All before it have been visited. */
  private readonly reached = new StreamId()
  private readonly id = new StreamId()
  /** What was visited before it was reached, or is not to be. */
  private readonly ahead = new Set<string>()
  private isComplete = false

  constructor(keyspace: Keyspace, group: Ref, visit: (pending: Ref) => void) {
    super(keyspace, group)
    this.visit = visit
    this.walks.groups.add(group, this)
  }

  step(items: number): boolean {
    const { memory, root, id, ahead } = this
    if (this.isComplete) return true
    let left = items
    this.isComplete = true
    pendingFrom(memory, root, this.reached, (pending) => {
      pendingId(memory, pending, id)
      if (left-- === 0) {
        this.reached.copy(id)
        this.isComplete = false
        return false
      }
      if (ahead.size === 0 || !ahead.has(id.toString())) this.visit(pending)
      return true
    })
    return this.isComplete
  }

  willChange(id: StreamId): void {
    const { memory, root, ahead, reached } = this
    if (this.isComplete || id.compare(reached) < 0) return
    const name = id.toString()
    if (ahead.has(name)) return
    ahead.add(name)
    const pending = pendingOf(memory, root, id)
    if (pending !== NIL) this.visit(pending)
  }

  protected forget(): void {
    this.walks.groups.remove(this.root, this)
  }
}
