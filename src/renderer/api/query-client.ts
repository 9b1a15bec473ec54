import { QueryClient } from '@tanstack/react-query'
import { useLink } from './link.ts'

/**
 * The backend is on this machine and says when things change, so nothing is
 * refetched for having been looked at again, and nothing is retried: a failure
 * is shown, and whoever can decide tries again.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})

/** A backend that came back may have missed or made changes: ask for everything shown again. */
useLink.subscribe((link, before) => {
  if (link.epoch > 1 && link.epoch !== before.epoch) void queryClient.invalidateQueries()
})
