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
import type { BranchFacts, BranchOrigin, CheckpointFacts, FileCheck, Outcome } from '../../base/checkpoint-facts.ts'
import { CHECKPOINT_NAMES, type DataNames } from './aof-files.ts'
import { ASKED, AutomaticCheckpoints } from './automatic.ts'
import { branchFacts, checkpointFacts } from './facts.ts'
import { CheckpointFailure, failureText } from './failure.ts'
import { checkFiles, problemOf, type Reader } from './file-check.ts'
import { Keeper } from './keeper.ts'
import type { CheckpointsOptions } from './options.ts'
import { Past } from './past.ts'
import { Rewinder } from './rewinder.ts'
import { damageOf, Shelf } from './shelf.ts'
import { putData, type StoredData } from './stored-data.ts'
import { Sums, wrongSumOf } from './sums.ts'

const BEFORE_REWIND = 'before REWIND'
/** Nobody has counted them. */
const UNCOUNTED = -1

export class Checkpoints {
  private readonly options: CheckpointsOptions
  private readonly shelf: Shelf
  private readonly branchShelf: Shelf
  private readonly keeper: Keeper
  private readonly rewinder: Rewinder
  private readonly automatic: AutomaticCheckpoints
  private readonly past: Past
  private readonly sums: Sums
  private last: Promise<unknown> = Promise.resolve()
  /** What only reads is given up. */
  private isSettling = false

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
      onPlaced: (folder) => this.sums.add(folder),
      onRemoving: (folder) => this.sums.leave(folder),
    })
    this.branchShelf = new Shelf({ folder: join(dir, 'branches'), what: 'branch', recordFile: 'branch.json', disk })
    this.automatic = new AutomaticCheckpoints(options, this.keeper, this.shelf)
    this.past = new Past(options, this.keeper, this.shelf)
    const exclusively = (work: () => Promise<void>): Promise<void> => this.exclusively(work)
    this.sums = new Sums({ shelf: this.shelf, log: options.log, exclusively })
  }

  /** Gives up what only reads, and resolves when nothing of what was asked for so far is still going on. */
  async settle(): Promise<void> {
    this.isSettling = true
    try {
      await this.last
    } finally {
      this.isSettling = false
    }
  }

  /** Removes what a crash has left half done, and goes on with what need not be done at once. */
  async sweep(): Promise<void> {
    await this.shelf.sweep()
    await this.branchShelf.sweep()
    const names = this.told(() => this.shelf.names())
    if (typeof names !== 'string') for (const name of names) this.sums.add(join(this.shelf.folder, name))
  }

  /** Ends when nothing of what was asked for is going on any more. */
  async end(): Promise<void> {
    await this.sums.end()
    await this.settle()
  }

  checkpoints(): CheckpointFacts[] | string {
    return this.told(() =>
      this.shelf
        .names()
        .map((name) => checkpointFacts(this.shelf, name))
        .toSorted((a, b) => a.created - b.created),
    )
  }

  branches(): BranchFacts[] | string {
    return this.told(() => this.branchShelf.names().map((name) => branchFacts(this.branchShelf, name)))
  }

  create(name: string): Outcome {
    return this.inTurn('The checkpoint could not be made', async () => {
      this.shelf.expectFree(name)
      await this.make(this.shelf, name, ASKED)
    })
  }

  /** What can be told of each file of a checkpoint, or why nothing can. */
  async verify(name: string): Promise<readonly FileCheck[] | string> {
    let checks: readonly FileCheck[] = []
    const why = await this.inTurn('The checkpoint could not be checked', async () => {
      const folder = this.shelf.get(name)
      const { files } = this.shelf.recordOf(folder)
      checks = await checkFiles({ folder, files }, this.reader)
    })
    return why ?? checks
  }

  delete(name: string): Outcome {
    return this.inTurn('The checkpoint could not be deleted', () => this.shelf.remove(this.shelf.get(name)))
  }

  rewind(name: string): Outcome {
    return this.inTurn('The data could not be rewound', async () => {
      const folder = this.shelf.get(name)
      // What else may be wrong with them is found when they are loaded.
      const { files, to } = await this.shelf.soundRecordOf(
        folder,
        async (data) => damageOf(folder, data.files) ?? (await wrongSumOf(data)),
      )
      await this.rewinder.replace({ folder, files }, to, () => this.makeBeforeRewind())
      await this.automatic.prune(folder)
    })
  }

  rewindTo(unixMs: number): Outcome {
    return this.inTurn('The data could not be rewound', async () => {
      const folder = this.shelf.begin()
      try {
        const files = await this.past.put(unixMs, { folder, names: CHECKPOINT_NAMES })
        await this.rewinder.replace({ folder, files }, unixMs, () => this.makeBeforeRewind())
      } finally {
        this.shelf.drop(folder)
      }
      await this.automatic.prune()
    })
  }

  /** Replaces all data by what the append-only file holds, which is the same. */
  reloadAppendOnly(): Outcome {
    return this.inTurn('The append-only file could not be loaded again', async () => {
      const folder = this.shelf.begin()
      try {
        await this.rewinder.reload(async () => {
          const { files } = await this.keeper.keep(folder, CHECKPOINT_NAMES)
          return { folder, files }
        })
      } finally {
        this.shelf.drop(folder)
      }
    })
  }

  createBranch(name: string, origin: BranchOrigin): Outcome {
    return this.inTurn('The branch could not be made', async () => {
      this.branchShelf.expectFree(name)
      if (origin === 'now') await this.make(this.branchShelf, name, 'now')
      else if ('checkpoint' in origin) await this.branchFrom(name, origin.checkpoint)
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
    return this.automatic.unsettled
  }

  /** Makes a checkpoint at once, unless there is nothing to keep or nothing is kept here. Why it failed, or undefined. */
  beforeFlush(command: string): string | undefined {
    if (!this.automatic.isDueBeforeFlush) return undefined
    const why = this.automatic.beforeFlush(command)
    if (why === undefined) void this.inTurn('Old checkpoints could not be deleted', () => this.automatic.prune())
    return why
  }

  /** Does one thing after the other, and tells what failures say. */
  private inTurn(failed: string, work: () => Promise<unknown>): Outcome {
    const outcome = this.last.then(async () => {
      try {
        await this.automatic.unsettled
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

  private get reader(): Reader {
    const { clock, keyspace } = this.options
    return { clock, databases: keyspace.databases.length, isGivenUp: () => this.isSettling }
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

  /** Keeps the data as it is when everything before this is over. The folder and the files of what was made. */
  private async make(shelf: Shelf, name: string, reason: string): Promise<StoredData> {
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

  private makeBeforeRewind(): Promise<StoredData> {
    return this.make(this.shelf, this.automatic.freeName(BEFORE_REWIND), BEFORE_REWIND)
  }

  private namesFor(shelf: Shelf): DataNames {
    return shelf === this.branchShelf ? this.keeper.ownNames : CHECKPOINT_NAMES
  }

  private async branchFrom(name: string, checkpoint: string): Promise<void> {
    const folder = this.shelf.get(checkpoint)
    const record = await this.shelf.soundRecordOf(folder, (data) => problemOf(data, this.reader))
    const created = this.options.clock.now()
    const reason = `checkpoint ${basename(folder)}`
    this.branchShelf.put(name, (unnamed) => {
      const files = putData({ folder, files: record.files }, unnamed, this.keeper.ownNames, this.options.disk.atOnce)
      return { ...record, created, reason, files }
    })
  }

  private async branchFromTime(name: string, time: number): Promise<void> {
    const shelf = this.branchShelf
    const unnamed = shelf.begin()
    try {
      const files = await this.past.put(time, { folder: unnamed, names: this.keeper.ownNames })
      const created = this.options.clock.now()
      shelf.place(unnamed, name, { reason: `time ${time}`, created, keys: UNCOUNTED, from: time, to: time, files })
    } catch (error) {
      shelf.drop(unnamed)
      throw error
    }
  }
}
