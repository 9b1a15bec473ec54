/*
 * Local databases: the ones Keystead hosts on this machine.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import type { Failure } from './failure.ts'
import { id, label, nothing, port } from './types.ts'

export type DatabaseStatus = 'stopped' | 'starting' | 'running' | 'stopping' | 'failed'

export interface LocalDatabase {
  readonly id: string
  readonly name: string
  readonly port: number
  readonly status: DatabaseStatus
  /** Started together with the app. */
  readonly autoStart: boolean
  /** Why it is not running, or what happened to it last (a crash it recovered from). */
  readonly failure?: Failure
  /** The folder that holds its data. */
  readonly dir: string
  readonly createdAt: number
  /** It began as a branch of another local database, which may be gone since. */
  readonly branch?: BranchOf
  /** Absent when it has none. */
  readonly checkpoints?: { readonly count: number; readonly latestAt?: number }
  // Known while it runs.
  readonly pid?: number
  readonly startedAt?: number
  readonly keys?: number
  readonly memoryUsed?: number
  readonly clients?: number
  readonly opsPerSec?: number
}

const branchOf = v.strictObject({
  /** The database whose branch it is. */
  of: id,
  /** It is the name of a folder, and so as docs/checkpoints.md has it. */
  name: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-][A-Za-z0-9 ._-]{0,63}$/, 'must be the name of a branch')),
})
export type BranchOf = v.InferOutput<typeof branchOf>

export interface RemovedDatabase {
  /** Where the data still is, when it was kept. */
  readonly dataLeftIn?: string
}

export const databases = {
  'databases.list': call(nothing, returns<readonly LocalDatabase[]>()),
  /** Without a port: the first free one from 6379 on. With `branch`: its data is there already (branches.create). */
  'databases.create': call(
    v.strictObject({
      name: label,
      port: v.optional(port),
      autoStart: v.optional(v.boolean(), false),
      start: v.optional(v.boolean(), true),
      branch: v.optional(branchOf),
    }),
    returns<LocalDatabase>(),
  ),
  /** A new port takes effect at the next start. */
  'databases.update': call(
    v.strictObject({ id, name: v.optional(label), port: v.optional(port), autoStart: v.optional(v.boolean()) }),
    returns<LocalDatabase>(),
  ),
  /** Resolves when it serves; fails with PORT_TAKEN or DATABASE_FAILED. `port` starts it there from now on. */
  'databases.start': call(v.strictObject({ id, port: v.optional(port) }), returns<LocalDatabase>()),
  'databases.stop': call(v.strictObject({ id }), returns<LocalDatabase>()),
  /** Deleting the data needs `confirm` to repeat the database's name, else CONFIRMATION_REQUIRED. */
  'databases.remove': call(
    v.strictObject({ id, deleteData: v.boolean(), confirm: v.optional(v.string()) }),
    returns<RemovedDatabase>(),
  ),
} as const

export interface DatabaseEvents {
  /** All of them, whenever anything about one of them changed. */
  readonly 'databases.changed': readonly LocalDatabase[]
}
