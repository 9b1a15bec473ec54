import type { Member } from '../../../../shared/contract/sets.ts'
import type { KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import { ask } from '../../../api/backend.ts'
import { browserKeys } from '../queries.ts'
import type { FindingsQuery } from '../use-findings.ts'
import type { Place } from '../view-state.ts'

/** Members that one call of a search looks at: more than a page, for most of them are not sent. */
const SEARCH_COUNT = 2_000

/** All members, or those that match. */
export const setQuery = (place: Place, key: KeyName, match: string, count: number): FindingsQuery<Member> => ({
  queryKey: [...browserKeys.key(place, key), 'set', match, count],
  queryFn: async ({ pageParam }) => {
    const { members, cursor, ...page } = await ask('sets.page', {
      ...place,
      key,
      cursor: pageParam,
      count: match === '' ? count : SEARCH_COUNT,
      match: match === '' ? undefined : (match as Latin1),
    })
    return { ...page, rows: members, next: cursor === '0' ? undefined : cursor }
  },
  initialPageParam: '0',
  getNextPageParam: ({ next }) => next,
  structuralSharing: false,
})
