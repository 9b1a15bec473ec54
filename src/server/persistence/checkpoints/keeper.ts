/*
 * Keeper: puts the data of the server as it is at a moment into a folder. Where
 * there is an append-only file these are links of its files, of which the last is
 * ended at that moment; else it is an RDB file: the server's own if it holds just
 * what is in memory, or one that is written.
 */
import { join } from 'node:path'
import { linkOrCopy } from '../disk-at-once.ts'
import { type DataNames, putAofFiles } from './aof-files.ts'
import { CheckpointFailure } from './failure.ts'
import { timedSince } from './moments.ts'
import type { CheckpointsOptions } from './options.ts'
import type { CheckpointRecord } from './record.ts'
import { entryOf } from './shelf.ts'

/** What is known of data that was kept. */
export type KeptData = Omit<CheckpointRecord, 'reason'>

export type PutFiles = (folder: string, names: DataNames) => KeptData

export class Keeper {
  private readonly options: CheckpointsOptions

  constructor(options: CheckpointsOptions) {
    this.options = options
  }

  /** Whether the server keeps anything on disk. */
  get keepsAnything(): boolean {
    const { config, aof } = this.options
    return aof.isOn || config.get('dbfilename') !== ''
  }

  /** Whether data is saved by itself: where it is not, it is a cache or a test. */
  get savesByItself(): boolean {
    const { config, aof } = this.options
    return this.keepsAnything && (aof.isOn || config.get('save').length > 0)
  }

  /** How the server itself calls its files. */
  get ownNames(): DataNames {
    const { config } = this.options
    return {
      rdbFile: config.get('dbfilename') || 'dump.rdb',
      aofFolder: config.get('appenddirname'),
      aofFile: config.get('appendfilename'),
    }
  }

  /** Puts the data into a folder: as it is when everything before this is over. */
  async keep(folder: string, names: DataNames): Promise<KeptData> {
    const { saves, aof, disk } = this.options
    if (!this.keepsAnything) {
      throw new CheckpointFailure(
        'this server keeps nothing on disk: start it with a dbfilename or with appendonly yes',
      )
    }
    if (this.canEndFile) return this.keepAofFiles(folder, names)
    while (saves.isRunning || aof.rewriter.isRunning) await Promise.all([saves.whenOver, aof.rewriter.whenOver])
    if (this.canEndFile) return this.keepAofFiles(folder, names)
    const { moment } = this
    const target = join(folder, names.rdbFile)
    const current = saves.file.current
    if (current !== undefined) linkOrCopy(current, target, disk.atOnce)
    else await saves.copy(target)
    return { ...moment, files: [entryOf(folder, names.rdbFile)] }
  }

  /** As `keep`, but at once, to an RDB file. */
  keepAtOnce(folder: string, names: DataNames): KeptData {
    const { saves, disk } = this.options
    const { moment } = this
    const target = join(folder, names.rdbFile)
    const current = saves.file.current
    if (current !== undefined) linkOrCopy(current, target, disk.atOnce)
    else saves.copyAtOnce(target)
    return { ...moment, files: [entryOf(folder, names.rdbFile)] }
  }

  /** Whether the data can be kept by ending a file now. */
  get canEndFile(): boolean {
    const { aof, config, isWithinUnit } = this.options
    return config.get('appendonly') && aof.isComplete && !isWithinUnit()
  }

  /** Ends a file now. `use` is handed what puts the data somewhere, before anything later is on disk. */
  endFile(use: (put: PutFiles) => void): Promise<void> {
    const { aof, disk } = this.options
    const { moment } = this
    return aof.endFile((files) =>
      use((folder, names) => ({
        ...moment,
        from: Math.min(timedSince(files) ?? moment.created, moment.created),
        files: putAofFiles(folder, names, files, disk.atOnce),
      })),
    )
  }

  private async keepAofFiles(folder: string, names: DataNames): Promise<KeptData> {
    let kept: KeptData | undefined
    let failure: unknown
    let isAwaited = true
    const ended = this.endFile((put) => {
      if (!isAwaited) return
      // Whoever asked for this is told; the file has ended all the same.
      try {
        kept = put(folder, names)
      } catch (error) {
        failure = error
      }
    })
    await ended.finally(() => {
      isAwaited = false
    })
    if (kept === undefined) throw failure
    return kept
  }

  /** What a record says of the moment that is now. */
  private get moment(): Omit<KeptData, 'files'> {
    const created = this.options.clock.now()
    return { created, keys: this.options.keyspace.size, from: created, to: created }
  }
}
