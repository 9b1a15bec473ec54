import type { SessionTarget } from '../../shared/contract/sessions.ts'

/** A session's target as one segment of a URL: `database-local`, `connection-7f3a`. */
export type TargetKey = string

export const toTargetKey = (target: SessionTarget): TargetKey =>
  'connection' in target ? `connection-${target.connection}` : `database-${target.database}`

export function parseTargetKey(key: TargetKey): SessionTarget | null {
  const at = key.indexOf('-')
  const id = key.slice(at + 1)
  if (at < 0 || id === '') return null
  if (key.startsWith('connection-')) return { connection: id }
  return key.startsWith('database-') ? { database: id } : null
}

/** Where the workspace of a target is; its first page is in front. */
export const pathOfTarget = (target: SessionTarget): string => `/s/${encodeURIComponent(toTargetKey(target))}`
