import { queryOptions } from '@tanstack/react-query'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { ask } from '../../../api/backend.ts'
import { browserKeys, type Rows } from '../queries.ts'
import type { Place } from '../view-state.ts'

export const stringQuery = (place: Place, key: KeyName, { offset, count }: Rows) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'string', offset, count],
    queryFn: () => ask('strings.read', { ...place, key, offset, count }),
    structuralSharing: false,
  })
