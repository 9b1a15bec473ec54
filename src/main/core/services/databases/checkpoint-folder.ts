/*
 * How many checkpoints a local database has, and how old the newest is: read
 * from its folder, so that it is known of a database that does not run, costs a
 * running one nothing, and follows a FLUSHALL of whoever without asking.
 *
 *   <dir>/checkpoints/<name>/checkpoint.json    see docs/checkpoints.md
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { LocalDatabase } from '../../../../shared/contract/databases.ts'

type Facts = LocalDatabase['checkpoints']

const record = v.object({ created: v.number() })

/** File systems tell times in steps of up to this; a folder changed within the last one may change again unseen. */
const MTIME_STEP_MS = 2_000

export class CheckpointFolder {
  readonly #path: string
  #seenAt: number | undefined
  #looking = false
  facts: Facts

  constructor(dir: string) {
    this.#path = join(dir, 'checkpoints')
  }

  /** Whether the facts have changed. Asks for one time of the disk, unless the folder was changed. Never rejects. */
  async look(now: number): Promise<boolean> {
    if (this.#looking) return false
    this.#looking = true
    try {
      const { mtimeMs } = await stat(this.#path)
      if (mtimeMs === this.#seenAt) return false
      const before = this.facts
      this.facts = await this.#read()
      this.#seenAt = now - mtimeMs > MTIME_STEP_MS ? mtimeMs : undefined
      return before?.count !== this.facts?.count || before?.latestAt !== this.facts?.latestAt
    } catch {
      // There is none, or none that can be read: nothing is known of it.
      const wasKnown = this.facts !== undefined
      this.facts = undefined
      return wasKnown
    } finally {
      this.#looking = false
    }
  }

  async #read(): Promise<Facts> {
    // What is half done has a name that begins with a point.
    const names = (await readdir(this.#path)).filter((name) => !name.startsWith('.'))
    if (names.length === 0) return undefined
    const times = await Promise.all(names.map((name) => this.#createdAt(name)))
    const latestAt = Math.max(...times.filter((time) => time !== undefined))
    return { count: names.length, latestAt: Number.isFinite(latestAt) ? latestAt : undefined }
  }

  async #createdAt(name: string): Promise<number | undefined> {
    try {
      return v.parse(record, JSON.parse(await readFile(join(this.#path, name, 'checkpoint.json'), 'utf8'))).created
    } catch {
      // A broken one; its page says what is wrong with it.
      return undefined
    }
  }
}
