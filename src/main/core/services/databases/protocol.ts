/*
 * What the backend and the process of one local database say to each other.
 * The other end is src/server/embed.ts.
 */
export type ToDatabase =
  | {
      readonly type: 'start'
      readonly port: number
      readonly bind: string
      readonly dir: string
      readonly name: string
      /** As in valkey.conf: directive to value. */
      readonly options: Readonly<Record<string, string>>
    }
  /** Saves what is to be saved, and exits with 0. */
  | { readonly type: 'stop' }

export type FromDatabase =
  | { readonly type: 'ready'; readonly port: number; readonly pid: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  /** Every second while it runs. */
  | {
      readonly type: 'stats'
      readonly keys: number
      readonly usedMemory: number
      readonly clients: number
      readonly opsPerSec: number
    }

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null

/** A database process runs our own code, but of possibly another version: an update may be half done. */
export function isFromDatabase(x: unknown): x is FromDatabase {
  if (!isRecord(x)) return false
  if (x.type === 'ready') return Number.isInteger(x.port) && Number.isInteger(x.pid)
  if (x.type === 'failed') return typeof x.code === 'string' && typeof x.message === 'string'
  if (x.type !== 'stats') return false
  return [x.keys, x.usedMemory, x.clients, x.opsPerSec].every((n) => typeof n === 'number' && Number.isFinite(n))
}
