/*
 * The gate that replies leave through. Open, they go straight to the connection.
 * Closed, each waits, in order, until the file that keeps what commands did has
 * come as far as it had to when the reply was made: nobody is told of a change
 * that could still be lost, neither who made it nor who reads it.
 */
import type { Client } from './client.ts'
import type { Reply } from './reply.ts'

interface Held {
  readonly client: Client
  readonly bytes: Uint8Array
  /** How far the file has to be. */
  readonly offset: number
}

export class ReplyGate {
  isOpen = true
  private offset = 0
  private queue: Held[] = []

  /** Replies from now on wait until the file has reached `offset`. */
  close(offset: number): void {
    this.isOpen = false
    this.offset = Math.max(this.offset, offset)
  }

  /** Hands on what was written for the client, now or later. */
  flush(client: Client, reply: Reply): void {
    if (this.isOpen) reply.flush(client.sink)
    else if (reply.at > 0) {
      this.hold(client, reply.buf.slice(0, reply.at))
      reply.clear()
    }
  }

  send(client: Client, bytes: Uint8Array): void {
    if (this.isOpen) client.sink.send(bytes)
    else this.hold(client, bytes)
  }

  private hold(client: Client, bytes: Uint8Array): void {
    client.heldReplies++
    this.queue.push({ client, bytes, offset: this.offset })
  }

  /** The file has come as far as `offset`. */
  reached(offset: number): void {
    if (this.isOpen) return
    let count = 0
    while (count < this.queue.length && this.queue[count].offset <= offset) count++
    const released = this.queue.splice(0, count)
    if (this.queue.length === 0 && this.offset <= offset) this.open()
    for (const { client, bytes } of released) {
      client.heldReplies--
      if (client.closed) continue
      client.sink.send(bytes)
      if (client.closing && !client.isAwaited) client.sink.end()
    }
  }

  /** What they wait for will not come: those who wait are to be disconnected, and are not told that it did. */
  abandon(): readonly Client[] {
    const clients = new Set(this.queue.map(({ client }) => client))
    this.queue = []
    for (const client of clients) client.heldReplies = 0
    this.open()
    return [...clients]
  }

  /** Another file may come, whose offsets begin anew. */
  private open(): void {
    this.isOpen = true
    this.offset = 0
  }
}
