/*
 * Loading the RDB file when a server starts. It goes on in slices, so that
 * clients are told meanwhile that the server is loading.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import { sayWhatFollowed, sayWhatIsMissing } from './load-report.ts'
import { RdbFileReader } from './rdb/file-reader.ts'
import { RdbError, type RdbSource } from './rdb/input.ts'

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
  /** Keeps what can be read of a file that is broken, and says what cannot. */
  readonly recovers: boolean
  /** Values of modules are left out. */
  readonly skipsModules?: boolean
}

export interface Loaded {
  readonly keys: number
  readonly expired: number
}

/** Loads the file into the keyspace, which is empty. Undefined: there is no such file. Throws a LoadFailure. */
export async function loadRdbFile(options: LoadOptions): Promise<Loaded | undefined> {
  const { clock } = options
  const file = openIfThere(options.path)
  if (file === undefined) return undefined
  const reader = readerOf(file, options)
  const start = clock.monotonic()
  try {
    await inSlices(clock, (hasTime) => reader.step(hasTime))
  } catch (error) {
    giveUp(error, reader, options)
  } finally {
    closeSync(file)
  }
  return told(reader, start, options)
}

/** Takes steps until one of them was the last, and lets others be served in between. */
export async function inSlices(clock: Clock, step: (hasTime: () => boolean) => boolean): Promise<void> {
  for (;;) {
    const deadline = clock.monotonic() + SLICE_MS
    if (step(() => clock.monotonic() < deadline)) return
    await new Promise(setImmediate)
  }
}

/** As loadRdbFile, while nobody else is served. */
export function loadRdbFileAtOnce(options: LoadOptions): Loaded | undefined {
  const file = openIfThere(options.path)
  if (file === undefined) return undefined
  const reader = readerOf(file, options)
  const start = options.clock.monotonic()
  try {
    reader.step(() => true)
  } catch (error) {
    giveUp(error, reader, options)
  } finally {
    closeSync(file)
  }
  return told(reader, start, options)
}

function readerOf(file: number, { keyspace, recovers, skipsModules, clock }: LoadOptions): RdbFileReader {
  keyspace.now = clock.now()
  return new RdbFileReader(sourceOf(file), keyspace, { recovers, skipsModules })
}

/** An open file, from its beginning on, as what an RDB file is read from. */
export function sourceOf(file: number): RdbSource {
  let position = 0
  return {
    size: fstatSync(file).size,
    read(into, at) {
      const read = readSync(file, into, at, into.length - at, position)
      position += read
      return read
    },
    seek(offset) {
      position = offset
    },
  }
}

function told(reader: RdbFileReader, start: number, { path, log, clock, keyspace }: LoadOptions): Loaded {
  sayWhatIsMissing(log, path, reader)
  if (reader.lostKeys > 0 || reader.hasWrongSum) keepBroken(path, log)
  const { length } = keyspace.libraries
  if (length > 0)
    log.notice(`${length} function libraries are kept as they are and saved again. They cannot be called.`)
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

/** The next save writes another file under that name: who wants to look for what was lost finds it under this one. */
function keepBroken(path: string, log: Log): void {
  try {
    const kept = nameForBroken(path)
    // It is the same file after a start without a save in between.
    if (!existsSync(kept)) linkOrCopyNew(path, kept)
    log.warning(`The broken file stays as ${kept}.`)
  } catch (error) {
    // The disk is full, or somebody has taken the file away meanwhile.
    log.warning(`The broken file could not be kept: ${(error as Error).message}. The next save replaces it.`)
  }
}

/** The first name that is free or that the file has already: one that was kept before is never replaced. */
function nameForBroken(path: string): string {
  const { ino } = statSync(path, { bigint: true })
  for (let i = 1; ; i++) {
    const name = i === 1 ? `${path}.broken` : `${path}.broken.${i}`
    const found = statSync(name, { bigint: true, throwIfNoEntry: false })
    if (found === undefined || (found.ino === ino && ino !== 0n)) return name
  }
}

/** Where the disk knows no links (FAT, exFAT) it is a copy. Throws what the disk says, also if there is such a file. */
function linkOrCopyNew(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (existsSync(to)) throw error
    copyFileSync(from, to, constants.COPYFILE_EXCL)
  }
}

/** Throws a LoadFailure, unless what could be read is to be kept. */
function giveUp(error: unknown, reader: RdbFileReader, { path, keyspace, log, recovers }: LoadOptions): void {
  const reason = (error as Error).message
  if (error instanceof RdbError && recovers) {
    log.warning(`${path} is broken: ${reason}. Kept: the ${reader.keys} keys before that; what follows is lost.`)
    sayWhatFollowed(log, reader)
    keepBroken(path, log)
    return
  }
  keyspace.flushAll()
  keyspace.libraries = []
  if (!(error instanceof RdbError)) throw new LoadFailure(`${path} cannot be loaded: ${reason}`, { cause: error })
  throw new LoadFailure(
    `${path} is broken: ${reason}. Nothing was loaded and the file is as it was. ` +
      'Start with --recover yes to keep what can be read, or put a good file there.',
    { cause: error },
  )
}
