/*
 * Browsing: a SCAN whose findings stay in the backend's key index. The page
 * asks for the rows it shows and nothing else.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import type { Failure } from './failure.ts'
import {
  dbIndex,
  id,
  type KeyName,
  type KeyType,
  keyType,
  latin1Name,
  natural,
  type Page,
  windowCount,
} from './types.ts'

const browseId = id

export interface BrowseProgress {
  readonly browseId: string
  readonly state: 'scanning' | 'paused' | 'complete' | 'failed'
  /** Keys the server went past; `found` are those that were kept. */
  readonly scanned: number
  readonly found: number
  /** Keys with names too long for the index (1 MiB). */
  readonly skipped: number
  /** DBSIZE when the scan began: what `scanned` is measured against. */
  readonly total?: number
  readonly keysPerSecond: number
  readonly failure?: Failure
  /** Rows changed: raised whenever a window may have to be asked for again. */
  readonly revision: number
}

export interface KeyRow {
  readonly key: KeyName
  readonly type?: KeyType
  /** Milliseconds to live when last seen; -1: never expires. */
  readonly ttlMs?: number
  readonly size?: number
}

export interface KeyPage extends Page<KeyRow> {
  readonly complete: boolean
  readonly revision: number
}

/** A row of the tree as it is drawn, top to bottom. */
export type TreeRow = FolderRow | TreeKeyRow

export interface FolderRow {
  readonly kind: 'folder'
  /** All segments from the root, separators included. */
  readonly path: KeyName
  /** The last segment alone. */
  readonly label: KeyName
  readonly depth: number
  readonly expanded: boolean
  /** Keys under it found so far. */
  readonly count: number
  /** False while the scan goes on: `count` may still grow. */
  readonly complete: boolean
}

export interface TreeKeyRow extends KeyRow {
  readonly kind: 'key'
  readonly path: KeyName
  readonly label: KeyName
  readonly depth: number
}

export interface TreePage extends Page<TreeRow> {
  readonly complete: boolean
  readonly revision: number
}

export const browse = {
  'browse.start': call(
    v.strictObject({
      sessionId: id,
      db: dbIndex,
      /** A glob as SCAN's MATCH takes it; absent or `*`: all keys. */
      match: v.optional(latin1Name),
      /** Absent or empty: every type. */
      types: v.optional(v.pipe(v.array(keyType), v.maxLength(32))),
      separator: v.optional(latin1Name),
    }),
    returns<BrowseProgress>(),
  ),
  'browse.pause': call(v.strictObject({ browseId }), returns<BrowseProgress>()),
  'browse.resume': call(v.strictObject({ browseId }), returns<BrowseProgress>()),
  /** Forgets the index. */
  'browse.stop': call(v.strictObject({ browseId }), returns<Record<string, never>>()),
  'browse.list': call(
    v.strictObject({
      browseId,
      offset: natural,
      count: windowCount,
      sort: v.optional(v.picklist(['name', 'found']), 'name'),
    }),
    returns<KeyPage>(),
  ),
  'browse.tree': call(
    v.strictObject({
      browseId,
      /** Paths of the open folders. */
      expanded: v.pipe(v.array(latin1Name), v.maxLength(10_000)),
      offset: natural,
      count: windowCount,
    }),
    returns<TreePage>(),
  ),
} as const

export interface BrowseEvents {
  readonly 'browse.progress': BrowseProgress
}
