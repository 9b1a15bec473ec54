/*
 * AutomaticCheckpoints: those that nobody asked for. One is made before a flush, at
 * once, and one before a rewind; as many of them stay as the option says.
 */
import { join } from 'node:path'
import { CHECKPOINT_NAMES } from './aof-files.ts'
import { checkpointFacts } from './facts.ts'
import { failureText } from './failure.ts'
import type { Keeper, PutFiles } from './keeper.ts'
import { isSameName } from './name.ts'
import type { CheckpointsOptions } from './options.ts'
import type { Shelf } from './shelf.ts'

/** The reason of one that somebody asked for. */
export const ASKED = 'asked'

export class AutomaticCheckpoints {
  private readonly options: CheckpointsOptions
  private readonly keeper: Keeper
  private readonly shelf: Shelf
  private underway: Promise<void> | undefined

  constructor(options: CheckpointsOptions, keeper: Keeper, shelf: Shelf) {
    this.options = options
    this.keeper = keeper
    this.shelf = shelf
  }

  /** Resolves when those before a flush are on the shelf; undefined: they are. */
  get unsettled(): Promise<void> | undefined {
    return this.underway
  }

  /** Whether there is something to keep before a flush, and somewhere to keep it. */
  get isDueBeforeFlush(): boolean {
    const { config, keyspace } = this.options
    return config.get('checkpoint-before-flush') && this.keeper.savesByItself && keyspace.size > 0
  }

  /** Makes one at once. Why that failed, or undefined. */
  beforeFlush(command: string): string | undefined {
    const reason = `before ${command}`
    try {
      if (this.keeper.canEndFile) this.endFileBeforeFlush(reason)
      else this.put(reason, (unnamed) => this.keeper.keepAtOnce(unnamed, CHECKPOINT_NAMES))
    } catch (error) {
      const why = failureText(error)
      if (why === undefined) throw error
      this.options.log.warning(`The checkpoint ${reason} could not be made: ${(error as Error).message}`)
      return why
    }
    return undefined
  }

  private put(reason: string, put: PutFiles): void {
    this.shelf.put(this.freeName(reason), (unnamed) => ({ reason, ...put(unnamed, CHECKPOINT_NAMES) }))
  }

  /** Ends a file of commands. The flush goes to the next one, and so is not on disk before the checkpoint is. */
  private endFileBeforeFlush(reason: string): void {
    this.shelf.probe()
    let failure: unknown
    const ended = this.keeper.endFile((put) => {
      try {
        this.put(reason, put)
      } catch (error) {
        failure = error
        throw error
      }
    })
    // There was no file to end, and so nothing to wait for.
    if (failure !== undefined) {
      ended.catch(() => undefined) // That is this failure.
      throw failure
    }
    const told = ended.catch((error: Error) =>
      this.options.log.warning(`The checkpoint ${reason} could not be made: ${error.message}`),
    )
    const underway = Promise.all([this.underway, told]).then(() => {
      if (this.underway === underway) this.underway = undefined
    })
    this.underway = underway
  }

  /** A free name for one of this reason. */
  freeName(reason: string): string {
    const time = new Date(this.options.clock.now()).toISOString().replaceAll(':', '.').replace('T', ' ').slice(0, 19)
    const name = `${reason} ${time}`
    const known = this.shelf.names()
    for (let i = 1; ; i++) {
      const candidate = i === 1 ? name : `${name} ${i}`
      if (!known.some((other) => isSameName(other, candidate))) return candidate
    }
  }

  /** Deletes the oldest of them, beyond as many as are to be kept. */
  async prune(spared?: string): Promise<void> {
    const automatic = this.shelf
      .names()
      .map((name) => checkpointFacts(this.shelf, name))
      .filter(({ reason, problem }) => reason !== ASKED && reason !== '' && problem === '')
      .toSorted((a, b) => a.created - b.created)
    const superfluous = Math.max(0, automatic.length - this.options.config.get('checkpoint-automatic-max'))
    for (const { name } of automatic.slice(0, superfluous)) {
      const folder = join(this.shelf.folder, name)
      if (folder !== spared) await this.shelf.remove(folder)
    }
  }
}
