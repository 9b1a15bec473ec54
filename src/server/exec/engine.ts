/*
 * Engine: executes the commands of clients, one at a time, and writes their
 * replies. It never sees a socket: a connection gives it arguments, and takes
 * what `reply` holds afterwards. Whatever happens at another time (a wait that
 * ends, a client that is killed by another) goes through the client's sink.
 *
 * The contract with a connection, for each piece of input:
 *   engine.begin(client)            the replies that follow are this client's
 *   engine.execute(client, ...)     for each request, until the client is held or closing
 *   engine.finish(client)           hands the replies to the client's sink
 */
import type { Origin, Service, Sink } from '../base/session.ts'
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { NIL } from '../memory/layout.ts'
import { resetAuthentication } from './authentication.ts'
import type { BlockRequest, Turn } from './blocking.ts'
import type { Call } from './call.ts'
import { Client, REPLY_OFF, REPLY_ON, REPLY_SKIP, REPLY_SKIP_NEXT, type Wait } from './client.ts'
import { clientText } from './client-text.ts'
import { judge, POSTPONE, protectedText, QUEUE, RUN, unknownText, wrongArityText } from './dispatch.ts'
import type { EffectArgument } from './effects.ts'
import { Err } from './errors.ts'
import { PROTECTED } from './flags.ts'
import { IN_MULTI, LOADING, PAUSED_ALL, PAUSED_WRITES } from './gates.ts'
import { Reply } from './reply.ts'
import type { Executor, ServerContext } from './server-context.ts'
import type { Command } from './table.ts'

const MINUS = 45
/** The longest delay that a timer keeps; longer ones would fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1
/** Unfinished requests of a client that has not authenticated. */
const STRANGER_QUERY_MAX_BYTES = 1024 * 1024
/** Replies are handed on in pieces of about this size, so that a pipeline of big ones is not gathered whole. */
const FLUSH_BYTES = 256 * 1024
/** Answered by whoever sends HTTP to this port: a browser that was made to, most likely. */
const ATTACK =
  'Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. ' +
  'This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance.'

/** The single Call of an engine, re-aimed for every command. */
class ActiveCall implements Call {
  client!: Client
  db!: Database
  argv: readonly Slice[] = []
  argc = 0
  command!: Command
  readonly reply: Reply
  readonly server: ServerContext
  private readonly engine: Engine

  constructor(engine: Engine) {
    this.reply = engine.reply
    this.server = engine.server
    this.engine = engine
  }

  block(request: BlockRequest): boolean {
    return this.engine.blockOnKeys(this, request)
  }

  changed(type: string, event: string, key: Slice, changes = 1): void {
    const { server, db } = this
    server.dirty += changes
    server.watches.touch(db, key)
    server.notify?.(type, event, key, db)
  }

  changedSilently(key: Slice): void {
    this.server.dirty++
    this.server.watches.touch(this.db, key)
  }

  get isRepeated(): boolean {
    return this.server.effects.isKept
  }

  repeatAs(name: string, args: readonly EffectArgument[]): void {
    const { effects } = this.server
    effects.isChosen = true
    effects.repeat(this.db.index, name, args)
  }

  repeatOnlyAs(): void {
    this.server.effects.isChosen = true
  }

  repeat(): void {
    const { effects } = this.server
    effects.isChosen = true
    effects.command(this.db.index, this.argv, this.argc)
  }
}

export class Engine implements Executor, Service<Client> {
  readonly server: ServerContext
  /** Replies of the client between `begin` and `finish`. */
  readonly reply = new Reply()
  private readonly aside = new Reply()
  private readonly call: ActiveCall
  private pauseTimer: NodeJS.Timeout | undefined
  /** Inside EXEC nothing waits: what would block answers as if its time were over. */
  isInTransaction = false
  private running: Client | undefined
  /** The waiting client whose command runs again, and whether that command found nothing for it. */
  private served: Client | undefined
  private isStillWaiting = false
  /** Those who wait for the append-only file: with `appendfsync always` it tells of progress at every turn. */
  private readonly awaitingSync = new Set<Client>()
  /** When the clock was read last, after a command: the next of the same batch begins there. */
  private lastEnd = 0
  /** The brief command that has run since then, once or several times in a row: that time is its own. */
  private untimed: Command | undefined
  /** The server's count of changes up to which they have been kept. */
  private keptChanges = 0

  constructor(server: ServerContext) {
    this.server = server
    this.call = new ActiveCall(this)
    server.executor = this
    server.keyspace.turns = server.blocked
    server.keyspace.onExpired = (db, key) => {
      server.watches.touch(db, key)
      server.effects.deleted(db.index, key)
      server.notify?.('x', 'expired', key, db)
    }
  }

  refusalFor(origin: Origin): Uint8Array | undefined {
    const { config, stats, clients } = this.server
    let refusal: Uint8Array | undefined
    if (clients.count >= config.get('maxclients')) refusal = Err.maxClients
    else if (config.get('protected-mode') && config.get('requirepass') === '' && !origin.isLocal) refusal = Err.denied
    if (refusal) stats.connectionsRejected++
    return refusal
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
    this.release(client)
    client.postponed = undefined
    this.server.watches.unwatchAll(client)
    this.server.clients.remove(client)
  }

  received(client: Client, bytes: number): void {
    client.bytesReceived += bytes
    this.server.stats.bytesReceived += bytes
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
    if (this.server.blocked.hasTurns) this.serveWaiting()
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
    if (verdict === POSTPONE) return this.postpone(client, argv, argc)
    this.refuse(client, command, verdict)
  }

  /** Runs a command that nothing forbids. */
  private run(client: Client, command: Command, argv: readonly Slice[], argc: number): void {
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
      if (client.wait !== undefined && (client !== this.served || this.isStillWaiting)) return
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

  // Waiting.

  block(client: Client, timeoutMs: number, wait: Wait): boolean {
    if (this.isInTransaction) return false
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

  blockOnKeys(call: Call, request: BlockRequest): boolean {
    if (this.isInTransaction) return false
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

  serveWaiting(): void {
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
    const { reply, server } = this
    const { command, argv } = client.wait!.keys!
    const { protocol } = reply
    const mark = reply.at
    // Replies to the client of the running command lie before the mark, and stay there.
    reply.protocol = client.protocol
    server.keyspace.noTouch = client.noTouch
    this.served = client
    this.isStillWaiting = false
    this.run(client, command, argv, argv.length)
    this.served = undefined
    const answer = isSilent(client) ? reply.buf.subarray(0, 0) : reply.buf.slice(mark, reply.at)
    reply.at = mark
    reply.protocol = protocol
    if (this.running !== undefined) server.keyspace.noTouch = this.running.noTouch
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

  /** Runs a command of a file again, for nobody. Why it could not be, if so. Transactions are run when they end. */
  replay(client: Client, argv: readonly Slice[], argc: number): string | undefined {
    const { server } = this
    let command = server.commands.find(argv[0])
    if (command?.subcommands !== undefined && argc > 1) command = command.subcommands.find(argv[1])
    if (command === undefined) return unknownText(undefined, argv, argc)
    if (!command.accepts(argc) || command.run === undefined) return wrongArityText(command)
    if (client.transaction !== undefined && command.name !== 'exec' && command.name !== 'discard') {
      client.transaction.queue.push({ command, argv: copyOf(argv, argc) })
      return undefined
    }
    if (client.transaction !== undefined && command.name === 'exec') return this.replayTransaction(client)
    return this.replayOne(client, command, argv, argc)
  }

  private replayOne(client: Client, command: Command, argv: readonly Slice[], argc: number): string | undefined {
    const { call, reply } = this
    call.client = client
    call.db = client.db
    call.argv = argv
    call.argc = argc
    call.command = command
    this.isInTransaction = true
    command.run!(call)
    this.isInTransaction = false
    const error =
      reply.buf[0] === MINUS && reply.at > 0
        ? Buffer.from(reply.buf.subarray(1, reply.at)).toString('latin1').trimEnd()
        : undefined
    reply.clear()
    return error
  }

  /** As EXEC, whose commands would be counted as those of a client are. The first error, if any. */
  private replayTransaction(client: Client): string | undefined {
    const { queue } = client.transaction!
    this.discard(client)
    let error: string | undefined
    for (const { command, argv } of queue) {
      const answer = this.replayOne(client, command, argv, argv.length)
      error ??= answer
    }
    return error
  }

  unblock(client: Client, how: 'timeout' | 'error'): void {
    const { wait } = client
    if (wait === undefined) return
    this.release(client)
    if (how === 'error') wait.onCancel()
    this.replyTo(client, (reply) => (how === 'timeout' ? wait.onTimeout(reply) : reply.error(Err.unblocked)))
    // A command that waits is counted when it ends, in whatever way; by an error, as one that was refused.
    const command = client.lastCommand!
    command.calls++
    if (how === 'error') {
      command.rejected++
      this.server.stats.countError('UNBLOCKED')
    }
    client.sink.resume()
  }

  private release(client: Client): void {
    if (client.wait?.keys) this.server.blocked.remove(client, client.wait.keys.places)
    if (client.wait?.syncedOffset !== undefined) this.awaitingSync.delete(client)
    client.held = false
    client.wait = undefined
    clearTimeout(client.waitTimer)
    client.waitTimer = undefined
  }

  private postpone(client: Client, argv: readonly Slice[], argc: number): void {
    client.held = true
    client.postponed = copyOf(argv, argc)
  }

  pause(until: number, condition: typeof PAUSED_ALL | typeof PAUSED_WRITES): void {
    const { server } = this
    server.pause.begin(until, condition)
    this.takePause()
    clearTimeout(this.pauseTimer)
    const remaining = Math.min(server.pause.until - server.clock.now(), TIMER_MAX_MS)
    this.pauseTimer = setTimeout(() => this.endPause(), remaining)
    this.pauseTimer.unref()
  }

  endPause(): void {
    const { server } = this
    clearTimeout(this.pauseTimer)
    server.pause.end()
    this.takePause()
    this.resumePostponed()
  }

  holdWriters(): () => void {
    const { pause } = this.server
    pause.holders++
    this.takePause()
    return () => {
      pause.holders--
      this.takePause()
      this.resumePostponed()
    }
  }

  private takePause(): void {
    const { server } = this
    server.conditions = (server.conditions & ~(PAUSED_ALL | PAUSED_WRITES)) | server.pause.condition
  }

  /** Those whose command may still not run postpone it again. */
  private resumePostponed(): void {
    for (const client of this.server.clients) {
      if (client.postponed === undefined) continue
      client.held = false
      client.sink.resume()
    }
  }

  // Clients seen from outside.

  isQueryTooBig(client: Client, heldBytes: number): boolean {
    const limit = client.isTrusted ? this.server.config.get('client-query-buffer-limit') : STRANGER_QUERY_MAX_BYTES
    if (heldBytes <= limit) return false
    this.server.stats.queryBufferDisconnections++
    this.server.log.warning(`Closing client that reached max query buffer length: ${this.describe(client)}`)
    return true
  }

  isOutputTooBig(client: Client, pendingBytes: number): boolean {
    const limit = this.server.config.get('client-output-buffer-limit')[client.class]
    const isOverSoft = limit.soft > 0 && pendingBytes > limit.soft
    if (!isOverSoft) client.overSoftSince = 0
    else if (client.overSoftSince === 0) client.overSoftSince = this.server.clock.monotonic()
    const softMs = isOverSoft ? this.server.clock.monotonic() - client.overSoftSince : 0
    const isOver = (limit.hard > 0 && pendingBytes > limit.hard) || (isOverSoft && softMs > limit.softSeconds * 1000)
    if (!isOver) return false
    this.server.stats.outputBufferDisconnections++
    const text = this.describe(client)
    this.server.log.warning(`Client ${text} scheduled to be closed ASAP for overcoming of output buffer limits.`)
    return true
  }

  private describe(client: Client): string {
    return clientText(client, this.server.clock.now())
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

/** Whether nothing is answered just now (CLIENT REPLY OFF or SKIP). */
function isSilent(client: Client): boolean {
  return client.replyMode === REPLY_OFF || client.replyMode === REPLY_SKIP
}

function copyOf(argv: readonly Slice[], argc: number): Slice[] {
  const copy: Slice[] = []
  for (let i = 0; i < argc; i++) copy.push(argv[i].copy())
  return copy
}
