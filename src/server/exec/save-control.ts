/*
 * What commands and the cron may ask about saving. Who does it is in
 * persistence/saves.ts, which this layer does not see: server.ts hands it over.
 */
export interface SaveControl {
  /** Unix time in milliseconds of the last save, or of the start. */
  readonly lastSaveAt: number
  readonly hasFailed: boolean
  /** Milliseconds that the last save in the background took, -1 if there was none. */
  readonly lastDurationMs: number
  readonly count: number
  readonly isRunning: boolean
  /** Milliseconds since the save in the background began, -1 if there is none. */
  readonly runningForMs: number
  /** Saves now. Why it failed, or undefined. */
  save(): string | undefined
  /** Begins a save in the background, of which there is none. */
  start(): void
  /** Ends the save in the background; false if there is none. */
  cancel(): boolean
  /** Begins a save that a save point asks for. */
  startDue(): void
}
