/*
 * FileSink: a file that is written beside the one it is to replace, and takes
 * its name only when all of it is on disk. Whoever looks sees the old file or the
 * new one, never a part; what is given up or fails leaves the old one alone.
 *
 * Writing and syncing happen off the engine's thread, in the pool that Node's
 * asynchronous file calls use; `pendingBytes` tells how far it is behind.
 */
import type { Disk, NewFile } from './disk.ts'

export class FileSink {
  pendingBytes = 0
  /** The first error of the disk; what is sent afterwards is dropped. */
  failure: Error | undefined
  private readonly disk: Disk
  private readonly path: string
  private readonly temporary: string
  private readonly opened: Promise<NewFile | undefined>
  private queue: Uint8Array[] = []
  private writing: Promise<void> = Promise.resolve()

  /** `path` is the name the file is to have; `temporary` is in the same folder. */
  constructor(disk: Disk, path: string, temporary: string) {
    this.disk = disk
    this.path = path
    this.temporary = temporary
    this.opened = disk.create(temporary).catch((error: Error) => {
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
      if (this.failure === undefined) for (const chunk of chunks) await file?.write(chunk)
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
      if (head !== undefined) await file.overwriteHead(head)
      await file.sync()
      await file.close()
      await this.disk.rename(this.temporary, this.path)
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
    await this.disk.remove(this.temporary).catch(() => undefined)
  }
}
