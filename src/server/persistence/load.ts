/*
 * Loading the RDB file when a server starts. It goes on in slices, so that
 * clients are told meanwhile that the server is loading.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import { RdbFileReader } from './rdb/file-reader.ts'
import { RdbError } from './rdb/input.ts'

const SLICE_MS = 20

/** The file could not be loaded. Nothing of it is left in the keyspace. */
export class LoadFailure extends Error {
  override readonly name = 'LoadFailure'
}

export interface LoadOptions {
  readonly path: string
  readonly keyspace: Keyspace
  readonly log: Log
  readonly clock: Clock
  /** Keeps what comes before a place that is broken, and says where that is. */
  readonly recovers: boolean
}

export interface Loaded {
  readonly keys: number
  readonly expired: number
}

/** Loads the file into the keyspace, which is empty. Undefined: there is no such file. Throws a LoadFailure. */
export async function loadRdbFile(options: LoadOptions): Promise<Loaded | undefined> {
  const { path, keyspace, log, clock } = options
  const file = openIfThere(path)
  if (file === undefined) return undefined
  const { size } = fstatSync(file)
  const reader = new RdbFileReader(
    { size, read: (into, at) => readSync(file, into, at, into.length - at, null) },
    keyspace,
  )
  const start = clock.monotonic()
  try {
    keyspace.now = clock.now()
    for (;;) {
      const deadline = clock.monotonic() + SLICE_MS
      if (reader.step(() => clock.monotonic() < deadline)) break
      await new Promise(setImmediate)
    }
  } catch (error) {
    giveUp(error, reader, options)
  } finally {
    closeSync(file)
  }
  for (const [what, count] of reader.skipped) log.warning(`Not loaded, for want of a place for it: ${count} x ${what}`)
  const seconds = ((clock.monotonic() - start) / 1000).toFixed(3)
  log.notice(`Done loading RDB, keys loaded: ${reader.keys}, keys expired: ${reader.expired}.`)
  log.notice(`DB loaded from disk: ${seconds} seconds`)
  return { keys: reader.keys, expired: reader.expired }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new LoadFailure(`${path} cannot be opened: ${(error as Error).message}`, { cause: error })
  }
}

/** Throws a LoadFailure, unless what could be read is to be kept. */
function giveUp(error: unknown, reader: RdbFileReader, { path, keyspace, log, recovers }: LoadOptions): void {
  const reason = (error as Error).message
  if (error instanceof RdbError && recovers) {
    log.warning(`${path} is broken: ${reason}. Kept: the ${reader.keys} keys before that; what follows is lost.`)
    return
  }
  keyspace.flushAll()
  if (!(error instanceof RdbError)) throw new LoadFailure(`${path} cannot be loaded: ${reason}`, { cause: error })
  throw new LoadFailure(
    `${path} is broken: ${reason}. Nothing was loaded and the file is as it was. ` +
      'Start with --recover yes to keep what comes before that place, or put a good file there.',
    { cause: error },
  )
}
