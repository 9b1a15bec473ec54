/*
 * One of the two servers under comparison: its connections during an episode,
 * and how its whole state is read.
 */
import type { CommandArg, Reply } from '../support/reply.ts'
import { WireClient } from '../support/wire-client.ts'
import { KEYS } from './grammar.ts'

export const CONNECTIONS = 2
/** Databases that the generators use. */
const DATABASES = [0, 1, 2, 15]
const ANSWER_TIMEOUT_MS = 10_000

export interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

export interface Entry {
  readonly db: number
  readonly key: CommandArg
  readonly type: string
  readonly encoding: Reply
  readonly ttlMs: Reply
  readonly content: Reply
  readonly fieldTtls: Reply | undefined
}

export class Side {
  readonly endpoint: Endpoint
  readonly #admin: WireClient
  #clients: WireClient[] = []

  static async open(endpoint: Endpoint): Promise<Side> {
    return new Side(endpoint, await WireClient.open(endpoint))
  }

  private constructor(endpoint: Endpoint, admin: WireClient) {
    this.endpoint = endpoint
    this.#admin = admin
  }

  /** An empty server in its first configuration, and fresh connections. */
  async begin(resp: 2 | 3, config: Readonly<Record<string, string>>): Promise<void> {
    await this.end()
    await this.#ask('FLUSHALL')
    for (const [name, value] of Object.entries(config)) await this.#configure(name, value)
    this.#clients = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => WireClient.open({ ...this.endpoint, resp })),
    )
  }

  /** An old server lacks some options: it then has what they limit in one encoding only. */
  async #configure(name: string, value: string): Promise<void> {
    const reply = await this.#admin.reply('CONFIG', 'SET', name, value)
    if (reply.type === 'error' && !/unknown option/i.test(reply.text)) {
      throw new Error(`${this.endpoint.name} refuses ${name} ${value}: ${reply.text}`)
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()))
  }

  async close(): Promise<void> {
    await this.end()
    await this.#admin.close()
  }

  /** Sends a command on one of the connections; a connection that closes instead of answering is an answer too. */
  async answer(connection: number, args: readonly CommandArg[]): Promise<Reply> {
    const client = this.#clients[connection]!
    client.send(...(args as [CommandArg, ...CommandArg[]]))
    return withinTime(client.receiveReply())
  }

  /** Which of these commands the server knows. */
  async knownOf(names: readonly string[]): Promise<Set<string>> {
    const reply = await this.#admin.reply('COMMAND', 'INFO', ...names)
    if (reply.type !== 'array') throw new Error(`${this.endpoint.name} does not answer COMMAND INFO: ${reply.type}`)
    return new Set(names.filter((_, i) => reply.items[i]?.type === 'array'))
  }

  async version(): Promise<{ kind: 'redis' | 'valkey'; version: string }> {
    const info = String(await this.#admin.command('INFO', 'server'))
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1]
    if (valkey !== undefined) return { kind: 'valkey', version: valkey }
    return { kind: 'redis', version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? '0' }
  }

  /** Every key that exists, in a fixed order, with all that can be asked about it. */
  async state(withFieldTtls: boolean): Promise<{ sizes: string; entries: Entry[] }> {
    const entries: Entry[] = []
    const sizes: string[] = []
    for (const db of DATABASES) {
      await this.#ask('SELECT', db)
      for (const key of KEYS) {
        const entry = await this.#read(db, key, withFieldTtls)
        if (entry !== undefined) entries.push(entry)
      }
      // Counted last: looking at a key that has expired removes it.
      sizes.push(`${db}:${String(await this.#ask('DBSIZE'))}`)
    }
    await this.#ask('SELECT', 0)
    return { sizes: sizes.join(' '), entries }
  }

  async #read(db: number, key: CommandArg, withFieldTtls: boolean): Promise<Entry | undefined> {
    const type = String(await this.#ask('TYPE', key))
    if (type === 'none') return undefined
    const encoding = await this.#admin.reply('OBJECT', 'ENCODING', key)
    const ttlMs = await this.#admin.reply('PTTL', key)
    const content = await this.#content(type, key)
    const fieldTtls = withFieldTtls && type === 'hash' ? await this.#fieldTtls(key, content) : undefined
    return { db, key, type, encoding, ttlMs, content, fieldTtls }
  }

  #content(type: string, key: CommandArg): Promise<Reply> {
    switch (type) {
      case 'string':
        return this.#admin.reply('GET', key)
      case 'hash':
        return this.#admin.reply('HGETALL', key)
      case 'list':
        return this.#admin.reply('LRANGE', key, 0, -1)
      case 'set':
        return this.#admin.reply('SMEMBERS', key)
      case 'zset':
        return this.#admin.reply('ZRANGE', key, 0, -1, 'WITHSCORES')
      case 'stream':
        return this.#admin.reply('XRANGE', key, '-', '+')
      default:
        throw new Error(`no way is known to read a ${type}`)
    }
  }

  /** In the order of the fields' names, since the order of the hash is the server's own. */
  async #fieldTtls(key: CommandArg, content: Reply): Promise<Reply> {
    const flat = content.type === 'array' ? content.items : []
    const names = flat.flatMap((item, i) => (i % 2 === 0 && item.type === 'bulk' ? [item.bytes] : []))
    names.sort(Buffer.compare)
    return this.#admin.reply('HPTTL', key, 'FIELDS', names.length, ...names)
  }

  async #ask(...args: [CommandArg, ...CommandArg[]]): Promise<unknown> {
    return withinTime(this.#admin.command(...args))
  }
}

class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ANSWER_TIMEOUT_MS} ms`)), ANSWER_TIMEOUT_MS)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
