/*
 * Command flags as bits: those that this server acts on. The others are only
 * reported, and stay words in the command's entry.
 */
import type { Flag } from './command.ts'

export const WRITE = 1 << 0
export const READONLY = 1 << 1
export const DENYOOM = 1 << 2
export const ADMIN = 1 << 3
export const PUBSUB = 1 << 4
export const NOSCRIPT = 1 << 5
export const BLOCKING = 1 << 6
export const LOADING_OK = 1 << 7
export const STALE_OK = 1 << 8
export const FAST = 1 << 9
export const NO_AUTH = 1 << 10
export const MAY_REPLICATE = 1 << 11
export const NO_MULTI = 1 << 12
export const ALLOW_BUSY = 1 << 13
export const SKIP_MONITOR = 1 << 14
export const SKIP_COMMANDLOG = 1 << 15
export const PROTECTED = 1 << 16

const BITS: Readonly<Partial<Record<Flag, number>>> = {
  write: WRITE,
  readonly: READONLY,
  denyoom: DENYOOM,
  admin: ADMIN,
  pubsub: PUBSUB,
  noscript: NOSCRIPT,
  blocking: BLOCKING,
  loading: LOADING_OK,
  stale: STALE_OK,
  fast: FAST,
  'no-auth': NO_AUTH,
  'may-replicate': MAY_REPLICATE,
  'no-multi': NO_MULTI,
  'allow-busy': ALLOW_BUSY,
  'skip-monitor': SKIP_MONITOR,
  'skip-commandlog': SKIP_COMMANDLOG,
  protected: PROTECTED,
}

export function foldFlags(flags: readonly Flag[]): number {
  let bits = 0
  for (const flag of flags) bits |= BITS[flag] ?? 0
  return bits
}
