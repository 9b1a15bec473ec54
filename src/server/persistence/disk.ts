/*
 * What saves and append-only files need of a disk. A test puts one in its place that
 * is full, or that cannot be written to.
 */
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { mkdir, open, rename, rm, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type DiskAtOnce, isFolderUnsyncable, systemDiskAtOnce } from './disk-at-once.ts'

/** A file to whose end is written. Everything rejects with what the disk says. */
export interface DiskFile {
  /** Writes all of the bytes; when it rejects, a part of them may have been written. */
  write(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  truncate(size: number): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

/** A new file, of which the beginning is known last. */
export interface NewFile extends Pick<DiskFile, 'write' | 'sync' | 'close'> {
  /** Writes bytes in the place of the first ones. */
  overwriteHead(bytes: Uint8Array): Promise<void>
}

export interface Disk {
  /**
   * Opens a file that is there, or a new one. `isNew`: what is there loses its name, and no more: its bytes may
   * be those of a checkpoint too.
   */
  open(path: string, isNew: boolean): Promise<DiskFile>
  /** Makes a new file in a folder that is there. */
  create(path: string): Promise<NewFile>
  /** Gives a file another name, for good, whatever had that name. */
  rename(from: string, to: string): Promise<void>
  /** Makes `text`, one byte a character, the contents of a file: wholly, for good, or not at all. */
  replace(path: string, text: string): Promise<void>
  /** Removes a file, or a folder with all that is in it, if it is there. */
  remove(path: string): Promise<void>
  /**
   * Makes a file at once, with everything standing still meanwhile: wholly, or not at all. `write` is handed what
   * takes chunks, and answers the bytes to put over its beginning. Throws what the disk says.
   */
  writeAtOnce(path: string, temporary: string, write: WriteAtOnce): void
  readonly atOnce: DiskAtOnce
}

export type WriteAtOnce = (send: (chunk: Uint8Array) => void) => Uint8Array | undefined

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants

export const systemDisk: Disk = {
  async open(path, isNew) {
    await mkdir(dirname(path), { recursive: true })
    if (isNew) await rm(path, { force: true })
    const handle = await open(path, O_WRONLY | O_CREAT | O_APPEND | (isNew ? O_EXCL : 0), 0o644)
    try {
      await syncFolder(dirname(path))
    } catch (error) {
      await handle.close()
      throw error
    }
    return {
      async write(bytes) {
        for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
      },
      sync: () => handle.datasync(),
      // Windows does not let a file be cut that was opened to append to it.
      truncate: (size) => (process.platform === 'win32' ? truncate(path, size) : handle.truncate(size)),
      size: async () => (await handle.stat()).size,
      close: () => handle.close(),
    }
  },
  async create(path) {
    const handle = await open(path, 'w')
    return {
      // From where the one before ended, and all of it: a single call may write less than it was asked to.
      write: (bytes) => handle.writeFile(bytes),
      async overwriteHead(bytes) {
        await handle.write(bytes, 0, bytes.length, 0)
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    }
  },
  rename: renameForGood,
  async replace(path, text) {
    await mkdir(dirname(path), { recursive: true })
    const beside = `${dirname(path)}/temp-${path.slice(dirname(path).length + 1)}`
    const handle = await open(beside, 'w', 0o644)
    try {
      await handle.writeFile(text, 'latin1')
      await handle.sync()
    } finally {
      await handle.close()
    }
    await renameForGood(beside, path)
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  writeAtOnce(path, temporary, write) {
    const file = openSync(temporary, 'w')
    try {
      try {
        const head = write((chunk) => {
          for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at)
        })
        if (head !== undefined) writeSync(file, head, 0, head.length, 0)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(temporary, path)
      systemDiskAtOnce.syncFolder(dirname(path))
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  },
  atOnce: systemDiskAtOnce,
}

async function renameForGood(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncFolder(dirname(to))
}

/** Makes a new name last. Where folders cannot be opened (Windows) the file system does so by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!isFolderUnsyncable(error)) throw error
  } finally {
    await handle.close()
  }
}
