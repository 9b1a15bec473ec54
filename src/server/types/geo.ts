/*
 * Geo sets: sorted sets whose scores are geohashes, searched for what lies in an area.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import type { Ref } from '../memory/layout.ts'
import { type Area, cellsCovering, distanceWithin } from './geo-area.ts'
import { type Cell, cellEnd, cellStart, isSameCell, type Place, placeOf } from './geohash.ts'
import { ZsetWalk } from './zset-walk.ts'

/** A member that was found; it owns its bytes. */
export interface Found {
  readonly member: Slice
  readonly score: number
  readonly place: Place
  /** Metres from the centre of the area. */
  readonly distance: number
}

const walk = new ZsetWalk()

/** The members in an area, cell by cell and in each by score; not more than `limit`, whichever come first. */
export function geoSearch(db: Database, zset: Ref, area: Area, limit = Number.POSITIVE_INFINITY): Found[] {
  const found: Found[] = []
  walk.aim(db, zset)
  let last: Cell | undefined
  for (const [i, cell] of cellsCovering(area).entries()) {
    // Of a map of few cells, the neighbours on both sides may be the same one.
    if (last !== undefined && isSameCell(cell, last)) continue
    if (found.length >= limit) break
    const end = cellEnd(cell)
    for (let more = walk.toScore(cellStart(cell), false); more; more = walk.next()) {
      const { score } = walk
      if (score >= end) break
      const place = placeOf(score)
      const distance = distanceWithin(area, place)
      if (distance < 0) continue
      found.push({ member: walk.member.copy(), score, place, distance })
      if (found.length >= limit) break
    }
    if (i > 0) last = cell
  }
  return found
}

export type Order = 'nearest' | 'farthest'

/** Sorts what was found by distance; what is equally far stays in its order. */
export function sortFound(found: Found[], order: Order): void {
  const sign = order === 'nearest' ? 1 : -1
  found.sort((a, b) => sign * (a.distance - b.distance))
}
