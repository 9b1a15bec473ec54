import { queryOptions, useQuery } from '@tanstack/react-query'
import { DEFAULT_SETTINGS, type Settings } from '../../shared/contract/app.ts'
import { ask, subscribe } from './backend.ts'
import { queryClient } from './query-client.ts'

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: () => ask('settings.get', {}),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useSettings = (): Settings => useQuery(settingsQuery).data ?? DEFAULT_SETTINGS

/** At once on this page; the backend keeps it and tells the other windows. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const { queryKey } = settingsQuery
  const before = queryClient.getQueryData(queryKey) ?? DEFAULT_SETTINGS
  queryClient.setQueryData(queryKey, { ...before, ...change })
  queryClient.setQueryData(queryKey, await ask('settings.set', change))
}

/** Follows changes made in other windows. Returns its unsubscribe. */
export const followSettings = (): (() => void) =>
  subscribe('settings.changed', (settings) => queryClient.setQueryData(settingsQuery.queryKey, settings))
