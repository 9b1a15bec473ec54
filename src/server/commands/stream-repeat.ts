/*
 * What is to be repeated of the commands that give entries of a stream to the
 * consumers of a group: who has them now, since when, and for which time. They
 * depend on the time and on what was pending, so they are not repeated as sent.
 */
import type { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Call } from '../exec/call.ts'
import type { Ref } from '../memory/layout.ts'
import { groupEntriesRead, groupLastId, UNKNOWN } from '../types/stream-groups.ts'

/** Ids named by one command: enough that they cost little more than themselves. */
const IDS_MAX = 1000

const last = new StreamId()

/** Where entries are given to. */
export interface Recipient {
  readonly key: Slice
  readonly group: Slice
  readonly consumer: Slice
}

/** Gathers the entries that one command gives to one consumer, those of one time and count together. */
export class Deliveries {
  private readonly call: Call
  private readonly to: Recipient
  private ids: StreamId[] = []
  private deliveredAt = 0
  private count: number | bigint = 0

  constructor(call: Call, to: Recipient) {
    this.call = call
    this.to = to
  }

  /** The entry with this id was delivered at that time, for the `count`th time. */
  add(id: StreamId, deliveredAt: number, count: number | bigint): void {
    if (!this.call.isRepeated) return
    const isAnother = deliveredAt !== this.deliveredAt || count !== this.count || this.ids.length === IDS_MAX
    if (isAnother) this.end()
    this.deliveredAt = deliveredAt
    this.count = count
    this.ids.push(new StreamId().copy(id))
  }

  /** The entry with this id is pending no more: it is gone from the stream. */
  drop(id: StreamId): void {
    if (!this.call.isRepeated) return
    this.end()
    this.call.repeatAs('XACK', [this.to.key, this.to.group, id])
  }

  /** All are added. */
  end(): void {
    if (this.ids.length === 0) return
    const { key, group, consumer } = this.to
    const how = ['TIME', this.deliveredAt, 'RETRYCOUNT', this.count, 'FORCE', 'JUSTID']
    this.call.repeatAs('XCLAIM', [key, group, consumer, 0, ...this.ids, ...how])
    this.ids = []
  }
}

/** How far a group has read is to be repeated. */
export function repeatProgress(c: Call, key: Slice, name: Slice, group: Ref): void {
  if (!c.isRepeated) return
  const { memory } = c.db
  const read = groupEntriesRead(memory, group)
  // XSETID can make the count a negative one, which no server takes: then it is as good as unknown.
  const told = read < 0 ? UNKNOWN : read
  c.repeatAs('XGROUP', ['SETID', key, name, groupLastId(memory, group, last), 'ENTRIESREAD', told])
}
