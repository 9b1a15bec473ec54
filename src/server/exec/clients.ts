/*
 * The registry of connected clients, in the order in which they came.
 */
import type { Client } from './client.ts'

export class Clients {
  private readonly byId = new Map<number, Client>()
  private lastId = 0

  get count(): number {
    return this.byId.size
  }

  /** Ids grow and are never used twice. */
  nextId(): number {
    return ++this.lastId
  }

  add(client: Client): void {
    this.byId.set(client.id, client)
  }

  remove(client: Client): void {
    this.byId.delete(client.id)
  }

  /** Bytes of requests that are not whole yet, and of replies that wait to be sent. */
  get bufferedBytes(): number {
    let bytes = 0
    for (const { sink } of this) bytes += sink.queryBytes() + sink.pendingBytes()
    return bytes
  }

  get(id: number): Client | undefined {
    return this.byId.get(id)
  }

  [Symbol.iterator](): Iterator<Client> {
    return this.byId.values()
  }
}
