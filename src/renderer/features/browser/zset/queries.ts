import type { KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import type { ScoredMember } from '../../../../shared/contract/zsets.ts'
import { ask } from '../../../api/backend.ts'
import { browserKeys, type Rows } from '../queries.ts'
import type { FindingsQuery } from '../use-findings.ts'
import type { Place } from '../view-state.ts'

/** A window scrolled past is kept for so long. */
const WINDOW_KEPT_MS = 60_000
/** Members that one call of a search looks at. */
const SEARCH_COUNT = 2_000

/** Which scores are shown; undefined: without a bound. */
export interface ScoreRange {
  readonly min?: string
  readonly max?: string
}

export const zsetWindowQuery = (
  place: Place,
  key: KeyName,
  first: 'lowest' | 'highest',
  { min, max }: ScoreRange,
  { offset, count }: Rows,
) => ({
  queryKey: [...browserKeys.key(place, key), 'zset', first, min ?? '', max ?? '', offset, count],
  queryFn: () => ask('zsets.window', { ...place, key, first, offset, count, min, max }),
  structuralSharing: false,
  gcTime: WINDOW_KEPT_MS,
})

export const zsetSearchQuery = (
  place: Place,
  key: KeyName,
  match: string,
  { min, max }: ScoreRange,
): FindingsQuery<ScoredMember> => ({
  queryKey: [...browserKeys.key(place, key), 'zset-search', match, min ?? '', max ?? ''],
  queryFn: async ({ pageParam }) => {
    const { members, cursor, ...page } = await ask('zsets.search', {
      ...place,
      key,
      cursor: pageParam,
      count: SEARCH_COUNT,
      match: match as Latin1,
      min,
      max,
    })
    return { ...page, rows: members, next: cursor === '0' ? undefined : cursor }
  },
  initialPageParam: '0',
  getNextPageParam: ({ next }) => next,
  structuralSharing: false,
  enabled: match !== '',
})
