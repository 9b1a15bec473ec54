/*
 * The saved connections: one JSON file, rewritten whole and atomically. Their
 * passwords are in it too, but sealed by the host's SecretStore.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as v from 'valibot'
import { type Connection, type ConnectionDraft, endpoint } from '../../../../shared/contract/connections.ts'
import { fail } from '../../../../shared/contract/failure.ts'
import { dbIndex, environment, id, label } from '../../../../shared/contract/types.ts'
import { readJsonFile, writeFileAtomically } from '../../atomic-file.ts'
import type { EventHub } from '../../events.ts'
import type { SecretStore } from '../../host.ts'
import type { Notices } from '../notices.ts'

const storedConnection = v.object({
  id,
  name: label,
  endpoint,
  username: v.optional(v.string()),
  db: dbIndex,
  environment,
  color: v.optional(v.string()),
  createdAt: v.number(),
  lastUsedAt: v.optional(v.number()),
  /** Opaque: only the SecretStore that sealed it can read it. */
  sealedPassword: v.optional(v.string()),
})
type StoredConnection = v.InferOutput<typeof storedConnection>

const FILE_VERSION = 1
const storedFile = v.object({ version: v.literal(FILE_VERSION), connections: v.array(storedConnection) })

interface Dependencies {
  readonly dataDir: string
  readonly events: EventHub
  readonly secrets: SecretStore
  readonly notices: Notices
}

export class ConnectionsService {
  readonly #path: string
  readonly #dependencies: Dependencies
  #stored: readonly StoredConnection[]
  #writing: Promise<void> = Promise.resolve()

  private constructor(path: string, dependencies: Dependencies, stored: readonly StoredConnection[]) {
    this.#path = path
    this.#dependencies = dependencies
    this.#stored = stored
  }

  static async load(dependencies: Dependencies): Promise<ConnectionsService> {
    const { dataDir, notices } = dependencies
    const path = join(dataDir, 'connections.json')
    const { value, setAside } = await readJsonFile(path, (json) => v.parse(storedFile, json), notices.now())
    if (setAside) notices.fileSetAside('saved connections', setAside)
    return new ConnectionsService(path, dependencies, value?.connections ?? [])
  }

  list(): readonly Connection[] {
    return this.#stored.map(withoutSecret)
  }

  get(connectionId: string): Connection {
    return withoutSecret(this.#find(connectionId))
  }

  /** The password in clear, for the client that is about to send it. */
  async password(connectionId: string): Promise<string | undefined> {
    const { sealedPassword } = this.#find(connectionId)
    return sealedPassword === undefined ? undefined : this.#dependencies.secrets.unseal(sealedPassword)
  }

  /** What a draft would connect with: its own password, or the saved one it did not touch. */
  async passwordOf(draft: ConnectionDraft): Promise<string | undefined> {
    if (draft.password !== undefined) return draft.password ?? undefined
    return draft.id === undefined ? undefined : this.password(draft.id)
  }

  async save(draft: ConnectionDraft): Promise<Connection> {
    const { password, ...profile } = draft
    // Sealed before anything is looked up, so that no other save can come in between.
    const sealedNow = typeof password === 'string' ? await this.#dependencies.secrets.seal(password) : undefined
    const before = draft.id === undefined ? undefined : this.#find(draft.id)
    const sealedPassword = password === undefined ? before?.sealedPassword : sealedNow
    const saved: StoredConnection = {
      ...profile,
      id: before?.id ?? randomUUID(),
      createdAt: before?.createdAt ?? this.#dependencies.notices.now(),
      lastUsedAt: before?.lastUsedAt,
      sealedPassword,
    }
    await this.#replace(before ? this.#stored.map((c) => (c.id === saved.id ? saved : c)) : [...this.#stored, saved])
    return withoutSecret(saved)
  }

  async remove(connectionId: string): Promise<void> {
    this.#find(connectionId)
    await this.#replace(this.#stored.filter((c) => c.id !== connectionId))
  }

  async markUsed(connectionId: string): Promise<void> {
    const lastUsedAt = this.#dependencies.notices.now()
    await this.#replace(this.#stored.map((c) => (c.id === connectionId ? { ...c, lastUsedAt } : c)))
  }

  #find(connectionId: string): StoredConnection {
    const found = this.#stored.find((c) => c.id === connectionId)
    return found ?? fail({ code: 'NOT_FOUND', message: 'This connection is no longer saved.' })
  }

  /** Memory changes at once and the disk follows; when the disk fails, memory goes back to what is on it. */
  async #replace(next: readonly StoredConnection[]): Promise<void> {
    const before = this.#stored
    this.#stored = next
    const content = JSON.stringify({ version: FILE_VERSION, connections: next }, null, 2)
    const written = this.#writing.then(() => writeFileAtomically(this.#path, content))
    this.#writing = written.catch(() => undefined)
    try {
      await written
    } catch (error) {
      if (this.#stored === next) this.#stored = before
      throw error
    }
    this.#dependencies.events.emit('connections.changed', this.list())
  }
}

function withoutSecret({ sealedPassword, ...connection }: StoredConnection): Connection {
  return { ...connection, hasPassword: sealedPassword !== undefined }
}
