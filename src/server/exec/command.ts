/*
 * What a command is: one entry that dispatch, arity errors, ACL categories, key
 * extraction, COMMAND INFO/DOCS and the console's completion are all read from.
 */
import type { Slice } from '../base/slice.ts'
import type { Call } from './call.ts'

export type Group =
  | 'string'
  | 'generic'
  | 'hash'
  | 'list'
  | 'set'
  | 'sorted-set'
  | 'stream'
  | 'bitmap'
  | 'hyperloglog'
  | 'geo'
  | 'pubsub'
  | 'scripting'
  | 'connection'
  | 'server'
  | 'transactions'
  | 'cluster'

/** Redis' command flags that this server acts on or reports, as COMMAND INFO prints them (underscores for hyphens there). */
export type Flag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'pubsub'
  | 'noscript'
  | 'random'
  | 'blocking'
  | 'loading'
  | 'stale'
  | 'skip-monitor'
  | 'skip-commandlog'
  | 'asking'
  | 'fast'
  | 'no-auth'
  | 'may-replicate'
  | 'no-mandatory-keys'
  | 'protected'
  | 'no-async-loading'
  | 'no-multi'
  | 'allow-busy'
  | 'movablekeys'

export type KeyUse = 'access' | 'update' | 'insert' | 'delete'

/** An answer of KeySpec.find. */
export const REFUSED = -1

/** One key specification: where keys stand and what is done to them (the words of COMMAND INFO's key specs). */
export interface KeySpec {
  /** Index of the first key, or the token it follows. */
  readonly at: number | { readonly keyword: string; readonly from: number }
  /** Index of the last key relative to the first (`range`): 0 only the first, -1 up to the last argument. */
  readonly last?: number
  readonly step?: number
  readonly limit?: number
  /** Instead of a range: the number of keys stands at this offset from `at`, the first key at `firstKey`. */
  readonly keyNum?: { readonly at: number; readonly firstKey: number; readonly step: number }
  readonly access: 'ro' | 'rw' | 'ow' | 'rm'
  /** What happens to the value: one word, or several. */
  readonly does?: KeyUse | readonly KeyUse[]
  /** Whether a request may do less than is said here. */
  readonly variable?: boolean
  /** What a request does, if that is less, whose arguments need not be right. */
  readonly less?: (argv: readonly Slice[], argc: number) => Pick<KeySpec, 'access' | 'does'> | undefined
  readonly incomplete?: boolean
  readonly notKey?: boolean
  /**
   * Where the first key stands in a request, if `at` alone does not tell: undefined where it has none of these keys,
   * REFUSED where the command would refuse it because of them.
   */
  readonly find?: (argv: readonly Slice[], argc: number) => number | undefined | typeof REFUSED
  /** The specification cannot say where the key stands, and this note why; if anybody can, it is `find`. */
  readonly unknown?: { readonly note: string }
}

export interface CommandSpec {
  readonly name: string
  /** The arguments in the notation of the documentation pages, e.g. `key value [NX | XX] [EX seconds]`. */
  readonly usage: string
  readonly summary: string
  readonly group: Group
  readonly since: string
  readonly complexity?: string
  /** Including the command's own name (and its subcommand's); negative: at least so many. */
  readonly arity: number
  readonly flags: readonly Flag[]
  /** Categories beyond those that follow from flags and group, e.g. 'keyspace', 'dangerous'. */
  readonly categories?: readonly string[]
  readonly keys?: readonly KeySpec[]
  readonly tips?: readonly string[]
  readonly history?: readonly (readonly [version: string, change: string])[]
  readonly subcommands?: readonly CommandSpec[]
  /** Absent only for a container, which has subcommands. */
  readonly run?: (c: Call) => void
}

/** Names the entry's type; the table (exec/table.ts) folds its flags and registers it. */
export function defineCommand<const T extends CommandSpec>(spec: T): CommandSpec {
  return spec
}
