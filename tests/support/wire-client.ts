/*
 * A plain client for tests: one socket, commands out, replies in, in order.
 * It hides nothing: no reconnection, no retry, no command it was not told to
 * send (`connect({ resp: 3 })` sends HELLO 3 and says so here).
 */
import { connect as connectSocket, type Socket } from 'node:net'
import {
  type CommandArg,
  encodeCommand,
  type Friendly,
  friendly,
  type Reply,
  ReplyError,
  ReplyReader,
} from './reply.ts'

export interface WireClientOptions {
  readonly port: number
  readonly host?: string
  readonly resp?: 2 | 3
  readonly user?: string
  readonly password?: string
  /** False: the bytes of replies are not kept for takeText, for a connection that receives very many. */
  readonly keepsBytes?: boolean
}

interface Waiter {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

export class WireClient {
  readonly #socket: Socket
  readonly #reader = new ReplyReader()
  readonly #replies: Reply[] = []
  readonly #waiters: Waiter[] = []
  readonly #pushes: Reply[] = []
  readonly #pushWaiters: Waiter[] = []
  readonly #keepsBytes: boolean
  #taken: Buffer[] = []
  #ended: Error | undefined

  /** Resolves when the connection is closed, by either end. */
  readonly closed: Promise<void>

  static async open(options: WireClientOptions): Promise<WireClient> {
    const socket = connectSocket({ port: options.port, host: options.host ?? '127.0.0.1', noDelay: true })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    const client = new WireClient(socket, options.keepsBytes ?? true)
    const auth = options.password === undefined ? [] : ['AUTH', options.user ?? 'default', options.password]
    if (options.resp === 3) await client.command('HELLO', '3', ...auth)
    else if (auth.length > 0) await client.command(...(auth as [string, ...string[]]))
    client.#taken = []
    return client
  }

  private constructor(socket: Socket, keepsBytes: boolean) {
    this.#socket = socket
    this.#keepsBytes = keepsBytes
    socket.on('data', (chunk) => this.#receive(chunk))
    // A reset is a way of closing: tests await `closed` or see their command rejected.
    socket.on('error', (error) => this.#end(error))
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#end(new Error('the server closed the connection'))
        resolve()
      })
    })
  }

  /** Sends one command and gives its reply in the friendly form; an error reply rejects with the server's text. */
  async command(...args: [CommandArg, ...CommandArg[]]): Promise<Friendly> {
    this.send(...args)
    return this.receive()
  }

  /** Sends one command and gives its reply exactly as typed, errors included. */
  reply(...args: [CommandArg, ...CommandArg[]]): Promise<Reply> {
    this.send(...args)
    return this.receiveReply()
  }

  /** Sends one command and gives the very bytes of its reply, one character each. */
  async replyText(...args: [CommandArg, ...CommandArg[]]): Promise<string> {
    this.#taken = []
    await this.reply(...args)
    return this.takeText()
  }

  /** Sends without waiting: `receive` as often as you have sent. */
  send(...args: [CommandArg, ...CommandArg[]]): void {
    this.raw(encodeCommand(args))
  }

  /** Writes bytes as they are; text is taken as one byte per character. */
  raw(bytes: Uint8Array | string): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  async receive(): Promise<Friendly> {
    const value = friendly(await this.receiveReply())
    if (value instanceof ReplyError) throw value
    return value
  }

  receiveReply(): Promise<Reply> {
    return this.#wait(this.#replies, this.#waiters)
  }

  /** The next message out of band; RESP3 only, in RESP2 they come between the replies. */
  async push(): Promise<Friendly> {
    return friendly(await this.#wait(this.#pushes, this.#pushWaiters))
  }

  /** Every byte received since the last call (or since connecting), one character each. */
  takeText(): string {
    const text = Buffer.concat(this.#taken).toString('latin1') + this.#reader.pending.toString('latin1')
    this.#taken = []
    return text
  }

  /** Half-closes: the server sees the end of input and may still answer. */
  end(): void {
    this.#socket.end()
  }

  async close(): Promise<void> {
    this.#socket.destroy()
    await this.closed
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0
  }

  #wait(ready: Reply[], waiters: Waiter[]): Promise<Reply> {
    const reply = ready.shift()
    if (reply !== undefined) return Promise.resolve(reply)
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => waiters.push({ resolve, reject }))
  }

  #receive(chunk: Buffer): void {
    this.#reader.feed(chunk)
    try {
      for (let whole = this.#reader.next(); whole !== undefined; whole = this.#reader.next()) {
        if (this.#keepsBytes) this.#taken.push(whole.bytes)
        this.#hand(whole.reply)
      }
    } catch (error) {
      // Not RESP: nothing after this can be trusted.
      this.#end(error as Error)
      this.#socket.destroy()
    }
  }

  #hand(reply: Reply): void {
    const isPush = reply.type === 'push'
    const waiter = (isPush ? this.#pushWaiters : this.#waiters).shift()
    if (waiter) waiter.resolve(reply)
    else (isPush ? this.#pushes : this.#replies).push(reply)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const waiter of [...this.#waiters.splice(0), ...this.#pushWaiters.splice(0)]) waiter.reject(this.#ended)
  }
}
