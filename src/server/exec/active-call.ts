/*
 * ActiveCall: the Call that an engine aims anew for every command. What its methods mean
 * is said in call.ts; what the effects of a command are for, in effects.ts.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import type { BlockRequest } from './blocking.ts'
import type { Call } from './call.ts'
import type { Client } from './client.ts'
import type { EffectArgument } from './effects.ts'
import type { Reply } from './reply.ts'
import type { ServerContext } from './server-context.ts'
import type { Command } from './table.ts'
import type { Waiting } from './waiting.ts'

export class ActiveCall implements Call {
  client!: Client
  db!: Database
  argv: readonly Slice[] = []
  argc = 0
  command!: Command
  readonly reply: Reply
  readonly server: ServerContext
  private readonly waiting: Pick<Waiting, 'blockOnKeys'>

  constructor(server: ServerContext, reply: Reply, waiting: Pick<Waiting, 'blockOnKeys'>) {
    this.server = server
    this.reply = reply
    this.waiting = waiting
  }

  block(request: BlockRequest): boolean {
    return this.waiting.blockOnKeys(this, request)
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
