/*
 * Turns of a snapshot: it is written to its file a little at a time, while clients are
 * served in between and the disk takes what there is. When a save or a rewrite begins,
 * and what comes of it, is saves.ts and aof/rewriter.ts.
 */
import type { Clock } from '../base/clock.ts'
import type { FileSink } from './file-sink.ts'
import type { Snapshot } from './snapshot.ts'

/** Clients wait for no longer than this beyond their own commands. */
const TURN_MS = 1
/**
 * While clients keep the server busy, each of them waits for the commands of all others between two turns, and a
 * turn is one more wait: a shorter one gives them a sixth more commands, for a save that takes half as long again.
 */
const BUSY_TURN_MS = 0.3
/** Between two turns that are more than this beyond the rest apart, clients had much to be done. */
const BUSY_FROM_MS = 0.4
/**
 * Between two turns: without it the server is never idle while it saves, and whoever asks has half a turn to wait for
 * (measured under load: 2 ms in the middle instead of 0.05), for a save in half the time.
 */
const REST_MS = 1
/** While the disk is so far behind, nothing is added. */
const PENDING_BYTES_MAX = 16 * 1024 * 1024
const WAIT_FOR_DISK_MS = 1

export interface SnapshotTurns {
  readonly snapshot: Snapshot
  readonly sink: FileSink
  readonly clock: Pick<Clock, 'monotonic'>
  /** Nobody wants it any more: no turn follows, and nothing below is called. */
  readonly isGivenUp: () => boolean
  // One of these is called, once.
  readonly onFailure: (error: Error) => void
  /** A flush has taken the keys that were to be written. */
  readonly onVoid: () => void
  /** All of it has been handed to the sink. */
  readonly onWritten: () => void
}

/** Takes turns from the next turn of the event loop on. */
export function takeTurns(turns: SnapshotTurns): void {
  const { snapshot, sink, clock, isGivenUp, onFailure, onVoid, onWritten } = turns
  let restedFrom = clock.monotonic()
  const turn = (): void => {
    if (isGivenUp()) return
    if (sink.failure !== undefined) return onFailure(sink.failure)
    if (sink.pendingBytes > PENDING_BYTES_MAX) {
      setTimeout(turn, WAIT_FOR_DISK_MS)
      return
    }
    const isBusy = clock.monotonic() - restedFrom > REST_MS + BUSY_FROM_MS
    const isOver = snapshot.turn(clock, isBusy ? BUSY_TURN_MS : TURN_MS)
    restedFrom = clock.monotonic()
    if (snapshot.failure !== undefined) return onFailure(snapshot.failure)
    if (snapshot.isVoid) return onVoid()
    if (isOver) onWritten()
    else setTimeout(turn, REST_MS)
  }
  setImmediate(turn)
}
