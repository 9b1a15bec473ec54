/*
 * AofFolder: the files of an append-only file as they lie in their folder, and the
 * manifest that names them: what is there, what comes next, what is needless. What is
 * written to them is aof.ts' and rewriter.ts' business.
 */
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../base/log.ts'
import type { Config } from '../../config/config.ts'
import type { Disk } from '../disk.ts'
import { LoadFailure } from '../load.ts'
import { type AofFile, EMPTY_MANIFEST, formatManifest, type Manifest, parseManifest } from './manifest.ts'

/** What comes after the name of the append-only file in those of its files. */
const NUMBERED = /^\.(?<number>\d{1,15})\.(?<kind>base|incr)\.(?:aof|rdb)$/

export interface AofFolderOptions {
  readonly config: Config
  readonly log: Log
  readonly disk: Disk
}

/** Paths of files that nothing is written to any more and that hold, one after the other, all of the data at one moment. */
export interface FinishedFiles {
  readonly base: string | undefined
  readonly incrs: readonly string[]
}

export class AofFolder {
  manifest: Manifest = EMPTY_MANIFEST
  /** Files of commands that the manifest does not name yet, since there is no base for them. */
  unlisted: AofFile[] | undefined
  lastIncr = 0
  baseSize = 0
  /** Bytes of the files of commands before the one that is written to. */
  earlierSize = 0
  private readonly options: AofFolderOptions
  private updates: Promise<unknown> = Promise.resolve()
  private temporaries = 0

  constructor(options: AofFolderOptions) {
    this.options = options
  }

  get path(): string {
    return join(this.options.config.get('dir'), this.options.config.get('appenddirname'))
  }

  private get name(): string {
    return this.options.config.get('appendfilename')
  }

  private get manifestPath(): string {
    return join(this.path, `${this.name}.manifest`)
  }

  /** The single file that Redis had before version 7. */
  private get oldPath(): string {
    return join(this.options.config.get('dir'), this.name)
  }

  /** Whether there is something to load. */
  get exists(): boolean {
    return existsSync(this.manifestPath) || existsSync(this.oldPath)
  }

  pathOf({ name }: Pick<AofFile, 'name'>): string {
    return join(this.path, name)
  }

  async sizeOf(file: AofFile): Promise<number> {
    return (await stat(this.pathOf(file))).size
  }

  async sizeOfAll(files: readonly AofFile[]): Promise<number> {
    const sizes = await Promise.all(files.map((file) => this.sizeOf(file)))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  /** Takes the sizes of the files that are listed. */
  async measure(): Promise<void> {
    const { base, incrs } = this.manifest
    this.earlierSize = await this.sizeOfAll(incrs.slice(0, -1))
    this.baseSize = base ? await this.sizeOf(base) : 0
  }

  /** Reads the manifest, if there is one. Throws a LoadFailure. */
  readManifest(): void {
    let text: string
    try {
      text = readFileSync(this.manifestPath, 'latin1')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw new LoadFailure(`${this.manifestPath} cannot be read: ${(error as Error).message}`, { cause: error })
    }
    try {
      this.manifest = parseManifest(text)
    } catch (error) {
      throw new LoadFailure(`${this.manifestPath} is broken: ${(error as Error).message}`, { cause: error })
    }
    this.lastIncr = this.manifest.incrs.at(-1)?.seq ?? 0
  }

  /** Changes the manifest, on disk and then in memory, after the changes before it. */
  update(change: (old: Manifest) => Manifest): Promise<void> {
    const updated = this.updates.then(async () => {
      const next = change(this.manifest)
      await this.options.disk.replace(this.manifestPath, formatManifest(next))
      this.manifest = next
    })
    this.updates = updated.catch(() => undefined) // Whoever asked for it is told.
    return updated
  }

  /** The single file of Redis before 7 becomes the base. */
  async upgrade(): Promise<void> {
    const { oldPath } = this
    const base: AofFile = { name: this.name, seq: 1, type: 'b' }
    const isPrepared = this.manifest.base?.name === this.name && !existsSync(this.pathOf(base))
    if (!existsSync(oldPath) || (this.manifest !== EMPTY_MANIFEST && !isPrepared)) return
    await mkdir(this.path, { recursive: true })
    await this.update(() => ({ base, history: [], incrs: [] }))
    renameSync(oldPath, this.pathOf(base))
    this.options.log.notice(`Moved ${oldPath} to ${this.path}, as the base of the append-only file`)
  }

  filesBefore(seq: number): FinishedFiles {
    const { base, incrs } = this.manifest
    return {
      base: base && this.pathOf(base),
      incrs: incrs.filter((file) => file.seq < seq).map((file) => this.pathOf(file)),
    }
  }

  nextIncr(): AofFile {
    const seq = ++this.lastIncr
    return { name: `${this.name}.${seq}.incr.aof`, seq, type: 'i' }
  }

  nextBase(extension = '.rdb'): AofFile {
    const seq = (this.manifest.base?.seq ?? 0) + 1
    return { name: `${this.name}.${seq}.base${extension}`, seq, type: 'b' }
  }

  temporary(): string {
    return join(this.path, `temp-rewriteaof-${process.pid}-${++this.temporaries}.aof`)
  }

  /** Deletes what the manifest says is not needed any more. */
  async removeHistory(): Promise<void> {
    const { history } = this.manifest
    for (const file of history) await this.options.disk.remove(this.pathOf(file))
    if (history.length > 0) await this.update((old) => ({ ...old, history: [] }))
  }

  /** Deletes what an interrupted rewrite left, of which there is none. */
  async removeTemporary(): Promise<void> {
    for (const file of readdirSync(this.path)) {
      if (/^temp-(rewriteaof-|.*\.manifest$)/.test(file)) await this.options.disk.remove(join(this.path, file))
    }
  }

  /**
   * Deletes what a crash has left of what was about to be listed, under numbers that were about to be given: links
   * that a rewind has made of files that others have, and files that nothing was written to.
   */
  async removeUnlisted(): Promise<void> {
    const { base } = this.manifest
    for (const file of readdirSync(this.path)) {
      const found = file.startsWith(`${this.name}.`) ? NUMBERED.exec(file.slice(this.name.length))?.groups : undefined
      if (found === undefined) continue
      const last = found['kind'] === 'base' ? (base?.seq ?? 0) : this.lastIncr
      if (Number(found['number']) <= last) continue
      const { nlink, size } = await stat(join(this.path, file))
      if (nlink > 1 || size === 0) await this.options.disk.remove(join(this.path, file))
    }
  }
}

/** The files with one at their end, which another try may have put there. */
export const withFile = (files: readonly AofFile[], last: AofFile): AofFile[] => [
  ...files.filter(({ seq }) => seq !== last.seq),
  last,
]

export const historic = ({ name, seq }: AofFile): AofFile => ({ name, seq, type: 'h' })
