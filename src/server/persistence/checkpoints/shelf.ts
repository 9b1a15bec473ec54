/*
 * Shelf: a folder of named folders, each whole or not there. What is to stand on
 * it is made in a folder whose name begins with a point, which no name does, and
 * takes its name when all of it is on disk; what is taken off loses its name
 * first. So a crash leaves nothing half done that has a name, and what it leaves
 * without one is swept away at the next start.
 */
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Disk } from '../disk.ts'
import { CheckpointFailure } from './failure.ts'
import { isName, isSameName } from './name.ts'
import { type CheckpointRecord, type FileEntry, readRecord, recordText } from './record.ts'
import type { StoredData } from './stored-data.ts'

const UNNAMED = '.keystead-'

export interface ShelfOptions {
  readonly folder: string
  /** What stands on it, in one word, for messages. */
  readonly what: string
  readonly recordFile: string
  readonly disk: Disk
  /** Told of the folder of each that has got its name. */
  readonly onPlaced?: (folder: string) => void
  /** Told of the folder of each that is about to lose its name, which waits for it. */
  readonly onRemoving?: (folder: string) => Promise<void>
}

export class Shelf {
  readonly folder: string
  private readonly what: string
  private readonly recordFile: string
  private readonly disk: Disk
  private readonly onPlaced: ((folder: string) => void) | undefined
  private readonly onRemoving: ((folder: string) => Promise<void>) | undefined
  private made = 0

  constructor({ folder, what, recordFile, disk, onPlaced, onRemoving }: ShelfOptions) {
    this.folder = folder
    this.what = what
    this.recordFile = recordFile
    this.disk = disk
    this.onPlaced = onPlaced
    this.onRemoving = onRemoving
  }

  /** Everything that has a name, in alphabetical order. */
  names(): string[] {
    let entries: string[]
    try {
      entries = readdirSync(this.folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
    return entries.filter(isName).toSorted()
  }

  /** The folder of `name`, however its letters are written; undefined if there is none. */
  find(name: string): string | undefined {
    const spelled = isName(name) ? this.names().find((known) => isSameName(known, name)) : undefined
    return spelled === undefined ? undefined : join(this.folder, spelled)
  }

  /** As `find`; throws a CheckpointFailure if there is none. */
  get(name: string): string {
    const folder = this.find(name)
    if (folder === undefined) throw new CheckpointFailure(`no such ${this.what}`)
    return folder
  }

  /** The record of the folder of one that has a name. Throws a CheckpointFailure. */
  recordOf(folder: string): CheckpointRecord {
    return readRecord(join(folder, this.recordFile), this.recordFile)
  }

  /** As `recordOf`, unless `look` finds something wrong with the files. */
  async soundRecordOf(
    folder: string,
    look: (data: StoredData) => Promise<string | undefined>,
  ): Promise<CheckpointRecord> {
    try {
      const record = this.recordOf(folder)
      const damage = await look({ folder, files: record.files })
      if (damage === undefined) return record
      throw new CheckpointFailure(damage)
    } catch (error) {
      if (!(error instanceof CheckpointFailure)) throw error
      throw new CheckpointFailure(
        `the ${this.what} is broken: ${error.message}. The data is as it was; put the file back, or delete the ${this.what}`,
      )
    }
  }

  /** Throws a CheckpointFailure unless something new can have this name. */
  expectFree(name: string): void {
    if (!isName(name)) {
      throw new CheckpointFailure(
        `invalid name: 1 to 64 letters, digits, blanks and . _ - that do not begin with a point or a blank, ` +
          'do not end with one, and are no device of Windows',
      )
    }
    if (this.find(name) !== undefined) throw new CheckpointFailure(`there is a ${this.what} of that name`)
  }

  /** A new folder without a name. */
  begin(): string {
    const folder = join(this.folder, `${UNNAMED}${process.pid}-${++this.made}`)
    this.disk.atOnce.makeFolder(folder)
    return folder
  }

  /** Gives what was begun its name, with its record; all of it is on disk then. */
  place(unnamed: string, name: string, record: CheckpointRecord): void {
    const { atOnce } = this.disk
    atOnce.write(join(unnamed, this.recordFile), Buffer.from(recordText(record)))
    atOnce.syncFolder(unnamed)
    this.expectFree(name)
    const named = join(this.folder, name)
    try {
      atOnce.rename(unnamed, named)
      atOnce.syncFolder(this.folder)
      atOnce.syncFolder(dirname(this.folder))
    } catch (error) {
      try {
        atOnce.rename(named, unnamed)
      } catch {
        // It has not got its name; or it keeps it, and is whole.
      }
      throw error
    }
    this.onPlaced?.(named)
  }

  /** Replaces the record of one that is there. */
  amend(folder: string, record: CheckpointRecord): Promise<void> {
    return this.disk.replace(join(folder, this.recordFile), recordText(record))
  }

  /** Puts something there under a name: `write` fills its folder and answers its record. If that fails, nothing is left. */
  put(name: string, write: (unnamed: string) => CheckpointRecord): void {
    const unnamed = this.begin()
    try {
      this.place(unnamed, name, write(unnamed))
    } catch (error) {
      this.drop(unnamed)
      throw error
    }
  }

  /** Throws what the disk says if nothing can be put there now. */
  probe(): void {
    const unnamed = this.begin()
    try {
      this.disk.atOnce.write(join(unnamed, this.recordFile), Buffer.from('{}'))
    } finally {
      this.drop(unnamed)
    }
  }

  /** Gives up what was begun. */
  drop(unnamed: string): void {
    this.disk.atOnce.remove(unnamed)
  }

  /** Takes off what stands there. Its name is free before its files are deleted. */
  async remove(folder: string): Promise<void> {
    await this.onRemoving?.(folder)
    const unnamed = join(this.folder, `${UNNAMED}${process.pid}-${++this.made}`)
    this.disk.atOnce.rename(folder, unnamed)
    await this.disk.remove(unnamed)
  }

  /** Removes what a crash left without a name. */
  async sweep(): Promise<void> {
    let entries: string[]
    try {
      entries = readdirSync(this.folder)
    } catch {
      return // There is no shelf, or none that can be read: whoever uses it will be told.
    }
    for (const entry of entries) {
      if (entry.startsWith(UNNAMED)) await this.disk.remove(join(this.folder, entry))
    }
  }
}

export function entryOf(folder: string, name: string): FileEntry {
  return { name, bytes: statSync(join(folder, name)).size }
}

export const bytesOf = (files: readonly FileEntry[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0)

/** What is wrong with the files of a folder, compared with what is known of them; undefined if nothing is. */
export function damageOf(folder: string, files: readonly FileEntry[]): string | undefined {
  for (const { name, bytes } of files) {
    const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size
    if (size === undefined) return `${name} is missing`
    if (size !== bytes) return `${name} has ${size} bytes instead of ${bytes}`
  }
  return undefined
}
