/*
 * Message ports. A port has two ends; an end is held by this process, by a child
 * or by a page, and moves by being transferred. What arrives before its holder
 * has started it waits in it.
 */
import { EventEmitter } from 'node:events'

/** Where an end delivers to, once someone holds it. */
export interface Holder {
  message(data: unknown): void
  closed(): void
}

export class End {
  static #last = 0
  static readonly #byId = new Map<number, End>()
  readonly id = ++End.#last
  peer!: End
  #holder: Holder | undefined
  #waiting: unknown[] = []
  #isClosed = false

  constructor() {
    End.#byId.set(this.id, this)
  }

  static find(id: number): End | undefined {
    return End.#byId.get(id)
  }

  /** From now on this is who gets what the other end sends. */
  hold(holder: Holder): void {
    this.#holder = holder
    for (const data of this.#waiting.splice(0)) holder.message(data)
    if (this.#isClosed) holder.closed()
  }

  /** Says something to the other end. */
  send(data: unknown): void {
    const copy = structuredClone(refuseShared(data))
    if (!this.#isClosed) setImmediate(() => this.peer.#receive(copy))
  }

  /** Closes both ends; each holder learns of it. */
  close(): void {
    for (const end of [this, this.peer]) {
      if (end.#isClosed) continue
      end.#isClosed = true
      End.#byId.delete(end.id)
      setImmediate(() => end.#holder?.closed())
    }
  }

  #receive(data: unknown): void {
    if (this.#holder) this.#holder.message(data)
    else this.#waiting.push(data)
  }
}

/** Electron cannot share memory between processes, and says so in these words. */
export function refuseShared<T>(data: T): T {
  if (data instanceof SharedArrayBuffer || (ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer)) {
    throw new Error('An object could not be cloned.')
  }
  return data
}

export class MessagePortMain extends EventEmitter {
  #end: End | undefined
  #isStarted = false

  constructor(end: End) {
    super()
    this.#end = end
  }

  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new TypeError('the stand-in moves no ports through ports')
    this.#end?.send(data)
  }

  start(): void {
    if (this.#isStarted || !this.#end) return
    this.#isStarted = true
    this.#end.hold({
      message: (data) => this.emit('message', { data, ports: [] }),
      closed: () => this.emit('close'),
    })
  }

  close(): void {
    this.#end?.close()
  }

  /** A port that is transferred is of no use to who had it. */
  release(): End {
    const end = this.#end
    if (!end) throw new Error('Port has already been transferred')
    this.#end = undefined
    return end
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain

  constructor() {
    const [one, two] = [new End(), new End()]
    one.peer = two
    two.peer = one
    this.port1 = new MessagePortMain(one)
    this.port2 = new MessagePortMain(two)
  }
}

/** The ends of a transfer list, which may hold nothing but ports. */
export function releaseAll(transfer: readonly unknown[]): End[] {
  return transfer.map((item) => {
    if (!(item instanceof MessagePortMain)) throw new TypeError('Port at index 0 is not a valid port')
    return item.release()
  })
}
