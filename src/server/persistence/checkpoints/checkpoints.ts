/*
 * Checkpoints: the data of the server as it was at some moment, kept under a
 * name, to go back to (rewind) or to start another server on (branch).
 *
 *   <dir>/checkpoints/<name>/    checkpoint.json, and the files of the data
 *   <dir>/branches/<name>/       branch.json, and the files of the data
 *
 * Each is a data folder that a server can start on. The files of a checkpoint
 * never change and share their bytes with the server's own, as links, where those
 * hold what is to be kept already; so a checkpoint is cheap, and a rewind gives
 * the server files that exist already. What a folder holds is told by its record
 * (record.ts); how one comes into being and goes, by shelf.ts.
 *
 * One thing is done at a time, in the order in which it was asked for, except for
 * the checkpoint before a flush, which is made at once.
 */
import { renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { BranchFacts, BranchOrigin, CheckpointFacts, Outcome } from '../../base/checkpoint-facts.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Config } from '../../config/config.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import { LoadFailure, loadRdbFile } from '../load.ts'
import type { Saves } from '../saves.ts'
import { CheckpointFailure, failureText } from './failure.ts'
import { isSameName } from './name.ts'
import type { CheckpointRecord, FileEntry } from './record.ts'
import { bytesOf, damageOf, entryOf, linkOrCopy, Shelf, syncFolder } from './shelf.ts'

const RDB_FILE = 'dump.rdb'
const ASKED = 'asked'
const BEFORE_REWIND = 'before REWIND'

const needsTimes = (what: string): CheckpointFailure =>
  new CheckpointFailure(
    `${what} needs the append-only file with times in it: appendonly yes and aof-timestamp-enabled yes`,
  )

export interface CheckpointsOptions {
  readonly keyspace: Keyspace
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly saves: Saves
  /** A rewind begins: until `rewindEnded` nobody sees the keys. */
  readonly rewindBegins: () => void
  /** The keys have been replaced: resolves when everybody else who keeps them on disk has done so too. */
  readonly replaced: () => Promise<void>
  readonly rewindEnded: () => void
}

export class Checkpoints {
  private readonly options: CheckpointsOptions
  private readonly shelf: Shelf
  private readonly branchShelf: Shelf
  private last: Promise<unknown> = Promise.resolve()

  constructor(options: CheckpointsOptions) {
    this.options = options
    const dir = options.config.get('dir')
    this.shelf = new Shelf({ folder: join(dir, 'checkpoints'), what: 'checkpoint', recordFile: 'checkpoint.json' })
    this.branchShelf = new Shelf({ folder: join(dir, 'branches'), what: 'branch', recordFile: 'branch.json' })
  }

  /** Resolves when nothing of what was asked for so far is still going on. */
  get whenOver(): Promise<unknown> {
    return this.last
  }

  /** Removes what a crash has left half done. */
  async sweep(): Promise<void> {
    await this.shelf.sweep()
    await this.branchShelf.sweep()
  }

  checkpoints(): CheckpointFacts[] | string {
    return this.told(() =>
      this.shelf
        .names()
        .map((name) => this.factsOf(name))
        .toSorted((a, b) => a.created - b.created),
    )
  }

  branches(): BranchFacts[] | string {
    return this.told(() => this.branchShelf.names().flatMap((name) => this.branchFactsOf(name)))
  }

  create(name: string): Outcome {
    return this.inTurn('The checkpoint could not be made', async () => {
      this.shelf.expectFree(name)
      await this.make(this.shelf, name, ASKED)
    })
  }

  delete(name: string): Outcome {
    return this.inTurn('The checkpoint could not be deleted', () => this.shelf.remove(this.shelf.get(name)))
  }

  rewind(name: string): Outcome {
    return this.inTurn('The data could not be rewound', async () => {
      const folder = this.shelf.get(name)
      this.soundRecordOf(folder)
      const before = await this.make(this.shelf, this.automaticName(BEFORE_REWIND), BEFORE_REWIND)
      await this.replaceData(folder, before)
      await this.prune(folder)
    })
  }

  rewindTo(_unixMs: number): Outcome {
    return this.inTurn('The data could not be rewound', () => {
      throw needsTimes('going back to a time')
    })
  }

  createBranch(name: string, origin: BranchOrigin): Outcome {
    return this.inTurn('The branch could not be made', async () => {
      this.branchShelf.expectFree(name)
      if (origin === 'now') await this.make(this.branchShelf, name, 'now')
      else if ('checkpoint' in origin) this.branchFrom(name, origin.checkpoint)
      else throw needsTimes('a branch from a time')
    })
  }

  deleteBranch(name: string): Outcome {
    return this.inTurn('The branch could not be deleted', () => this.branchShelf.remove(this.branchShelf.get(name)))
  }

  /** Makes a checkpoint at once, unless there is nothing to keep or nothing is kept here. Why it failed, or undefined. */
  beforeFlush(command: string): string | undefined {
    const { config, keyspace, saves, log } = this.options
    if (!config.get('checkpoint-before-flush') || config.get('dbfilename') === '') return undefined
    // Where nothing is saved by itself, a flush is no accident: it is a cache, or a test.
    if (config.get('save').length === 0 || keyspace.size === 0) return undefined
    const reason = `before ${command}`
    try {
      this.shelf.put(this.automaticName(reason), (unnamed) => {
        const now = this.momentNow()
        const current = saves.currentFile
        if (current !== undefined) linkOrCopy(current, join(unnamed, RDB_FILE))
        else saves.copyAtOnce(join(unnamed, RDB_FILE))
        return { reason, ...now, files: [entryOf(unnamed, RDB_FILE)] }
      })
    } catch (error) {
      const why = failureText(error)
      if (why === undefined) throw error
      log.warning(`The checkpoint ${reason} could not be made: ${(error as Error).message}`)
      return why
    }
    void this.inTurn('Old checkpoints could not be deleted', () => this.prune())
    return undefined
  }

  /** Does one thing after the other, and tells what failures say. */
  private inTurn(failed: string, work: () => Promise<unknown>): Outcome {
    const outcome = this.last.then(async () => {
      try {
        await work()
        return undefined
      } catch (error) {
        const why = failureText(error)
        if (why === undefined) throw error
        // A refusal is an answer; what the disk says is news for whoever runs the server.
        if (!(error instanceof CheckpointFailure)) this.options.log.warning(`${failed}: ${(error as Error).message}`)
        return why
      }
    })
    this.last = outcome
    return outcome
  }

  private told<T>(look: () => T): T | string {
    try {
      return look()
    } catch (error) {
      const why = failureText(error)
      if (why === undefined) throw error
      return why
    }
  }

  private factsOf(name: string): CheckpointFacts {
    const folder = join(this.shelf.folder, name)
    try {
      const { files, ...record } = this.shelf.recordOf(folder)
      return { name, ...record, bytes: bytesOf(files), problem: damageOf(folder, files) ?? '' }
    } catch (error) {
      if (!(error instanceof CheckpointFailure)) throw error
      return { name, reason: '', created: 0, keys: 0, bytes: 0, from: 0, to: 0, problem: error.message }
    }
  }

  private branchFactsOf(name: string): BranchFacts[] {
    const dir = join(this.branchShelf.folder, name)
    try {
      const { reason: origin, created, keys } = this.branchShelf.recordOf(dir)
      return [{ name, origin, created, keys, dir }]
    } catch (error) {
      if (!(error instanceof CheckpointFailure)) throw error
      return [{ name, origin: '', created: 0, keys: 0, dir }]
    }
  }

  /** The record of a checkpoint whose files are as they were when it was made. */
  private soundRecordOf(folder: string): CheckpointRecord {
    try {
      const record = this.shelf.recordOf(folder)
      const damage = damageOf(folder, record.files)
      if (damage === undefined) return record
      throw new CheckpointFailure(damage)
    } catch (error) {
      if (!(error instanceof CheckpointFailure)) throw error
      throw new CheckpointFailure(
        `the checkpoint is broken: ${error.message}. The data is as it was; put the file back, or delete the checkpoint`,
      )
    }
  }

  /** What a record says of the moment that is now. */
  private momentNow(): Pick<CheckpointRecord, 'created' | 'keys' | 'from' | 'to'> {
    const created = this.options.clock.now()
    return { created, keys: this.options.keyspace.size, from: created, to: created }
  }

  /** Keeps the data as it is when everything before this is over. The folder of what was made. */
  private async make(shelf: Shelf, name: string, reason: string): Promise<string> {
    const { config, saves } = this.options
    if (config.get('dbfilename') === '') {
      throw new CheckpointFailure('this server keeps nothing on disk: start it with a dbfilename')
    }
    while (saves.isRunning) await saves.whenOver
    const unnamed = shelf.begin()
    try {
      const now = this.momentNow()
      const file = shelf === this.branchShelf ? config.get('dbfilename') : RDB_FILE
      const current = saves.currentFile
      if (current !== undefined) linkOrCopy(current, join(unnamed, file))
      else await saves.copy(join(unnamed, file))
      shelf.place(unnamed, name, { reason, ...now, files: [entryOf(unnamed, file)] })
      return join(shelf.folder, name)
    } catch (error) {
      shelf.drop(unnamed)
      throw error
    }
  }

  private branchFrom(name: string, checkpoint: string): void {
    const folder = this.shelf.get(checkpoint)
    const record = this.soundRecordOf(folder)
    this.branchShelf.put(name, (unnamed) => {
      const files = record.files.map(({ name: file, bytes }): FileEntry => {
        const target = file === RDB_FILE ? this.options.config.get('dbfilename') : file
        linkOrCopy(join(folder, file), join(unnamed, target))
        return { name: target, bytes }
      })
      return { ...record, created: this.options.clock.now(), reason: `checkpoint ${basename(folder)}`, files }
    })
  }

  /** Replaces the data of the server, in memory and on disk, by that of a checkpoint; or by that of `before`, if this fails. */
  private async replaceData(folder: string, before: string): Promise<void> {
    const { saves, rewindBegins, replaced, rewindEnded } = this.options
    rewindBegins()
    try {
      // What is being saved would replace the file of the server after the rewind has.
      saves.cancel()
      await saves.whenOver
      try {
        await this.load(folder)
        await replaced()
        this.takeFile(folder)
      } catch (error) {
        await this.load(before)
        await replaced()
        const why = failureText(error)
        if (why === undefined) throw error
        throw new CheckpointFailure(`${why}. The data is as it was before`)
      }
    } finally {
      rewindEnded()
    }
  }

  private async load(folder: string): Promise<void> {
    const { keyspace, log, clock } = this.options
    keyspace.flushAll()
    try {
      await loadRdbFile({ path: join(folder, RDB_FILE), keyspace, log, clock, recovers: false })
    } catch (error) {
      if (!(error instanceof LoadFailure)) throw error
      const reason = (error.cause as Error | undefined)?.message ?? error.message
      throw new CheckpointFailure(`the checkpoint is broken: ${RDB_FILE}: ${reason}`)
    }
  }

  /** Makes the file of a checkpoint that of the server, in one step: whoever looks finds the old one or the new one. */
  private takeFile(folder: string): void {
    const { saves } = this.options
    const temporary = `${saves.path}.rewind`
    linkOrCopy(join(folder, RDB_FILE), temporary)
    renameSync(temporary, saves.path)
    syncFolder(dirname(saves.path))
    saves.noteCurrent()
  }

  /** A free name for one that is made without being asked for. */
  private automaticName(reason: string): string {
    const time = new Date(this.options.clock.now()).toISOString().replaceAll(':', '.').replace('T', ' ').slice(0, 19)
    const name = `${reason} ${time}`
    const known = this.shelf.names()
    for (let i = 1; ; i++) {
      const candidate = i === 1 ? name : `${name} ${i}`
      if (!known.some((other) => isSameName(other, candidate))) return candidate
    }
  }

  /** Deletes the oldest of those that nobody asked for, beyond as many as are to be kept. */
  private async prune(spared?: string): Promise<void> {
    const names = this.shelf.names()
    const automatic = names
      .map((name) => this.factsOf(name))
      .filter(({ reason, problem }) => reason !== ASKED && reason !== '' && problem === '')
      .toSorted((a, b) => a.created - b.created)
    const superfluous = automatic.slice(
      0,
      Math.max(0, automatic.length - this.options.config.get('checkpoint-automatic-max')),
    )
    for (const { name } of superfluous) {
      const folder = join(this.shelf.folder, name)
      if (folder !== spared) await this.shelf.remove(folder)
    }
  }
}
