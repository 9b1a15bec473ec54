/*
 * Replayer: runs the commands of an append-only file again, for nobody: nothing is
 * asked before, counted after, or answered but an error, to whoever reads the file.
 * Commands of clients are run by Engine.
 */
import type { Slice } from '../base/slice.ts'
import { ActiveCall } from './active-call.ts'
import { type Client, copyOf } from './client.ts'
import { unknownText, wrongArityText } from './dispatch.ts'
import type { Engine } from './engine.ts'
import type { Command } from './table.ts'

const MINUS = 45

export class Replayer {
  private readonly engine: Engine
  private readonly call: ActiveCall

  constructor(engine: Engine) {
    this.engine = engine
    // What would block answers as if its time were over.
    this.call = new ActiveCall(engine.server, engine.reply, { blockOnKeys: () => false })
  }

  /** Runs a command again. Why it could not be, if so. A transaction is run when it ends. */
  replay(client: Client, argv: readonly Slice[], argc: number): string | undefined {
    const { server } = this.engine
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
    const { call, engine } = this
    const { reply } = engine
    call.client = client
    call.db = client.db
    call.argv = argv
    call.argc = argc
    call.command = command
    engine.isInTransaction = true
    command.run!(call)
    engine.isInTransaction = false
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
    this.engine.discard(client)
    let error: string | undefined
    for (const { command, argv } of queue) {
      const answer = this.replayOne(client, command, argv, argv.length)
      error ??= answer
    }
    return error
  }
}
