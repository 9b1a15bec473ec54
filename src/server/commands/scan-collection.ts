/*
 * The scan of one collection: what HSCAN, SSCAN and ZSCAN have in common. What
 * they are told is in scan-options.ts.
 */
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { REFUSED, readOf } from '../exec/lookup.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { parseCursor, parseScanOptions, type ScanFeatures, type ScanOptions } from './scan-options.ts'

/** Takes what is answered. */
export interface ScanSink {
  bulk(text: Slice): void
  bulkText(text: string): void
}

/** Walks `value` on from a cursor, hands what passes the options to `sink`, and answers the next cursor. */
export type Walk = (value: Ref, from: number, options: ScanOptions, sink: ScanSink) => number

/** Scans the value at argv[1], which is of `type`. */
export function scanCollection(c: Call, type: number, features: ScanFeatures, walk: Walk): void {
  // Parse and look up. As in Redis, nobody reads the options of a scan of what is not there.
  const from = parseCursor(c, 2)
  if (from === undefined) return
  const value = readOf(c, c.argv[1], type)
  if (value === REFUSED) return
  const { reply } = c
  if (value === NIL) {
    reply.array(2)
    reply.bulkInteger(0)
    return reply.array(0)
  }
  const options = parseScanOptions(c, 3, features)
  if (options === undefined) return
  // Work and reply. The next cursor is sent before the texts, and is known after them.
  const mark = reply.mark()
  let count = 0
  const next = walk(value, from, options, {
    bulk: (text) => {
      count++
      reply.bulk(text)
    },
    bulkText: (text) => {
      count++
      reply.bulkText(text)
    },
  })
  reply.insert(mark, () => {
    reply.array(2)
    reply.bulkInteger(next)
    reply.array(count)
  })
}
