/*
 * What checkpoints need of a disk at once: with everything standing still meanwhile,
 * since no file may change between two steps. disk.ts has what can wait.
 */
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'

/** Everything throws what the disk says. */
export interface DiskAtOnce {
  /** With the folders it is in; nothing happens if there is one. */
  makeFolder(path: string): void
  /** Makes `bytes` the contents of a file, which are on disk then. */
  write(path: string, bytes: Uint8Array): void
  /** Gives a file a second name. */
  link(from: string, to: string): void
  /** The contents of the copy are on disk then. */
  copy(from: string, to: string): void
  /** Gives a file or a folder another name, which lasts when its folder has been synced. */
  rename(from: string, to: string): void
  /** Removes a file, or a folder with all that is in it, if it is there. */
  remove(path: string): void
  /** Makes the names in a folder last. */
  syncFolder(path: string): void
}

export const systemDiskAtOnce: DiskAtOnce = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  write(path, bytes) {
    writeFileSync(path, bytes)
    syncFile(path)
  },
  link: linkSync,
  copy(from, to) {
    copyFileSync(from, to)
    syncFile(to)
  },
  rename: renameSync,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  syncFolder(path) {
    if (process.platform === 'win32') return // The file system does so by itself.
    const file = openSync(path, 'r')
    try {
      fsyncSync(file)
    } catch (error) {
      if (!isFolderUnsyncable(error)) throw error
    } finally {
      closeSync(file)
    }
  },
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Whether this is what file systems say that sync files alone, as some shared over a network do: no disk has failed. */
export function isFolderUnsyncable(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EINVAL' || code === 'EBADF'
}

/** Gives a file that never changes a second name; where the disk cannot do that, a copy. */
export function linkOrCopy(from: string, to: string, disk: DiskAtOnce): void {
  try {
    disk.link(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Links are not everywhere: FAT and exFAT have none, and some may not be linked across.
    if (code === 'ENOENT' || code === 'EEXIST' || code === 'ENOSPC') throw error
    disk.copy(from, to)
  }
}
