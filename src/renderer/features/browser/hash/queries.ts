import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { FieldName, KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import { ask } from '../../../api/backend.ts'
import { browserKeys } from '../queries.ts'
import type { Place } from '../view-state.ts'

export const fieldQuery = (place: Place, key: KeyName, field: FieldName, count: number) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'field', field, count],
    queryFn: () => ask('hashes.read', { ...place, key, field, offset: 0, count }),
    structuralSharing: false,
  })

const HASH_PAGE = 200

export const hashQuery = (place: Place, key: KeyName, match: string) =>
  infiniteQueryOptions({
    queryKey: [...browserKeys.key(place, key), 'fields', match],
    queryFn: async ({ pageParam }) => {
      const page = await ask('hashes.page', {
        ...place,
        key,
        cursor: pageParam,
        count: match === '' ? HASH_PAGE : 2_000,
        match: match === '' ? undefined : (match as Latin1),
      })
      return { ...page, at: Date.now() }
    },
    initialPageParam: '0',
    // HSCAN ends where it began: cursor "0" is the end, not the first page again.
    getNextPageParam: (page) => (page.cursor === '0' ? undefined : page.cursor),
    structuralSharing: false,
    // A refresh begins again with the first page, not with as many calls as were scrolled through.
    maxPages: undefined,
  })
