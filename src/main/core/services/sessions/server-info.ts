/*
 * What kind of server this is, read out of INFO and HELLO.
 */
import type { DbInfo, SessionInfo } from '../../../../shared/contract/sessions.ts'

/** INFO as fields; section headers are left out. */
export type InfoFields = ReadonlyMap<string, string>

export function parseInfo(text: string): InfoFields {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}

/**
 * Servers that keep a `redis_version` for compatibility say what they really are
 * in a field of their own. Most specific first.
 */
const OWN_VERSION_FIELDS = [
  ['keystead', 'keystead_version'],
  ['valkey', 'valkey_version'],
  ['dragonfly', 'dragonfly_version'],
  ['kvrocks', 'kvrocks_version'],
  ['garnet', 'garnet_version'],
] as const

export function identify(
  info: InfoFields,
  hello: Readonly<Record<string, string>>,
): { readonly kind: string; readonly version: string } {
  for (const [kind, field] of OWN_VERSION_FIELDS) {
    const version = info.get(field)
    if (version) return { kind, version: version.replace(/^(v|df-v)/, '') }
  }
  const named = info.get('server_name') ?? hello.server ?? 'redis'
  return { kind: named.toLowerCase(), version: info.get('redis_version') ?? hello.version ?? 'unknown' }
}

export function roleOf(info: InfoFields, hello: Readonly<Record<string, string>>): SessionInfo['role'] {
  const role = info.get('role') ?? hello.role
  if (role === 'master' || role === 'primary') return 'primary'
  return role === 'slave' || role === 'replica' ? 'replica' : 'unknown'
}

export function modeOf(info: InfoFields, hello: Readonly<Record<string, string>>): SessionInfo['mode'] {
  const mode = info.get('redis_mode') ?? info.get('server_mode') ?? hello.mode
  return mode === 'standalone' || mode === 'cluster' || mode === 'sentinel' ? mode : 'unknown'
}

/** `db0:keys=1,expires=0,...`, for each database that holds keys. */
export function dbsOf(info: InfoFields): readonly DbInfo[] {
  const dbs: DbInfo[] = []
  for (const [name, value] of info) {
    const db = /^db(\d+)$/.exec(name)
    const counts = /^keys=(\d+),expires=(\d+)/.exec(value)
    if (db && counts) dbs.push({ db: Number(db[1]), keys: Number(counts[1]), expires: Number(counts[2]) })
  }
  return dbs.sort((a, b) => a.db - b.db)
}

export function numberOf(info: InfoFields, field: string): number | undefined {
  const value = Number(info.get(field) ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

/** How often all data of the server, or of one of its databases, was replaced by other data or by none. */
export interface Replacements {
  readonly ofAll: number
  readonly ofOne: number
}

const REPLACING_ALL = ['flushall', 'keystead.checkpoint|rewind']
const REPLACING_ONE = ['flushdb', 'swapdb']

/** Out of INFO commandstats, which counts what any client did, scripts included. */
export function replacementsOf(stats: InfoFields): Replacements {
  const callsOf = (commands: readonly string[]): number =>
    commands.reduce(
      (sum, command) => sum + Number(/^calls=(\d+)/.exec(stats.get(`cmdstat_${command}`) ?? '')?.[1] ?? 0),
      0,
    )
  return { ofAll: callsOf(REPLACING_ALL), ofOne: callsOf(REPLACING_ONE) }
}
