/*
 * Waiting: the clients whose command has not been answered yet, whatever it waits for,
 * and how a wait ends: a key has had a turn, time is over, somebody else says so. Which
 * client waits for which key, and in what order, is in blocking.ts; those that CLIENT
 * PAUSE holds back do not wait, their command has not run (pause.ts).
 */
import { TIMER_MAX_MS } from '../base/clock.ts'
import type { Slice } from '../base/slice.ts'
import { NIL } from '../memory/layout.ts'
import type { BlockRequest, Turn } from './blocking.ts'
import type { Call } from './call.ts'
import { type Client, copyOf, isSilent, type Wait } from './client.ts'
import { Err } from './errors.ts'
import { LOADING } from './gates.ts'
import type { Reply } from './reply.ts'
import type { ServerContext } from './server-context.ts'
import type { Command } from './table.ts'

/** What runs the command of a waiting client again, and answers it. */
interface Runner {
  readonly reply: Reply
  /** Whether nothing may wait. */
  readonly isInTransaction: boolean
  /** The client whose requests are executed, if any are. */
  readonly running: Client | undefined
  run(client: Client, command: Command, argv: readonly Slice[], argc: number): void
  replyTo(client: Client, write: (reply: Reply) => void): void
}

export class Waiting {
  private readonly server: ServerContext
  private readonly engine: Runner
  /** The waiting client whose command runs again, and whether that command found nothing for it. */
  private served: Client | undefined
  private isStillWaiting = false
  /** Those who wait for the append-only file: with `appendfsync always` it tells of progress at every turn. */
  private readonly awaitingSync = new Set<Client>()

  constructor(server: ServerContext, engine: Runner) {
    this.server = server
    this.engine = engine
  }

  /** Whether a command that has just run for the client has left it waiting, for the first time or still. */
  hasLeft(client: Client): boolean {
    return client.wait !== undefined && (client !== this.served || this.isStillWaiting)
  }

  /** Keeps the client waiting; false where it may not wait (inside EXEC): answer at once. `timeoutMs` 0 is forever. */
  block(client: Client, timeoutMs: number, wait: Wait): boolean {
    if (this.engine.isInTransaction) return false
    client.held = true
    client.wait = wait
    if (wait.syncedOffset !== undefined) this.awaitingSync.add(client)
    if (timeoutMs > 0) this.endWaitAt(client, this.server.clock.monotonic() + timeoutMs)
    return true
  }

  /** Ends a wait at a moment of the monotonic clock, which may lie further off than a timer can tell. */
  private endWaitAt(client: Client, moment: number): void {
    const remaining = moment - this.server.clock.monotonic()
    client.waitTimer = setTimeout(
      () => (remaining > TIMER_MAX_MS ? this.endWaitAt(client, moment) : this.unblock(client, 'timeout')),
      Math.min(remaining, TIMER_MAX_MS),
    )
  }

  /** Keeps the client of a call waiting for keys; see Call.block. */
  blockOnKeys(call: Call, request: BlockRequest): boolean {
    if (this.engine.isInTransaction) return false
    const { client, command } = call
    if (client === this.served) {
      // It keeps its place in the line and its deadline.
      this.isStillWaiting = true
      return true
    }
    const places = this.server.blocked.add(client, call.db, request.keys)
    const argv = request.argv ?? copyOf(call.argv, call.argc)
    return this.block(client, request.timeoutMs, {
      keys: { places, type: request.type, wakesOnLoss: request.wakesOnLoss ?? false, command, argv },
      onTimeout: request.onTimeout,
      onCancel: () => undefined,
    })
  }

  /** Serves those whose keys have had a turn: after a command, or outside of one, where keys expired. */
  serveTurns(): void {
    const { blocked, clock, conditions, keyspace } = this.server
    // During a rewind nobody sees the keys: the turns are kept until it is over.
    if (conditions & LOADING) return
    for (let next = blocked.nextTurn(); next !== undefined; next = blocked.nextTurn()) {
      // What made the key ready may have taken its time, and the key may be over by now.
      keyspace.now = clock.now()
      for (const client of next.clients) if (this.isFor(client, next.turn)) this.serve(client)
    }
  }

  /** Whether the client still waits, and the key has become something that it waits for. */
  private isFor(client: Client, { db, key }: Turn): boolean {
    const wait = client.wait?.keys
    if (wait === undefined) return false
    if (wait.wakesOnLoss) return true
    const record = db.peek(key)
    return record !== NIL && db.typeOf(record) === wait.type
  }

  /** Runs the command of a waiting client again, and lets the client go on unless it still has to wait. */
  private serve(client: Client): void {
    const { engine, server } = this
    const { reply } = engine
    const { command, argv } = client.wait!.keys!
    const { protocol } = reply
    const mark = reply.at
    // Replies to the client of the running command lie before the mark, and stay there.
    reply.protocol = client.protocol
    server.keyspace.noTouch = client.noTouch
    this.served = client
    this.isStillWaiting = false
    engine.run(client, command, argv, argv.length)
    this.served = undefined
    const answer = isSilent(client) ? reply.buf.subarray(0, 0) : reply.buf.slice(mark, reply.at)
    reply.at = mark
    reply.protocol = protocol
    if (engine.running !== undefined) server.keyspace.noTouch = engine.running.noTouch
    if (this.isStillWaiting) return
    this.release(client)
    server.stats.bytesSent += answer.length
    client.bytesSent += answer.length
    if (answer.length > 0) server.replyGate.send(client, answer)
    client.sink.resume()
  }

  /** Lets those go on who wait until what they wrote is safe, as far as it is, or will never be told to be. */
  serveSynced(): void {
    const { isOn, synced } = this.server.aof
    for (const client of this.awaitingSync) {
      if (!isOn || client.wait!.syncedOffset! <= synced) this.unblock(client, 'timeout')
    }
  }

  /** Ends a wait early, with the command's own timeout reply or with an error. */
  unblock(client: Client, how: 'timeout' | 'error'): void {
    const { wait } = client
    if (wait === undefined) return
    this.release(client)
    if (how === 'error') wait.onCancel()
    this.engine.replyTo(client, (reply) => (how === 'timeout' ? wait.onTimeout(reply) : reply.error(Err.unblocked)))
    // A command that waits is counted when it ends, in whatever way; by an error, as one that failed.
    const command = client.lastCommand!
    command.calls++
    if (how === 'error') {
      command.failed++
      this.server.stats.countError('UNBLOCKED')
    }
    client.sink.resume()
  }

  /** Forgets that the client waits. */
  release(client: Client): void {
    if (client.wait?.keys) this.server.blocked.remove(client, client.wait.keys.places)
    if (client.wait?.syncedOffset !== undefined) this.awaitingSync.delete(client)
    client.held = false
    client.wait = undefined
    clearTimeout(client.waitTimer)
    client.waitTimer = undefined
  }
}
