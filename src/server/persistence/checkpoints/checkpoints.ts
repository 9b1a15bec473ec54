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
import { basename, join } from 'node:path'
import type { BranchFacts, BranchOrigin, CheckpointFacts, Outcome } from '../../base/checkpoint-facts.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Config } from '../../config/config.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import type { Aof } from '../aof/aof.ts'
import type { Replay } from '../aof/load.ts'
import type { Disk } from '../disk.ts'
import { linkOrCopy } from '../disk-at-once.ts'
import type { Saves } from '../saves.ts'
import { aofFilesOf, CHECKPOINT_NAMES, type DataNames, hasAofFiles, putAofFiles } from './aof-files.ts'
import { CheckpointFailure, failureText } from './failure.ts'
import { Keeper, type PutFiles } from './keeper.ts'
import { findMoment, putMoment, type Span } from './moments.ts'
import { isSameName } from './name.ts'
import type { CheckpointRecord, FileEntry } from './record.ts'
import { Rewinder } from './rewinder.ts'
import { bytesOf, damageOf, entryOf, Shelf } from './shelf.ts'

const ASKED = 'asked'
const BEFORE_REWIND = 'before REWIND'
/** Nobody has counted them. */
const UNCOUNTED = -1
const NEEDS_TIMES =
  'going back to a time needs the append-only file with times in it: appendonly yes and aof-timestamp-enabled yes'

export interface CheckpointsOptions {
  readonly keyspace: Keyspace
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly saves: Saves
  readonly aof: Aof
  /** What runs the commands of one append-only file. */
  readonly newReplay: () => Replay
  /** Commands that belong together have been kept in part. */
  readonly isWithinUnit: () => boolean
  /** A rewind begins: until `rewindEnded` nobody sees the keys, and what is done to them is not kept. */
  readonly rewindBegins: () => void
  readonly rewindEnded: () => void
  readonly disk: Disk
}

export class Checkpoints {
  private readonly options: CheckpointsOptions
  private readonly shelf: Shelf
  private readonly branchShelf: Shelf
  private readonly keeper: Keeper
  private readonly rewinder: Rewinder
  private last: Promise<unknown> = Promise.resolve()
  /** Checkpoints before a flush that are not on the shelf yet. */
  private underway: Promise<void> | undefined

  constructor(options: CheckpointsOptions) {
    this.options = options
    this.keeper = new Keeper(options)
    this.rewinder = new Rewinder(options)
    const { config, disk } = options
    const dir = config.get('dir')
    this.shelf = new Shelf({
      folder: join(dir, 'checkpoints'),
      what: 'checkpoint',
      recordFile: 'checkpoint.json',
      disk,
    })
    this.branchShelf = new Shelf({ folder: join(dir, 'branches'), what: 'branch', recordFile: 'branch.json', disk })
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
      const { files, to } = this.soundRecordOf(folder)
      await this.replaceData(folder, files, to)
      await this.prune(folder)
    })
  }

  rewindTo(unixMs: number): Outcome {
    return this.inTurn('The data could not be rewound', async () => {
      const folder = this.shelf.begin()
      try {
        const files = await this.putMomentOf(unixMs, folder, CHECKPOINT_NAMES)
        await this.replaceData(folder, files, unixMs)
      } finally {
        this.shelf.drop(folder)
      }
      await this.prune()
    })
  }

  createBranch(name: string, origin: BranchOrigin): Outcome {
    return this.inTurn('The branch could not be made', async () => {
      this.branchShelf.expectFree(name)
      if (origin === 'now') await this.make(this.branchShelf, name, 'now')
      else if ('checkpoint' in origin) this.branchFrom(name, origin.checkpoint)
      else await this.branchFromTime(name, origin.time)
    })
  }

  deleteBranch(name: string): Outcome {
    return this.inTurn('The branch could not be deleted', () => this.branchShelf.remove(this.branchShelf.get(name)))
  }

  /** Does what must not meet with a checkpoint that is being made or gone back to. */
  exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work)
    this.last = done.catch(() => undefined) // Whoever asked for it is told.
    return done
  }

  /** Resolves when everything is on the shelf that has been made at once; undefined: it is. */
  get unsettled(): Promise<void> | undefined {
    return this.underway
  }

  /** Makes a checkpoint at once, unless there is nothing to keep or nothing is kept here. Why it failed, or undefined. */
  beforeFlush(command: string): string | undefined {
    const { config, keyspace, log } = this.options
    if (!config.get('checkpoint-before-flush') || !this.keeper.savesByItself || keyspace.size === 0) return undefined
    const reason = `before ${command}`
    try {
      if (this.keeper.canEndFile) this.endFileBeforeFlush(reason)
      else this.putAutomatic(reason, (unnamed) => this.keeper.keepAtOnce(unnamed, CHECKPOINT_NAMES))
    } catch (error) {
      const why = failureText(error)
      if (why === undefined) throw error
      log.warning(`The checkpoint ${reason} could not be made: ${(error as Error).message}`)
      return why
    }
    void this.inTurn('Old checkpoints could not be deleted', () => this.prune())
    return undefined
  }

  private putAutomatic(reason: string, put: PutFiles): void {
    this.shelf.put(this.automaticName(reason), (unnamed) => ({ reason, ...put(unnamed, CHECKPOINT_NAMES) }))
  }

  /** Ends a file of commands. The flush goes to the next one, and so is not on disk before the checkpoint is. */
  private endFileBeforeFlush(reason: string): void {
    this.shelf.probe()
    let failure: unknown
    const ended = this.keeper.endFile((put) => {
      try {
        this.putAutomatic(reason, put)
      } catch (error) {
        failure = error
        throw error
      }
    })
    const told = ended.catch((error: Error) =>
      this.options.log.warning(`The checkpoint ${reason} could not be made: ${error.message}`),
    )
    // There was no file to end, and so nothing to wait for.
    if (failure !== undefined) throw failure
    const underway = Promise.all([this.underway, told]).then(() => {
      if (this.underway === underway) this.underway = undefined
    })
    this.underway = underway
  }

  /** Does one thing after the other, and tells what failures say. */
  private inTurn(failed: string, work: () => Promise<unknown>): Outcome {
    const outcome = this.last.then(async () => {
      try {
        await this.underway
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

  /** Keeps the data as it is when everything before this is over. The folder and the files of what was made. */
  private async make(
    shelf: Shelf,
    name: string,
    reason: string,
  ): Promise<{ folder: string; files: readonly FileEntry[] }> {
    const unnamed = shelf.begin()
    try {
      const kept = await this.keeper.keep(unnamed, this.namesFor(shelf))
      shelf.place(unnamed, name, { reason, ...kept })
      return { folder: join(shelf.folder, name), files: kept.files }
    } catch (error) {
      shelf.drop(unnamed)
      throw error
    }
  }

  private namesFor(shelf: Shelf): DataNames {
    return shelf === this.branchShelf ? this.keeper.ownNames : CHECKPOINT_NAMES
  }

  private branchFrom(name: string, checkpoint: string): void {
    const folder = this.shelf.get(checkpoint)
    const record = this.soundRecordOf(folder)
    const created = this.options.clock.now()
    const reason = `checkpoint ${basename(folder)}`
    this.branchShelf.put(name, (unnamed) => {
      const files = this.putFilesOf(folder, record.files, unnamed, this.keeper.ownNames)
      return { ...record, created, reason, files }
    })
  }

  private putFilesOf(folder: string, files: readonly FileEntry[], unnamed: string, names: DataNames): FileEntry[] {
    const { disk } = this.options
    if (hasAofFiles(files)) return putAofFiles(unnamed, names, aofFilesOf(folder, files), disk.atOnce)
    linkOrCopy(join(folder, CHECKPOINT_NAMES.rdbFile), join(unnamed, names.rdbFile), disk.atOnce)
    return [entryOf(unnamed, names.rdbFile)]
  }

  private async branchFromTime(name: string, time: number): Promise<void> {
    const shelf = this.branchShelf
    const unnamed = shelf.begin()
    try {
      const files = await this.putMomentOf(time, unnamed, this.keeper.ownNames)
      const created = this.options.clock.now()
      shelf.place(unnamed, name, { reason: `time ${time}`, created, keys: UNCOUNTED, from: time, to: time, files })
    } catch (error) {
      shelf.drop(unnamed)
      throw error
    }
  }

  /** Puts the data as it was at some time into a folder. Throws a CheckpointFailure if nobody knows. */
  private async putMomentOf(time: number, unnamed: string, names: DataNames): Promise<FileEntry[]> {
    if (time > this.options.clock.now()) throw new CheckpointFailure('that time is yet to come')
    const spans: Span[] = []
    const live = await this.putMomentOfNow(time, unnamed, names, spans)
    if (live !== undefined) return live
    for (const { name, from, to, problem } of this.shelf.names().map((known) => this.factsOf(known))) {
      if (problem !== '') continue
      if (time < from || time > to) spans.push({ from, to })
      else {
        const folder = join(this.shelf.folder, name)
        const found = await this.putMomentFrom(folder, this.shelf.recordOf(folder), time, unnamed, names, spans)
        if (found !== undefined) return found
      }
    }
    const later = spans.filter(({ from }) => from > time).map(({ from }) => from)
    if (later.length === 0) throw new CheckpointFailure(NEEDS_TIMES)
    const next = Math.min(...later)
    throw new CheckpointFailure(
      `nothing is kept of that time: one can go back to ${next} (${new Date(next).toISOString()}) or later`,
    )
  }

  /** Looks through the files that the server has now. */
  private async putMomentOfNow(
    time: number,
    unnamed: string,
    names: DataNames,
    spans: Span[],
  ): Promise<FileEntry[] | undefined> {
    if (!this.options.aof.isOn) return undefined
    const live = this.shelf.begin()
    try {
      const kept = await this.keeper.keep(live, CHECKPOINT_NAMES)
      return await this.putMomentFrom(live, { reason: ASKED, ...kept }, time, unnamed, names, spans)
    } finally {
      this.shelf.drop(live)
    }
  }

  private async putMomentFrom(
    folder: string,
    { files, to }: CheckpointRecord,
    time: number,
    unnamed: string,
    names: DataNames,
    spans: Span[],
  ): Promise<FileEntry[] | undefined> {
    if (!hasAofFiles(files)) return time === to ? this.putFilesOf(folder, files, unnamed, names) : undefined
    const search = await findMoment(aofFilesOf(folder, files), to, time)
    spans.push(...search.spans)
    return search.moment && putMoment(unnamed, names, search.moment, this.options.disk)
  }

  /** Replaces the data of the server, in memory and on disk, by that in a folder; if this fails it is as it was. */
  private async replaceData(folder: string, files: readonly FileEntry[], to: number): Promise<void> {
    const { saves, aof, rewindBegins, rewindEnded } = this.options
    rewindBegins()
    // What is being saved would replace the files of the server after the rewind has, or take half of the new keys.
    saves.cancel()
    aof.rewriter.cancel()
    await Promise.all([saves.whenOver, aof.rewriter.whenOver])
    let doubt: string | undefined
    try {
      const before = await this.make(this.shelf, this.automaticName(BEFORE_REWIND), BEFORE_REWIND)
      try {
        await this.rewinder.load({ folder, files })
        doubt = await this.rewinder.take({ folder, files }, to)
      } catch (error) {
        const why = failureText(error)
        await this.restore(before)
        if (why === undefined) throw error
        throw new CheckpointFailure(`${why}. The data is as it was before`)
      }
    } finally {
      if (saves.refusal === undefined) rewindEnded()
    }
    if (doubt !== undefined) {
      throw new CheckpointFailure(`${doubt}: the data has been rewound, but the end of the machine may undo that`)
    }
  }

  /** Loads again what was there. If even that fails nobody sees keys any more: the server's files have the data. */
  private async restore(before: { folder: string; files: readonly FileEntry[] }): Promise<void> {
    const { saves, log } = this.options
    try {
      await this.rewinder.load(before)
    } catch (error) {
      saves.refusal = 'the data could not be loaded again after a rewind that failed: the files have it'
      log.warning(`The data could not be loaded again: ${(error as Error).message}`)
      throw new CheckpointFailure(
        'neither the checkpoint nor what was there before could be loaded. The files of the server are as they were: ' +
          'start it again (SHUTDOWN NOSAVE)',
      )
    }
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
