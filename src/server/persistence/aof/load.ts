/*
 * Loading an append-only file: the base, then what came after it, in the order of
 * the manifest. It goes on in slices, as the loading of an RDB file does.
 *
 * A unit that is not whole at the end of the last file was being written when the
 * server ended: it is cut off, unless the options forbid that. Anything else that
 * is broken is not loaded, nor is what comes before it, unless one asks for that.
 */
import { closeSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Slice } from '../../base/slice.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import { inSlices, LoadFailure, sourceOf } from '../load.ts'
import { sayWhatIsMissing } from '../load-report.ts'
import { RdbFileReader } from '../rdb/file-reader.ts'
import { RdbError } from '../rdb/input.ts'
import { AofError, AofReader } from './reader.ts'

const COMMANDS_PER_LOOK = 64

/** Runs a command of the file. Why it could not be, if so. */
export type Replay = (argv: readonly Slice[], argc: number) => string | undefined

export interface AofLoadOptions {
  readonly folder: string
  /** The base if there is one, and what came after it. */
  readonly files: readonly string[]
  readonly keyspace: Keyspace
  readonly log: Log
  readonly clock: Clock
  readonly replay: Replay
  /** Cuts off a unit that is not whole at the end of the last file. */
  readonly truncates: boolean
  /** Keeps what comes before a place that is broken. */
  readonly recovers: boolean
  readonly skipsModules?: boolean
}

/** Loads the files into the keyspace, which is empty; false: not all of them. Throws a LoadFailure; then it is empty again. */
export async function loadAof(options: AofLoadOptions): Promise<boolean> {
  const { files, keyspace, log, clock } = options
  const start = clock.monotonic()
  let isWhole = true
  keyspace.isReplaying = true
  keyspace.now = clock.now()
  try {
    for (let i = 0; i < files.length && isWhole; i++) {
      isWhole = await new FileLoad(options, files[i], i === files.length - 1).load()
    }
  } catch (error) {
    keyspace.flushAll()
    if (error instanceof LoadFailure) throw error
    throw new LoadFailure(`the append-only file cannot be loaded: ${(error as Error).message}`, { cause: error })
  } finally {
    keyspace.isReplaying = false
    keyspace.now = clock.now()
  }
  log.notice(`DB loaded from append only file: ${((clock.monotonic() - start) / 1000).toFixed(3)} seconds`)
  return isWhole
}

class FileLoad {
  private readonly options: AofLoadOptions
  private readonly path: string
  private readonly isLast: boolean
  private errors = 0

  constructor(options: AofLoadOptions, name: string, isLast: boolean) {
    this.options = options
    this.path = join(options.folder, name)
    this.isLast = isLast
  }

  /** False: it is broken, and what comes after it is not to be loaded. */
  async load(): Promise<boolean> {
    const file = this.open()
    try {
      const { size } = fstatSync(file)
      const position = await this.loadPreamble(file)
      return position < 0 ? false : await this.loadCommands(file, size, position)
    } finally {
      closeSync(file)
    }
  }

  private open(): number {
    try {
      return openSync(this.path, 'r')
    } catch (error) {
      throw new LoadFailure(`${this.path} cannot be opened: ${(error as Error).message}`, { cause: error })
    }
  }

  /** Loads the RDB image that the file begins with, if so. Where what follows begins; -1: it is broken. */
  private async loadPreamble(file: number): Promise<number> {
    const { keyspace, recovers, skipsModules, log, clock } = this.options
    const head = Buffer.alloc(6)
    readSync(file, head, 0, head.length, 0)
    if (!/^(REDIS|VALKEY)/.test(head.toString('latin1'))) return 0
    const reader = new RdbFileReader(sourceOf(file), keyspace, { keepsExpired: true, recovers, skipsModules })
    try {
      await inSlices(clock, (hasTime) => reader.step(hasTime))
    } catch (error) {
      if (!(error instanceof RdbError)) throw error
      this.broken(error.message, reader.offset)
      sayWhatIsMissing(log, this.path, reader)
      return -1
    }
    sayWhatIsMissing(log, this.path, reader)
    return reader.offset
  }

  private async loadCommands(file: number, size: number, position: number): Promise<boolean> {
    const reader = new AofReader(
      { size, read: (into, at, from) => readSync(file, into, at, into.length - at, from) },
      position,
    )
    /** Where a transaction began that has not ended. */
    let multi = -1
    let found: 'command' | 'end' | 'truncated' = 'end'
    try {
      await inSlices(this.options.clock, (hasTime) => {
        for (let i = 1; ; i++) {
          const at = reader.offset
          found = reader.next()
          if (found !== 'command') return true
          if (reader.argv[0].is('multi')) multi = at
          else if (reader.argv[0].is('exec')) multi = -1
          this.replay(reader, at)
          if (i % COMMANDS_PER_LOOK === 0 && !hasTime()) return false
        }
      })
    } catch (error) {
      if (!(error instanceof AofError)) throw error
      return this.broken(error.message, reader.offset)
    }
    if (this.errors > 0)
      this.options.log.warning(`${this.path}: ${this.errors} commands answered an error when repeated.`)
    if ((found as string) === 'end' && multi < 0) return true
    return this.truncated(multi < 0 ? reader.offset : multi, size)
  }

  private replay({ argv, argc }: AofReader, offset: number): void {
    const error = this.options.replay(argv, argc)
    if (error === undefined) return
    if (error.startsWith('OOM'))
      throw new LoadFailure(`${this.path} cannot be loaded: the memory of this database cannot hold it`)
    if (this.errors++ === 0) this.options.log.warning(`${this.path}: the command at byte ${offset} answered: ${error}`)
  }

  /** The file ends within a unit. */
  private truncated(offset: number, size: number): boolean {
    const { truncates, recovers, log } = this.options
    if (!this.isLast) return this.broken('the file ends within a command, and it is not the last one', offset)
    if (!truncates && !recovers) {
      throw new LoadFailure(
        `${this.path} ends within a command, at byte ${size} of a unit that begins at byte ${offset}. Nothing was loaded. ` +
          'Start with --aof-load-truncated yes to cut that unit off, or repair the file with redis-check-aof --fix.',
      )
    }
    truncateSync(this.path, offset)
    log.warning(
      `${this.path} ended within a command: cut off at byte ${offset}, ${size - offset} bytes were not whole.`,
    )
    return true
  }

  /** Throws, unless what comes before the place is to be kept: false, since not all of it was loaded. */
  private broken(reason: string, offset: number): false {
    const { recovers, log } = this.options
    if (!recovers) {
      throw new LoadFailure(
        `${this.path} is broken at byte ${offset}: ${reason}. Nothing was loaded and the file is as it was. ` +
          'Start with --recover yes to keep what can be read, or put a good file there.',
      )
    }
    log.warning(`${this.path} is broken at byte ${offset}: ${reason}. What follows is lost.`)
    return false
  }
}
