import { queryOptions } from '@tanstack/react-query'
import type { HashField, HashPage } from '../../../../shared/contract/hashes.ts'
import type { FieldName, KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import { ask } from '../../../api/backend.ts'
import { browserKeys } from '../queries.ts'
import type { FindingsPage, FindingsQuery } from '../use-findings.ts'
import type { Place } from '../view-state.ts'

export const fieldQuery = (place: Place, key: KeyName, field: FieldName, count: number) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'field', field, count],
    queryFn: () => ask('hashes.read', { ...place, key, field, offset: 0, count }),
    structuralSharing: false,
  })

const HASH_PAGE = 200
/** Fields that one call of a search looks at: more than a page, for most of them are not sent. */
const SEARCH_COUNT = 2_000

export type HashRow = HashField & {
  /** When its time to live was asked. */
  readonly at: number
}

export interface HashRows extends FindingsPage<HashRow> {
  readonly fieldExpiry: HashPage['fieldExpiry']
}

/** All fields, or those whose names match. */
export const hashQuery = (place: Place, key: KeyName, match: string): FindingsQuery<HashRow, HashRows> => ({
  queryKey: [...browserKeys.key(place, key), 'fields', match],
  queryFn: async ({ pageParam }) => {
    const count = match === '' ? HASH_PAGE : SEARCH_COUNT
    const { fields, cursor, ...page } = await ask('hashes.page', {
      ...place,
      key,
      cursor: pageParam,
      count,
      match: match === '' ? undefined : (match as Latin1),
    })
    const at = Date.now()
    return {
      ...page,
      rows: fields.map((field) => ({ ...field, at })),
      looked: Math.max(count, fields.length),
      // HSCAN ends where it began: cursor "0" is the end, not the first page again.
      next: cursor === '0' ? undefined : cursor,
    }
  },
  initialPageParam: '0',
  getNextPageParam: ({ next }) => next,
  structuralSharing: false,
})
