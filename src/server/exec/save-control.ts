/*
 * What commands and the cron may ask about saving. Who does it is in
 * persistence/saves.ts, which this layer does not see: server.ts hands it over.
 */
/** How far a snapshot is that is being written. */
export interface WriteProgress {
  readonly written: number
  /** How many there are to be in all. */
  readonly keys: number
}

export interface SaveControl {
  /** Unix time in milliseconds of the last save, or of the start. */
  readonly lastSaveAt: number
  readonly hasFailed: boolean
  /** Milliseconds that the last save in the background took, -1 if there was none. */
  readonly lastDurationMs: number
  readonly count: number
  readonly isRunning: boolean
  /** Of the save in the background, undefined if there is none. */
  readonly progress: WriteProgress | undefined
  /** Milliseconds since the save in the background began, -1 if there is none. */
  readonly runningForMs: number
  /** Saves now. Why it failed, or undefined. */
  save(): string | undefined
  /** Replaces all data by what is in the file, having saved it there first if `saves`. Why it failed, or undefined. */
  reload(saves: boolean): string | undefined
  /** Begins a save in the background as soon as the running command is over. */
  schedule(): void
  /** Begins a save in the background, of which there is none. */
  start(): void
  /** Ends the save in the background, or forgets the one that waits: which it was, undefined if there is neither. */
  cancel(): 'running' | 'scheduled' | undefined
  /** Begins what is due: a save that waits, or one that a save point asks for. */
  startDue(): void
}
