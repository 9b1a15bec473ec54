/*
 * The local databases: which there are (one JSON file), and their runners.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import * as v from 'valibot'
import type { BranchOf, LocalDatabase, RemovedDatabase } from '../../../../shared/contract/databases.ts'
import { type Failure, FailureError, fail } from '../../../../shared/contract/failure.ts'
import { id, label, port } from '../../../../shared/contract/types.ts'
import { readJsonFile, writeFileAtomically } from '../../atomic-file.ts'
import type { EventHub } from '../../events.ts'
import type { ProcessHost } from '../../host.ts'
import type { Notices } from '../notices.ts'
import type { ServerAddress } from '../redis-client/address.ts'
import { CheckpointFolder } from './checkpoint-folder.ts'
import { DatabaseRunner } from './database-runner.ts'
import { describeOwner, nextFreePort, portOwner, portState } from './port-owner.ts'

export const DEFAULT_PORT = 6379
const DEFAULT_NAME = 'local'

const storedDatabase = v.object({
  id,
  name: label,
  port,
  autoStart: v.boolean(),
  createdAt: v.number(),
  branch: v.optional(v.object({ of: id, name: v.string() })),
  /** Where its data is, seen from the data folder; absent: where a database has it that is no branch. */
  folder: v.optional(v.string()),
})
type StoredDatabase = v.InferOutput<typeof storedDatabase>

const FILE_VERSION = 1
const storedFile = v.object({ version: v.literal(FILE_VERSION), databases: v.array(storedDatabase) })

interface Dependencies {
  readonly dataDir: string
  readonly events: EventHub
  readonly processes: ProcessHost
  readonly notices: Notices
  /** Where the first database goes; tests choose another. */
  readonly defaultPort?: number
}

interface Database {
  stored: StoredDatabase
  readonly runner: DatabaseRunner
  readonly checkpoints: CheckpointFolder
}

export interface NewDatabase {
  readonly name: string
  readonly port?: number
  readonly autoStart: boolean
  readonly start: boolean
  readonly branch?: BranchOf
}

export class DatabasesService {
  readonly #dependencies: Dependencies
  readonly #path: string
  readonly #databases = new Map<string, Database>()
  readonly #isFirstRun: boolean
  #writing: Promise<void> = Promise.resolve()
  #announcing = false

  private constructor(dependencies: Dependencies, path: string, stored: readonly StoredDatabase[] | undefined) {
    this.#dependencies = dependencies
    this.#path = path
    this.#isFirstRun = stored === undefined
    for (const database of stored ?? []) this.#add(database)
  }

  static async load(dependencies: Dependencies): Promise<DatabasesService> {
    const { dataDir, notices } = dependencies
    const path = join(dataDir, 'databases.json')
    const { value, setAside } = await readJsonFile(path, (json) => v.parse(storedFile, json), notices.now())
    if (setAside) notices.fileSetAside('local databases', setAside)
    const service = new DatabasesService(dependencies, path, value?.databases)
    await Promise.all([...service.#databases.values()].map(({ checkpoints }) => checkpoints.look(notices.now())))
    return service
  }

  /** Creates the first database on the first run, and starts what is to be started with the app. Never rejects. */
  async startAll(): Promise<void> {
    try {
      if (this.#isFirstRun) await this.#createDefault()
    } catch (error) {
      this.#dependencies.notices.add(asNotice('The first local database could not be created.', error))
    }
    const automatic = [...this.#databases.values()].filter(({ stored }) => stored.autoStart)
    // A failure to start is in the database's own state, where the page shows it.
    await Promise.allSettled(automatic.map(({ stored }) => this.start(stored.id)))
  }

  list(): readonly LocalDatabase[] {
    return [...this.#databases.values()].map((database) => this.#describe(database))
  }

  get(databaseId: string): LocalDatabase {
    return this.#describe(this.#find(databaseId))
  }

  /** Where a database is reached that runs; fails where none does. */
  address(databaseId: string): ServerAddress {
    const { name, port, status } = this.get(databaseId)
    if (status !== 'running') {
      fail({ code: 'DATABASE_FAILED', message: `${name} is not running.`, hint: 'Start it first.' })
    }
    return { endpoint: { kind: 'tcp', host: '127.0.0.1', port }, db: 0 }
  }

  /** The database that has its data in a branch of another one, however the name is written. */
  onBranch(of: string, name: string): LocalDatabase | undefined {
    return this.list().find(({ branch }) => branch?.of === of && isSameBranch(branch.name, name))
  }

  async create({ name, port: wanted, autoStart, start, branch }: NewDatabase): Promise<LocalDatabase> {
    this.#requireFreeName(name)
    const folder = branch && this.#branchFolder(branch)
    const chosen = wanted ?? (await nextFreePort(this.#defaultPort, this.#ports())) ?? this.#defaultPort
    const database = this.#add({
      id: randomUUID(),
      name,
      port: chosen,
      autoStart,
      createdAt: this.#now(),
      branch,
      folder,
    })
    await this.#save()
    return start ? this.start(database.stored.id) : this.#describe(database)
  }

  async update(changes: { id: string; name?: string; port?: number; autoStart?: boolean }): Promise<LocalDatabase> {
    const database = this.#find(changes.id)
    if (changes.name !== undefined && changes.name !== database.stored.name) this.#requireFreeName(changes.name)
    const {
      name = database.stored.name,
      port: to = database.stored.port,
      autoStart = database.stored.autoStart,
    } = changes
    database.stored = { ...database.stored, name, port: to, autoStart }
    await this.#save()
    return this.#describe(database)
  }

  async start(databaseId: string, onPort?: number): Promise<LocalDatabase> {
    const database = this.#find(databaseId)
    if (onPort !== undefined && onPort !== database.stored.port) await this.update({ id: databaseId, port: onPort })
    const { status } = database.runner.state
    if (status === 'running') return this.#describe(database)
    if (status !== 'stopped' && status !== 'failed') {
      fail({ code: 'DATABASE_FAILED', message: `The database is ${status} already.`, hint: 'Wait for it.' })
    }
    const failure = await this.#portFailure(database)
    if (failure) {
      database.runner.refuse(failure)
      throw new FailureError(failure)
    }
    const gone = this.#goneFailure(database)
    if (gone) {
      database.runner.refuse(gone)
      throw new FailureError(gone)
    }
    await mkdir(this.#dir(database.stored), { recursive: true, mode: 0o700 })
    await database.runner.start()
    return this.#describe(database)
  }

  async stop(databaseId: string): Promise<LocalDatabase> {
    const database = this.#find(databaseId)
    await database.runner.stop()
    return this.#describe(database)
  }

  async remove(databaseId: string, deleteData: boolean, confirm: string | undefined): Promise<RemovedDatabase> {
    const { stored, runner } = this.#find(databaseId)
    if (deleteData && confirm !== stored.name) {
      fail({
        code: 'CONFIRMATION_REQUIRED',
        message: `Deleting the data of ${stored.name} cannot be undone.`,
        hint: 'Type the name of the database to confirm.',
      })
    }
    const dir = this.#dir(stored)
    if (deleteData) this.#requireNobodyIn(dir)
    await runner.stop()
    this.#databases.delete(databaseId)
    await this.#save()
    if (!deleteData) return { dataLeftIn: dir }
    await rm(dir, { recursive: true, force: true })
    return {}
  }

  /** For the end of the app: every process saves and goes. */
  async stopAll(): Promise<void> {
    await Promise.allSettled([...this.#databases.values()].map(({ runner }) => runner.stop()))
  }

  /** The folder of a branch that no database has yet, seen from the data folder. */
  #branchFolder(branch: BranchOf): string {
    const user = this.onBranch(branch.of, branch.name)
    if (user) fail({ code: 'BAD_REQUEST', message: `The local database ${user.name} has its data there already.` })
    const dir = join(this.#dir(this.#find(branch.of).stored), 'branches', branch.name)
    if (!existsSync(dir)) fail({ code: 'NOT_FOUND', message: `There is no branch ${branch.name} any more.` })
    return relative(this.#dependencies.dataDir, dir)
  }

  /** A branch must not begin anew, and empty, because someone deleted its folder. */
  #goneFailure({ stored }: Database): Failure | undefined {
    if (stored.folder === undefined || existsSync(this.#dir(stored))) return undefined
    return {
      code: 'DATABASE_FAILED',
      message: 'The folder of this branch is gone, with its data.',
      hint: 'Put it back, or remove the database from the list.',
      detail: this.#dir(stored),
    }
  }

  /** The folder of a database holds its branches, and those may be databases of their own. */
  #requireNobodyIn(dir: string): void {
    const inside = [...this.#databases.values()].filter(({ stored }) => this.#dir(stored).startsWith(dir + sep))
    if (inside.length === 0) return
    const names = inside.map(({ stored }) => stored.name).join(', ')
    fail({
      code: 'BAD_REQUEST',
      message: `The data of ${names} is in its folder: ${inside.length === 1 ? 'it is a branch' : 'they are branches'} of it.`,
      hint: 'Remove them first, or keep the data.',
    })
  }

  /** Nobody depends on the port of a database that has never run: it takes the next one, and says so. */
  async #createDefault(): Promise<void> {
    const wanted = this.#defaultPort
    const isFree = (await portState(wanted)) === 'free'
    const port = isFree ? wanted : ((await nextFreePort(wanted + 1, new Set())) ?? wanted)
    await this.create({ name: DEFAULT_NAME, port, autoStart: true, start: false })
    if (port === wanted) return
    const owner = describeOwner(await portOwner(wanted))
    this.#dependencies.notices.add({
      level: 'warning',
      message: `Port ${wanted} is taken by ${owner}, so the local database uses ${port}.`,
      hint: `To have ${wanted}, stop that program, then change the port of the database and start it again.`,
    })
  }

  async #portFailure({ stored }: Database): Promise<Failure | undefined> {
    const state = await portState(stored.port)
    if (state === 'free') return undefined
    const nextFree = await nextFreePort(stored.port + 1, this.#ports())
    if (state === 'forbidden') {
      return {
        code: 'PORT_FORBIDDEN',
        message: `The system does not let Keystead listen on port ${stored.port}.`,
        hint: nextFree === undefined ? 'Choose a port above 1023.' : `Use port ${nextFree} instead.`,
        port: { port: stored.port, nextFree },
      }
    }
    const owner = { ...(await portOwner(stored.port)), nextFree }
    return {
      code: 'PORT_TAKEN',
      message: `Port ${stored.port} is taken by ${describeOwner(owner)}.`,
      hint: nextFree === undefined ? 'Choose another port.' : `Stop that program, or use port ${nextFree} instead.`,
      port: owner,
    }
  }

  #add(stored: StoredDatabase): Database {
    const { processes, notices } = this.#dependencies
    const runner = new DatabaseRunner({
      processes,
      now: notices.now,
      settings: () => ({ name: database.stored.name, port: database.stored.port, dir: this.#dir(stored) }),
      changed: () => {
        this.#announce()
        // A running database tells its figures every second, which is how a checkpoint of whoever is noticed.
        void this.#lookAtCheckpoints(database)
      },
      crashed: (failure, restarting) =>
        notices.add({
          level: 'error',
          message: `${database.stored.name}: ${failure.message}`,
          hint: restarting
            ? 'It is being started again.'
            : 'It crashed twice within a minute and was not started again.',
          detail: failure.detail,
        }),
    })
    const database: Database = { stored, runner, checkpoints: new CheckpointFolder(this.#dir(stored)) }
    this.#databases.set(stored.id, database)
    return database
  }

  async #lookAtCheckpoints({ checkpoints }: Database): Promise<void> {
    if (await checkpoints.look(this.#now())) this.#announce()
  }

  #describe({ stored, runner, checkpoints }: Database): LocalDatabase {
    const { status, failure, run } = runner.state
    const { folder: _, ...told } = stored
    return { ...told, status, failure, dir: this.#dir(stored), checkpoints: checkpoints.facts, ...run }
  }

  #find(databaseId: string): Database {
    return (
      this.#databases.get(databaseId) ?? fail({ code: 'NOT_FOUND', message: 'This local database no longer exists.' })
    )
  }

  #requireFreeName(name: string): void {
    if ([...this.#databases.values()].some(({ stored }) => stored.name === name)) {
      fail({
        code: 'BAD_REQUEST',
        message: `There is a local database named ${name} already.`,
        hint: 'Choose another name.',
      })
    }
  }

  async #save(): Promise<void> {
    const databases = [...this.#databases.values()].map(({ stored }) => stored)
    const content = JSON.stringify({ version: FILE_VERSION, databases }, null, 2)
    const written = this.#writing.then(() => writeFileAtomically(this.#path, content))
    this.#writing = written.catch(() => undefined)
    await written
    this.#announce()
  }

  /** At most once per turn of the loop: several changes of one moment are one event. */
  #announce(): void {
    if (this.#announcing) return
    this.#announcing = true
    setImmediate(() => {
      this.#announcing = false
      this.#dependencies.events.emit('databases.changed', this.list())
    })
  }

  #dir = ({ id, folder }: StoredDatabase): string =>
    resolve(this.#dependencies.dataDir, folder ?? join('databases', id))
  #ports = (): ReadonlySet<number> => new Set([...this.#databases.values()].map(({ stored }) => stored.port))
  #now = (): number => this.#dependencies.notices.now()

  get #defaultPort(): number {
    return this.#dependencies.defaultPort ?? DEFAULT_PORT
  }
}

function asNotice(message: string, error: unknown): Parameters<Notices['add']>[0] {
  const { hint, detail } = error instanceof FailureError ? error.failure : { hint: undefined, detail: String(error) }
  return { level: 'error', message, hint, detail }
}

/** As servers do: on many disks a folder is the same in capital letters. */
const isSameBranch = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
