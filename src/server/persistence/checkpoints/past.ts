/*
 * Past: finds the data as it was at some time, in the files that the server has now or
 * in those of its checkpoints. Where in a file that is, moments.ts finds out.
 */
import { join } from 'node:path'
import { aofFilesOf, CHECKPOINT_NAMES, type DataNames, hasAofFiles } from './aof-files.ts'
import { checkpointFacts } from './facts.ts'
import { CheckpointFailure } from './failure.ts'
import type { Keeper } from './keeper.ts'
import { findMoment, putMoment, type Span } from './moments.ts'
import type { CheckpointsOptions } from './options.ts'
import type { FileEntry } from './record.ts'
import type { Shelf } from './shelf.ts'
import { putData, type StoredData } from './stored-data.ts'
import { wrongSumOf } from './sums.ts'

const NEEDS_TIMES =
  'going back to a time needs the append-only file with times in it: appendonly yes and aof-timestamp-enabled yes'

/** Where a moment is to be put. */
interface Target {
  readonly folder: string
  readonly names: DataNames
}

export class Past {
  private readonly options: CheckpointsOptions
  private readonly keeper: Keeper
  private readonly shelf: Shelf

  constructor(options: CheckpointsOptions, keeper: Keeper, shelf: Shelf) {
    this.options = options
    this.keeper = keeper
    this.shelf = shelf
  }

  /** Puts the data as it was at some time into a folder. Throws a CheckpointFailure if nobody knows. */
  async put(time: number, target: Target): Promise<FileEntry[]> {
    if (time > this.options.clock.now()) throw new CheckpointFailure('that time is yet to come')
    const spans: Span[] = []
    const now = await this.putFromNow(time, target, spans)
    if (now !== undefined) return now
    for (const { name, from, to, problem } of this.shelf.names().map((known) => checkpointFacts(this.shelf, known))) {
      if (problem !== '') continue
      if (time < from || time > to) spans.push({ from, to })
      else {
        const folder = join(this.shelf.folder, name)
        const { files } = this.shelf.recordOf(folder)
        if ((await wrongSumOf({ folder, files })) !== undefined) continue
        const found = await this.putFrom({ folder, files }, to, time, target, spans)
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
  private async putFromNow(time: number, target: Target, spans: Span[]): Promise<FileEntry[] | undefined> {
    if (!this.options.aof.isOn) return undefined
    const folder = this.shelf.begin()
    try {
      const { files, to } = await this.keeper.keep(folder, CHECKPOINT_NAMES)
      return await this.putFrom({ folder, files }, to, time, target, spans)
    } finally {
      this.shelf.drop(folder)
    }
  }

  /** Looks through data that is of the moment `until`. */
  private async putFrom(
    data: StoredData,
    until: number,
    time: number,
    { folder, names }: Target,
    spans: Span[],
  ): Promise<FileEntry[] | undefined> {
    const { disk } = this.options
    if (!hasAofFiles(data.files)) return time === until ? putData(data, folder, names, disk.atOnce) : undefined
    const search = await findMoment(aofFilesOf(data.folder, data.files), until, time)
    spans.push(...search.spans)
    return search.moment && putMoment(folder, names, search.moment, disk)
  }
}
