/*
 * One of the two servers under comparison: its connections during an episode,
 * and how it is asked.
 */
import { encodeCommand, type Reply } from '../support/reply.ts'
import { WireClient, type WireClientOptions } from '../support/wire-client.ts'
import { show } from './compare.ts'
import { type Command, readState, type State } from './state.ts'

export const CONNECTIONS = 2
const ANSWER_TIMEOUT_MS = 10_000
/** The most there is: real servers notice by their cron, ten times a second if not told otherwise, that a wait is over. */
const CRON_HZ = 500

export interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

export class Side {
  readonly endpoint: Endpoint
  readonly #admin: WireClient
  #clients: WireClient[] = []

  static async open(endpoint: Endpoint): Promise<Side> {
    return new Side(endpoint, await openClient(endpoint))
  }

  private constructor(endpoint: Endpoint, admin: WireClient) {
    this.endpoint = endpoint
    this.#admin = admin
  }

  /** An empty server in its first configuration, and fresh connections. */
  async begin(resp: 2 | 3, config: Readonly<Record<string, string>>): Promise<void> {
    await this.end()
    const settings: Command[] = Object.entries(config).map((setting) => ['CONFIG', 'SET', ...setting])
    settings.push(['DEBUG', 'SET-ACTIVE-EXPIRE', 1], ['CONFIG', 'SET', 'hz', CRON_HZ])
    const [flushed, ...answers] = await this.#askAll([['FLUSHALL'], ...settings])
    if (flushed?.type !== 'simple') throw new Error(`${this.endpoint.name} does not flush: ${show(flushed!)}`)
    for (const [i, answer] of answers.entries()) {
      // An old server lacks some options: it then has what they limit in one encoding only. A strange one allows no DEBUG.
      if (answer.type !== 'error' || /unknown option|DEBUG command not allowed/i.test(answer.text)) continue
      throw new Error(`${this.endpoint.name} refuses ${settings[i]!.join(' ')}: ${answer.text}`)
    }
    this.#clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => openClient({ ...this.endpoint, resp })))
  }

  async end(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()))
  }

  async close(): Promise<void> {
    await this.end()
    await this.#admin.close()
  }

  /**
   * Sends commands on one of the connections, all at once, and gives their replies. A connection that closes
   * instead of answering, or is silent, is an answer too: in words, for that command and those behind it.
   */
  async answers(connection: number, commands: readonly Command[]): Promise<(Reply | string)[]> {
    const client = this.#clients[connection]!
    client.raw(Buffer.concat(commands.map(encodeCommand)))
    return inTime(commands.map(() => client.receiveReply()))
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

  state(withFieldTtls: boolean): Promise<State> {
    return readState((commands) => this.#askAll(commands), withFieldTtls)
  }

  /** On the connection of our own, in one piece. */
  async #askAll(commands: readonly Command[]): Promise<Reply[]> {
    if (commands.length === 0) return []
    this.#admin.raw(Buffer.concat(commands.map(encodeCommand)))
    const answers = await inTime(commands.map(() => this.#admin.receiveReply()))
    const none = answers.find((answer) => typeof answer === 'string')
    if (none !== undefined) throw new Error(`${this.endpoint.name} does not tell its state: ${none}`)
    return answers as Reply[]
  }
}

/** No bytes are kept beside the replies: a connection may live for a million of them. */
const openClient = (options: WireClientOptions): Promise<WireClient> =>
  WireClient.open({ ...options, keepsBytes: false })

/** Each reply, or in words why there is none: what is not there after the time is not waited for. */
async function inTime(replies: readonly Promise<Reply>[]): Promise<(Reply | string)[]> {
  const told: (Reply | string)[] = replies.map(() => `no answer within ${ANSWER_TIMEOUT_MS} ms`)
  const all = Promise.all(
    replies.map(async (reply, i) => {
      told[i] = await reply.catch((error: Error) => error.message)
    }),
  )
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ANSWER_TIMEOUT_MS)
  })
  await Promise.race([all, late])
  clearTimeout(timer)
  return told
}
