import { useDatabases } from '../../api/databases.ts'
import { parseTargetKey, type TargetKey } from '../../api/target.ts'
import { useConnections } from './queries.ts'

/** What the user calls the target of a session, known before the session is: it may never open. */
export function useTargetName(key: TargetKey): string {
  const databases = useDatabases()
  const connections = useConnections()
  const target = parseTargetKey(key)
  if (target === null) return 'unknown'
  if ('database' in target) return databases.data?.find(({ id }) => id === target.database)?.name ?? 'database'
  return connections.data?.find(({ id }) => id === target.connection)?.name ?? 'connection'
}
