/*
 * The scan of one collection: what HSCAN, SSCAN and ZSCAN have in common. What
 * they are told is in scan-options.ts.
 */
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { REFUSED, readOf } from '../exec/lookup.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { parseCursor, parseScanOptions, type ScanFeatures, type ScanOptions } from './scan-options.ts'

/** Walks `value` on from a cursor, hands what passes the options to `keep`, and answers the next cursor. */
export type Walk = (value: Ref, from: number, options: ScanOptions, keep: (text: Slice) => void) => number

/** Scans the value at argv[1], which is of `type`. `keep` takes a text of its own: copy what lies in the arena. */
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
  // Work. The next cursor is sent before the texts, so these are kept until it is known.
  const texts: Slice[] = []
  const next = walk(value, from, options, (text) => texts.push(text))
  // Reply.
  reply.array(2)
  reply.bulkInteger(next)
  reply.array(texts.length)
  for (const text of texts) reply.bulk(text)
}
