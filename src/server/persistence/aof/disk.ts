/*
 * What an append-only file needs of a disk. A test puts one in its place that is
 * full, or that cannot be written to.
 */
import { constants } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../file-sink.ts'

/** A file to whose end is written. Everything rejects with what the disk says. */
export interface DiskFile {
  /** Writes all of the bytes; when it rejects, a part of them may have been written. */
  write(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  truncate(size: number): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

export interface Disk {
  /** Opens a file that is there, or a new one; `isNew`: what is there is thrown away. */
  open(path: string, isNew: boolean): Promise<DiskFile>
  /** Makes `text`, one byte a character, the contents of a file: wholly, for good, or not at all. */
  replace(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
}

const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants

export const systemDisk: Disk = {
  async open(path, isNew) {
    await mkdir(dirname(path), { recursive: true })
    const handle = await open(path, O_WRONLY | O_CREAT | O_APPEND | (isNew ? O_TRUNC : 0), 0o644)
    await syncFolder(dirname(path))
    return {
      async write(bytes) {
        for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
      },
      sync: () => handle.datasync(),
      truncate: (size) => handle.truncate(size),
      size: async () => (await handle.stat()).size,
      close: () => handle.close(),
    }
  },
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
    await rename(beside, path)
    await syncFolder(dirname(path))
  },
  remove: (path) => rm(path, { force: true }),
}
