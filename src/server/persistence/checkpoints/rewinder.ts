/*
 * Rewinder: makes the data of a checkpoint's folder that of the server, in memory
 * and then, in one step, on disk: the manifest of the append-only file then names
 * links of the folder's files, or the RDB file is the folder's. Whoever starts
 * after a crash at any moment finds the old data or the new.
 */
import { basename, dirname, join, sep } from 'node:path'
import { loadAof } from '../aof/load.ts'
import { linkOrCopy } from '../disk-at-once.ts'
import { LoadFailure, loadRdbFile } from '../load.ts'
import { aofFilesOf, CHECKPOINT_NAMES, hasAofFiles } from './aof-files.ts'
import { CheckpointFailure, failureText } from './failure.ts'
import { rewoundLine } from './moments.ts'
import type { CheckpointsOptions } from './options.ts'
import type { StoredData } from './stored-data.ts'

export class Rewinder {
  private readonly options: CheckpointsOptions

  constructor(options: CheckpointsOptions) {
    this.options = options
  }

  /**
   * Replaces the data of the server, in memory and on disk, by that in a folder, which is of the moment `to`; if
   * this fails it is as it was. `keepBefore` puts it where it can be loaded from again.
   */
  async replace(data: StoredData, to: number, keepBefore: () => Promise<StoredData>): Promise<void> {
    let isRewriteDue = await this.begin()
    let doubt: string | undefined
    try {
      const before = await keepBefore()
      try {
        await this.load(data)
        doubt = await this.take(data, to)
        isRewriteDue = false
      } catch (error) {
        const why = failureText(error)
        await this.restore(before)
        if (why === undefined) throw error
        throw new CheckpointFailure(`${why}. The data is as it was before`)
      }
    } finally {
      this.end(isRewriteDue)
    }
    if (doubt !== undefined) {
      throw new CheckpointFailure(`${doubt}: the data has been rewound, but the end of the machine may undo that`)
    }
  }

  /** Loads what `keep` puts somewhere, which is what there is: the files of the server stay as they are. */
  async reload(keep: () => Promise<StoredData>): Promise<void> {
    const isRewriteDue = await this.begin()
    try {
      const data = await keep()
      await this.restore(data)
    } finally {
      this.end(isRewriteDue)
    }
  }

  /** From now on nobody sees keys, and nothing is saved. Whether a rewrite of the files was given up for that. */
  private async begin(): Promise<boolean> {
    const { saves, aof, rewindBegins } = this.options
    const { rewriter } = aof
    const isRewriteDue = rewriter.isRunning || rewriter.isScheduled
    rewindBegins()
    // What is being saved would replace the files of the server after a rewind has, or take half of the new keys.
    saves.cancel()
    rewriter.cancel()
    await Promise.all([saves.whenOver, rewriter.whenOver])
    return isRewriteDue
  }

  /** Keys are seen again, unless those in memory are not the data. The rewrite that is due follows. */
  private end(isRewriteDue: boolean): void {
    const { saves, aof, rewindEnded } = this.options
    if (saves.refusal !== undefined) return
    rewindEnded()
    if (isRewriteDue) aof.rewriter.schedule()
  }

  /** Loads again what was there. If even that fails nobody sees keys any more: the server's files have the data. */
  private async restore(before: StoredData): Promise<void> {
    const { saves, log } = this.options
    try {
      await this.load(before)
    } catch (error) {
      saves.refusal = 'the data could not be loaded again: the files have it'
      log.warning(`The data could not be loaded again: ${(error as Error).message}`)
      throw new CheckpointFailure(
        'what was there before could not be loaded again. The files of the server are as they were: ' +
          'start it again (SHUTDOWN NOSAVE)',
      )
    }
  }

  /** Replaces what is in memory. Throws a CheckpointFailure; then nothing is in memory. */
  private async load({ folder, files }: StoredData): Promise<void> {
    const { keyspace, log, clock, newReplay } = this.options
    keyspace.flushAll()
    try {
      if (!hasAofFiles(files)) {
        const path = join(folder, CHECKPOINT_NAMES.rdbFile)
        const loaded = await loadRdbFile({ path, keyspace, log, clock, recovers: false })
        if (loaded === undefined) throw new CheckpointFailure(`${CHECKPOINT_NAMES.rdbFile} is missing`)
        return
      }
      const { base, incrs } = aofFilesOf(folder, files)
      await loadAof({
        folder: join(folder, CHECKPOINT_NAMES.aofFolder),
        files: [...(base === undefined ? [] : [base]), ...incrs].map((path) => basename(path)),
        keyspace,
        log,
        clock,
        replay: newReplay(),
        truncates: false,
        recovers: false,
      })
    } catch (error) {
      keyspace.flushAll()
      if (error instanceof LoadFailure) throw new CheckpointFailure(this.reasonOf(error, folder))
      throw error
    }
  }

  /** Without the path, and without advice for the files of a server. */
  private reasonOf(error: LoadFailure, folder: string): string {
    const text = error.message.replaceAll(folder + sep, '').replaceAll(CHECKPOINT_NAMES.aofFolder + sep, '')
    return text.split('. ')[0]
  }

  /**
   * Makes the data that has been loaded that of the server's files too; `to` is the moment that it is of. Why
   * that may not outlive a power cut, or undefined. Throws if the files are as they were.
   */
  private async take(data: StoredData, to: number): Promise<string | undefined> {
    const { aof, saves, config, clock, disk } = this.options
    if (aof.isOn) {
      const files = hasAofFiles(data.files)
        ? aofFilesOf(data.folder, data.files)
        : { base: join(data.folder, CHECKPOINT_NAMES.rdbFile), incrs: [] }
      await aof.adopt(files, (from, target) => linkOrCopy(from, target, disk.atOnce), rewoundLine(clock.now(), to))
      saves.file.noteReplaced()
      return undefined
    }
    return config.get('dbfilename') === '' ? undefined : this.takeRdbFile(data)
  }

  private async takeRdbFile({ folder, files }: StoredData): Promise<string | undefined> {
    const { saves, log } = this.options
    const { atOnce } = this.options.disk
    const temporary = `${saves.file.path}.rewind`
    atOnce.remove(temporary) // A crash may have left it.
    if (hasAofFiles(files)) await saves.copy(temporary)
    else linkOrCopy(join(folder, CHECKPOINT_NAMES.rdbFile), temporary, atOnce)
    atOnce.rename(temporary, saves.file.path)
    atOnce.remove(temporary) // To rename one of two names of one file changes nothing.
    saves.file.noteCurrent()
    try {
      atOnce.syncFolder(dirname(saves.file.path))
      return undefined
    } catch (error) {
      // It has happened all the same: what is in memory has to be what is on disk.
      log.warning(`The data was rewound, but that may not last: ${(error as Error).message}`)
      return failureText(error) ?? 'the disk does not answer'
    }
  }
}
