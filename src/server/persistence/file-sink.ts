/*
 * FileSink: a file that is written beside the one it is to replace, and takes
 * its name only when all of it is on disk. Whoever looks sees the old file or the
 * new one, never a part; what is given up or fails leaves the old one alone.
 *
 * Writing and syncing happen off the engine's thread, in the pool that Node's
 * asynchronous file calls use; `pendingBytes` tells how far it is behind.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

export class FileSink {
  pendingBytes = 0
  /** The first error of the disk; what is sent afterwards is dropped. */
  failure: Error | undefined
  private readonly path: string
  private readonly temporary: string
  private readonly opened: Promise<FileHandle | undefined>
  private queue: Uint8Array[] = []
  private writing: Promise<void> = Promise.resolve()

  /** `path` is the name the file is to have; `temporary` is in the same folder. */
  constructor(path: string, temporary: string) {
    this.path = path
    this.temporary = temporary
    this.opened = open(temporary, 'w').catch((error: Error) => {
      this.failure = error
      return undefined
    })
  }

  /** Takes a chunk, which is then its own. */
  send(chunk: Uint8Array): void {
    if (this.failure !== undefined) return
    this.pendingBytes += chunk.length
    this.queue.push(chunk)
    if (this.queue.length === 1) this.writing = this.writing.then(() => this.writeQueue())
  }

  private async writeQueue(): Promise<void> {
    const chunks = this.queue
    this.queue = []
    const file = await this.opened
    try {
      // Each whole, from where the one before ended: a single call may write less than it was asked to.
      if (this.failure === undefined) for (const chunk of chunks) await file?.writeFile(chunk)
    } catch (error) {
      this.failure = error as Error
    }
    for (const chunk of chunks) this.pendingBytes -= chunk.length
  }

  /** Puts all of it on disk, `head` over its beginning, under its name. Throws what the disk says. */
  async finish(head?: Uint8Array): Promise<void> {
    await this.writing
    const file = await this.opened
    try {
      if (this.failure !== undefined || file === undefined) throw this.failure
      if (head !== undefined) await file.write(head, 0, head.length, 0)
      await file.sync()
      await file.close()
      await rename(this.temporary, this.path)
      await syncFolder(dirname(this.path))
    } catch (error) {
      await this.drop()
      throw error
    }
  }

  /** Gives the file up. */
  async drop(): Promise<void> {
    this.failure ??= new Error('given up')
    await this.writing
    const file = await this.opened
    await file?.close().catch(() => undefined) // It may be closed already; there is nothing left to lose.
    await rm(this.temporary, { force: true }).catch(() => undefined)
  }
}

/** Writes a file in the same way at once, with everything standing still meanwhile. `write` is handed what takes chunks. */
export function writeFileAtOnce(
  path: string,
  temporary: string,
  write: (send: (chunk: Uint8Array) => void) => Uint8Array | undefined,
): void {
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
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Makes a new name last. Where folders cannot be opened (Windows) the file system does so by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
