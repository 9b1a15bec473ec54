/*
 * What commands and the cron may ask about the append-only file. Who keeps it is
 * in persistence/aof, which this layer does not see: server.ts hands it over.
 */
export interface AofControl {
  readonly isOn: boolean
  readonly isRewriting: boolean
  readonly isScheduled: boolean
  /** Milliseconds since the rewrite began, and that the last one took; -1 if there is none. */
  readonly rewritingForMs: number
  readonly lastRewriteMs: number
  readonly lastRewriteFailed: boolean
  readonly rewrites: number
  readonly failuresInARow: number
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
  /** Begins a rewrite, of which there is none; not within a transaction. */
  rewrite(): void
  /** Gives a rewrite up, if there is one. */
  cancelRewrite(): void
  /** Begins a rewrite as soon as that can be. */
  schedule(): void
  /** Begins what is due: a rewrite that waits, or one that the growth of the file asks for. */
  startDue(): void
}
