/*
 * Types of the keys in view, gathered from rows that each ask for their own and
 * fetched together: one call, one pipeline, however many rows came into sight.
 */
import type { KeyTypeRow } from '../../../shared/contract/keys.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { ask } from '../../api/backend.ts'
import type { Place } from './view-state.ts'

/** Long enough to gather a screenful while scrolling, too short to be seen. */
const GATHER_MS = 25
const TOGETHER_MAX = 500

export interface SeenKeyType extends KeyTypeRow {
  /** When it was asked: a time to live counts down from here. */
  readonly at: number
}

interface Wanted {
  readonly key: KeyName
  readonly resolve: (row: SeenKeyType) => void
  readonly reject: (error: unknown) => void
}

const gathering = new Map<string, Wanted[]>()

export function fetchKeyType(place: Place, key: KeyName): Promise<SeenKeyType> {
  const at = `${place.sessionId}/${place.db}`
  return new Promise((resolve, reject) => {
    const wanted = gathering.get(at)
    if (wanted) return void wanted.push({ key, resolve, reject })
    gathering.set(at, [{ key, resolve, reject }])
    setTimeout(() => {
      const all = gathering.get(at) ?? []
      gathering.delete(at)
      for (let i = 0; i < all.length; i += TOGETHER_MAX) void fetchTogether(place, all.slice(i, i + TOGETHER_MAX))
    }, GATHER_MS)
  })
}

async function fetchTogether({ sessionId, db }: Place, wanted: readonly Wanted[]): Promise<void> {
  try {
    const rows = await ask('keys.types', { sessionId, db, keys: wanted.map(({ key }) => key) })
    const at = Date.now()
    for (const [i, { resolve }] of wanted.entries()) resolve({ ...rows[i]!, at })
  } catch (error) {
    for (const { reject } of wanted) reject(error)
  }
}
