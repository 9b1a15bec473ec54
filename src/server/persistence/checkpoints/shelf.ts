/*
 * Shelf: a folder of named folders, each whole or not there. What is to stand on
 * it is made in a folder whose name begins with a point, which no name does, and
 * takes its name when all of it is on disk; what is taken off loses its name
 * first. So a crash leaves nothing half done that has a name, and what it leaves
 * without one is swept away at the next start.
 */
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolderAtOnce } from '../disk.ts'
import { CheckpointFailure } from './failure.ts'
import { isName, isSameName } from './name.ts'
import { type CheckpointRecord, type FileEntry, readRecord, recordText } from './record.ts'

const UNNAMED = '.keystead-'

export interface ShelfOptions {
  readonly folder: string
  /** What stands on it, in one word, for messages. */
  readonly what: string
  readonly recordFile: string
}

export class Shelf {
  readonly folder: string
  private readonly what: string
  private readonly recordFile: string
  private made = 0

  constructor({ folder, what, recordFile }: ShelfOptions) {
    this.folder = folder
    this.what = what
    this.recordFile = recordFile
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
    mkdirSync(folder, { recursive: true })
    return folder
  }

  /** Gives what was begun its name, with its record; all of it is on disk then. */
  place(unnamed: string, name: string, record: CheckpointRecord): void {
    const path = join(unnamed, this.recordFile)
    writeFileSync(path, recordText(record))
    syncFile(path)
    syncFolderAtOnce(unnamed)
    this.expectFree(name)
    renameSync(unnamed, join(this.folder, name))
    syncFolderAtOnce(this.folder)
    syncFolderAtOnce(dirname(this.folder))
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
      const path = join(unnamed, this.recordFile)
      writeFileSync(path, '{}')
      syncFile(path)
    } finally {
      this.drop(unnamed)
    }
  }

  /** Gives up what was begun. */
  drop(unnamed: string): void {
    rmSync(unnamed, { recursive: true, force: true })
  }

  /** Takes off what stands there. Its name is free at once. */
  async remove(folder: string): Promise<void> {
    const unnamed = join(this.folder, `${UNNAMED}${process.pid}-${++this.made}`)
    renameSync(folder, unnamed)
    await rm(unnamed, { recursive: true, force: true })
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
      if (entry.startsWith(UNNAMED)) await rm(join(this.folder, entry), { recursive: true, force: true })
    }
  }
}

/** Gives a file a second name, or throws what the disk says. */
export type Link = (from: string, to: string) => void

/** Gives a file that never changes a second name; where the disk cannot do that, a copy. */
export function linkOrCopy(from: string, to: string, link: Link): void {
  try {
    link(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Links are not everywhere: FAT and exFAT have none, and some may not be linked across.
    if (code === 'ENOENT' || code === 'EEXIST' || code === 'ENOSPC') throw error
    copyFileSync(from, to)
    syncFile(to)
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

export function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
