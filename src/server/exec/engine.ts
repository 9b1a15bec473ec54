/*
 * Engine: executes the commands of clients, one at a time, and writes their
 * replies. It never sees a socket: a connection gives it arguments, and takes
 * what `reply` holds afterwards. Whatever happens at another time (a wait that
 * ends, a client that is killed by another) goes through the client's sink.
 *
 * What a command sees is an ActiveCall; whether it may run, dispatch.ts judges; how
 * one waits is in waiting.ts, how a pause holds one back in pause.ts. The commands of
 * a file are run again by replayer.ts.
 *
 * The contract with a connection, for each piece of input:
 *   engine.begin(client)            the replies that follow are this client's
 *   engine.execute(client, ...)     for each request, until the client is held or closing
 *   engine.finish(client)           hands the replies to the client's sink
 */
import type { Origin, Service, Sink } from '../base/session.ts'
import type { Slice } from '../base/slice.ts'
import { ActiveCall } from './active-call.ts'
import { resetAuthentication } from './authentication.ts'
import { Client, copyOf, isSilent, REPLY_ON, REPLY_SKIP, REPLY_SKIP_NEXT } from './client.ts'
import { isOutputTooBig, isQueryTooBig, refusalFor } from './client-limits.ts'
import { judge, POSTPONE, protectedText, QUEUE, RUN, unknownText, wrongArityText } from './dispatch.ts'
import { PROTECTED } from './flags.ts'
import { IN_MULTI } from './gates.ts'
import { Reply } from './reply.ts'
import type { Executor, ServerContext } from './server-context.ts'
import type { Command } from './table.ts'
import { Waiting } from './waiting.ts'

const MINUS = 45
/** Replies are handed on in pieces of about this size, so that a pipeline of big ones is not gathered whole. */
const FLUSH_BYTES = 256 * 1024
/** Answered by whoever sends HTTP to this port: a browser that was made to, most likely. */
const ATTACK =
  'Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. ' +
  'This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance.'

export class Engine implements Executor, Service<Client> {
  readonly server: ServerContext
  /** Replies of the client between `begin` and `finish`. */
  readonly reply = new Reply()
  private readonly aside = new Reply()
  private readonly call: ActiveCall
  private readonly waiting: Waiting
  /** Inside EXEC nothing waits: what would block answers as if its time were over. */
  isInTransaction = false
  /** Whose requests are executed, between `begin` and `finish`. */
  running: Client | undefined
  /** When the clock was read last, after a command: the next of the same batch begins there. */
  private lastEnd = 0
  /** The brief command that has run since then, once or several times in a row: that time is its own. */
  private untimed: Command | undefined
  /** The server's count of changes up to which they have been kept. */
  private keptChanges = 0

  constructor(server: ServerContext) {
    this.server = server
    this.waiting = new Waiting(server, this)
    this.call = new ActiveCall(server, this.reply, this.waiting)
    server.executor = this
    server.waiting = this.waiting
    server.keyspace.turns = server.blocked
    server.keyspace.onExpired = (db, key) => {
      server.watches.touch(db, key)
      server.effects.deleted(db.index, key)
      server.notify?.('x', 'expired', key, db)
    }
  }

  refusalFor(origin: Origin): Uint8Array | undefined {
    return refusalFor(this.server, origin)
  }

  openClient(sink: Sink, origin: Origin): Client {
    const { server } = this
    const client = new Client(server.clients.nextId(), sink, origin, server.keyspace.databases[0], server.clock.now())
    resetAuthentication(server, client)
    server.clients.add(client)
    server.stats.connectionsReceived++
    server.log.verbose(`Accepted ${origin.address}`)
    return client
  }

  /** Forgets a client whose connection is gone. */
  closeClient(client: Client): void {
    if (client.closed) return
    client.closed = true
    client.closing = true
    client.wait?.onCancel()
    this.waiting.release(client)
    client.postponed = undefined
    this.server.watches.unwatchAll(client)
    this.server.clients.remove(client)
  }

  received(client: Client, bytes: number): void {
    client.bytesReceived += bytes
    this.server.stats.bytesReceived += bytes
  }

  inputEnded(client: Client): void {
    client.closing = true
  }

  begin(client: Client): void {
    const { server } = this
    this.lastEnd = server.clock.monotonic()
    const now = server.clock.wallAt(this.lastEnd)
    server.keyspace.now = now
    server.keyspace.noTouch = client.noTouch
    client.lastInteraction = now
    this.running = client
    this.reply.protocol = client.protocol
    const { postponed } = client
    if (postponed !== undefined) {
      client.postponed = undefined
      this.execute(client, postponed, postponed.length)
    }
  }

  finish(client: Client): void {
    this.running = undefined
    if (this.untimed !== undefined) this.readClock()
    this.flush(client)
  }

  private flush(client: Client): void {
    const { reply } = this
    if (reply.at === 0) return
    this.server.stats.bytesSent += reply.at
    client.bytesSent += reply.at
    this.server.replyGate.flush(client, reply)
  }

  /** Executes one request. Afterwards the client may be held or closing: then nothing more is to be executed. */
  execute(client: Client, argv: readonly Slice[], argc: number): void {
    const { reply } = this
    if (client.replyMode === REPLY_ON) this.dispatch(client, argv, argc)
    else {
      const mark = reply.at
      this.dispatch(client, argv, argc)
      if (isSilent(client)) reply.at = mark
    }
    if (this.server.blocked.hasTurns) this.waiting.serveTurns()
    // SKIP_NEXT, set by this command, silences the next one; SKIP, set by the one before, is over.
    if (client.replyMode === REPLY_SKIP) client.replyMode = REPLY_ON
    else if (client.replyMode === REPLY_SKIP_NEXT) client.replyMode = REPLY_SKIP
    if (reply.at >= FLUSH_BYTES) this.flush(client)
  }

  private dispatch(client: Client, argv: readonly Slice[], argc: number): void {
    const { server } = this
    let command = server.commands.find(argv[0])
    if (command === undefined) return this.refuseUnknown(client, undefined, argv, argc)
    if (command.subcommands !== undefined && argc > 1) {
      const container: Command = command
      command = container.subcommands!.find(argv[1])
      if (command === undefined) return this.refuseUnknown(client, container, argv, argc)
    }
    if (!command.accepts(argc)) return this.refuse(client, command, wrongArityText(command))
    if (command.flags & PROTECTED) {
      const text = protectedText(server, client)
      if (text !== undefined) return this.refuse(client, command, text)
    }
    const conditions = server.conditions | client.conditions
    if ((command.gates & conditions) === 0) return this.run(client, command, argv, argc)
    const verdict = judge(server, client, command, conditions)
    if (verdict === RUN) return this.run(client, command, argv, argc)
    if (verdict === QUEUE) return this.queue(client, command, argv, argc)
    if (verdict === POSTPONE) return server.pause.postpone(client, argv, argc)
    this.refuse(client, command, verdict)
  }

  /** Runs a command that nothing forbids. */
  run(client: Client, command: Command, argv: readonly Slice[], argc: number): void {
    const { call, reply, server } = this
    if (this.untimed !== command && this.untimed !== undefined) this.readClock()
    const start = this.lastEnd
    call.client = client
    call.db = client.db
    call.argv = argv
    call.argc = argc
    call.command = command
    client.lastCommand = command
    const mark = reply.at
    if (server.effects.sink === undefined) command.run!(call)
    else this.runKept(command, argv, argc)
    if (command.isBrief) this.untimed = command
    else {
      this.readClock()
      // A command that waits is counted when it ends.
      if (this.waiting.hasLeft(client)) return
      command.microseconds += (this.lastEnd - start) * 1000
    }
    command.calls++
    client.commandCount++
    server.stats.commandsProcessed++
    if (reply.at > mark && reply.buf[mark] === MINUS) {
      command.failed++
      this.countError(mark)
    }
  }

  /** Reading it takes as long as a tenth of a brief command, so it is read when another one comes, or at the end. */
  private readClock(): void {
    const now = this.server.clock.monotonic()
    if (this.untimed !== undefined) this.untimed.microseconds += (now - this.lastEnd) * 1000
    this.untimed = undefined
    this.lastEnd = now
  }

  /** Runs a command whose effects somebody keeps. */
  private runKept(command: Command, argv: readonly Slice[], argc: number): void {
    const { call, server } = this
    const { effects } = server
    const { index } = call.db
    effects.begin()
    this.keptChanges = server.dirty
    command.run!(call)
    // EXEC has changed nothing that its commands have not been kept for.
    if (server.dirty > this.keptChanges && !effects.isChosen) effects.command(index, argv, argc)
    this.keptChanges = server.dirty
    effects.end()
  }

  private queue(client: Client, command: Command, argv: readonly Slice[], argc: number): void {
    const transaction = client.transaction!
    const copy = copyOf(argv, argc)
    // A transaction that is broken already will never run: its commands need not be kept.
    if (!transaction.broken) {
      transaction.queue.push({ command, argv: copy })
      transaction.gates |= command.gates
      for (const arg of copy) transaction.bytes += arg.size
    }
    client.lastCommand = command
    this.reply.queued()
  }

  /** Sends a refusal; a transaction being queued is thereby broken. */
  private refuse(client: Client, command: Command | undefined, refusal: string | Uint8Array): void {
    const { reply } = this
    if (command) command.rejected++
    const { transaction } = client
    if (transaction) transaction.broken = true
    const mark = reply.at
    if (command?.name === 'exec') {
      // As in Redis: texts made for the request are told without their code, the others with it.
      const why =
        typeof refusal === 'string'
          ? refusal.slice(refusal.indexOf(' ') + 1)
          : Buffer.from(refusal).toString('latin1', 1).trimEnd()
      this.discard(client)
      reply.errorText(`EXECABORT Transaction discarded because of: ${why}`)
    } else if (typeof refusal === 'string') reply.errorText(refusal)
    else reply.error(refusal)
    this.countError(mark)
  }

  private refuseUnknown(client: Client, container: Command | undefined, argv: readonly Slice[], argc: number): void {
    if (!container && (argv[0].is('post') || argv[0].is('host:'))) {
      this.server.log.warning(`${ATTACK} Connection from ${client.origin.address} aborted.`)
      // Not a byte of an answer, not even to what came before it: the attacker is a web page that would read it.
      this.reply.at = 0
      client.closing = true
      return
    }
    this.refuse(client, undefined, unknownText(container, argv, argc))
  }

  /** Refuses input that is no request at all. The connection closes after it. */
  refuseProtocol(client: Client, text: string): void {
    const { reply } = this
    client.closing = true
    this.server.log.verbose(`Protocol error (${text}) from client ${client.origin.address} id=${client.id}.`)
    if (isSilent(client)) return
    const mark = reply.at
    reply.errorText(`ERR ${text}`)
    this.countError(mark)
  }

  /** Counts the error reply that begins at `mark` under its first word. */
  private countError(mark: number): void {
    const { buf, at } = this.reply
    let end = mark + 1
    while (end < at && buf[end] > 32) end++
    this.server.stats.countError(Buffer.from(buf.buffer, mark + 1, end - mark - 1).toString('latin1'))
  }

  // Transactions.

  runTransaction(client: Client): void {
    const { reply } = this
    const { queue } = client.transaction!
    this.discard(client)
    const mark = reply.at
    reply.array(queue.length)
    if (isSilent(client)) reply.at = mark
    this.isInTransaction = true
    for (const { command, argv } of queue) {
      const before = reply.at
      const wasSilent = isSilent(client)
      this.run(client, command, argv, argv.length)
      if (wasSilent && isSilent(client)) reply.at = before
    }
    this.isInTransaction = false
  }

  /** Ends a transaction without running it; what was watched no longer is. */
  discard(client: Client): void {
    client.transaction = undefined
    client.conditions &= ~IN_MULTI
    this.server.watches.unwatchAll(client)
  }

  // Clients seen from outside.

  isQueryTooBig(client: Client, heldBytes: number): boolean {
    return isQueryTooBig(this.server, client, heldBytes)
  }

  isOutputTooBig(client: Client, pendingBytes: number): boolean {
    return isOutputTooBig(this.server, client, pendingBytes)
  }

  replyTo(client: Client, write: (reply: Reply) => void): void {
    if (client === this.running) return write(this.reply)
    const { aside } = this
    aside.protocol = client.protocol
    write(aside)
    if (isSilent(client) || client.closing) aside.at = 0
    this.server.stats.bytesSent += aside.at
    client.bytesSent += aside.at
    this.server.replyGate.flush(client, aside)
  }

  disconnect(client: Client): void {
    if (client === this.running) {
      client.closing = true
      return
    }
    this.closeClient(client)
    client.sink.destroy()
  }
}
