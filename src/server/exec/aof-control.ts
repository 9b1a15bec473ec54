/*
 * What commands and the cron may ask about the append-only file. Who keeps it is
 * in persistence/aof, which this layer does not see: server.ts hands it over.
 */
import type { WriteProgress } from './save-control.ts'

export interface AofControl {
  readonly isOn: boolean
  /** Why nothing can be written just now, in the system's words. */
  readonly failure: string | undefined
  readonly baseSize: number
  readonly currentSize: number
  readonly bufferedBytes: number
  readonly isSyncing: boolean
  readonly delayedSyncs: number
  /** Bytes since the file was opened, and how many of them are safe. */
  readonly appended: number
  readonly synced: number
  readonly rewriter: RewriteControl
}

/** What they may ask about making it shorter. */
interface RewriteControl {
  readonly isRunning: boolean
  readonly isScheduled: boolean
  /** Undefined if there is no rewrite. */
  readonly progress: WriteProgress | undefined
  /** Milliseconds since the rewrite began, and that the last one took; -1 if there is none. */
  readonly runningForMs: number
  readonly lastMs: number
  readonly hasFailed: boolean
  /** Rewrites since the start, and how many of the last ones failed in a row. */
  readonly count: number
  readonly failuresInARow: number
  /** Begins a rewrite, of which there is none; not within a transaction. */
  start(): void
  /** Begins a rewrite as soon as that can be. */
  schedule(): void
  /** Begins what is due: a rewrite that waits, or one that the growth of the file asks for. */
  startDue(): void
}
