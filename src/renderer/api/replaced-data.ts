import type { QueryClient } from '@tanstack/react-query'

/** For `meta` of a query that outlives what makes the others of its session stale, but not other data. */
export const ofDataOf = (sessionId: string) => ({ dataOf: sessionId })

/** All data of a session's server is other data now: whatever is known of it is asked for anew. */
export async function forgetData(client: QueryClient, sessionId: string): Promise<void> {
  await Promise.all([
    client.resetQueries({ predicate: ({ meta }) => meta?.['dataOf'] === sessionId }),
    client.invalidateQueries({ predicate: ({ queryKey }) => queryKey.includes(sessionId) }),
  ])
}
