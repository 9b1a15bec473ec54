/*
 * SavedFile: the RDB file of a server: where it is, whether it holds just what is in
 * memory, and what is left beside it. When it is written, saves.ts says.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'

export interface SavedFileOptions {
  readonly keyspace: Keyspace
  readonly config: Config
  /** Counts changes since the last save. */
  readonly changes: { dirty: number }
}

/** By what a file can be told from another one, or from what became of it, under the same name. */
interface KnownFile {
  readonly inode: bigint
  readonly size: bigint
  readonly modified: bigint
  /** How many keys there were when it was written or read. */
  readonly keys: number
}

export class SavedFile {
  private readonly options: SavedFileOptions
  private known: KnownFile | undefined
  private temporaries = 0

  constructor(options: SavedFileOptions) {
    this.options = options
  }

  get path(): string {
    return join(this.options.config.get('dir'), this.options.config.get('dbfilename'))
  }

  /** Its path if it holds just what is in memory now. */
  get current(): string | undefined {
    const { known } = this
    const { changes, keyspace } = this.options
    if (known === undefined || changes.dirty !== 0 || known.keys !== keyspace.size) return undefined
    const { inode, size, modified } = this.identify(known.keys) ?? {}
    return known.inode === inode && known.size === size && known.modified === modified ? this.path : undefined
  }

  /** It holds just what is in memory: it was written, read, or put there a moment ago. */
  noteCurrent(): void {
    const { changes, keyspace } = this.options
    changes.dirty = 0
    this.noteSaved(keyspace.size)
  }

  /** It has been written, with so many keys. */
  noteSaved(keys: number): void {
    this.known = this.identify(keys)
  }

  /** The data is another one now, and the file is not of it. */
  noteReplaced(): void {
    this.options.changes.dirty++
    this.known = undefined
  }

  private identify(keys: number): KnownFile | undefined {
    const found = statSync(this.path, { bigint: true, throwIfNoEntry: false })
    return found && { inode: found.ino, size: found.size, modified: found.mtimeNs, keys }
  }

  /** Another name every time: what was cancelled may still be on its way out. */
  temporary(): string {
    return join(this.options.config.get('dir'), `temp-${process.pid}-${++this.temporaries}.rdb`)
  }

  /** Deletes what saves have left that came to their end with their server. */
  removeLeftovers(): void {
    const dir = this.options.config.get('dir')
    // Of a folder that is not there the first save will tell.
    for (const name of existsSync(dir) ? readdirSync(dir) : []) {
      const pid = Number(/^temp-(\d+)-\d+\.rdb$/.exec(name)?.[1])
      if (pid === process.pid || (pid > 0 && !isAlive(pid))) rmSync(join(dir, name), { force: true })
    }
  }
}

/** Whether there is such a process, whosever it is. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
