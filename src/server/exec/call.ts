/*
 * Call: one command being executed. The engine owns a single one and re-aims it,
 * so nothing of it may be kept after `run` returns.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import type { BlockRequest } from './blocking.ts'
import type { Client } from './client.ts'
import type { EffectArgument } from './effects.ts'
import type { Reply } from './reply.ts'
import type { ServerContext } from './server-context.ts'
import type { Command } from './table.ts'

export interface Call {
  readonly client: Client
  /** The client's selected database. */
  readonly db: Database
  /** The request. Entries at and beyond `argc` are leftovers of other requests. */
  readonly argv: readonly Slice[]
  readonly argc: number
  readonly reply: Reply
  /** The table's record of the command (the subcommand's, where there is one). */
  readonly command: Command
  /** The rest of the server: options, keyspace, clients, clock, statistics. */
  readonly server: ServerContext
  /**
   * The effects of a write, in one call: counts `changes` as dirty, marks watchers of `key`,
   * and announces the keyspace event `event` of class `type` (a letter of notify-keyspace-events).
   */
  changed(type: string, event: string, key: Slice, changes?: number): void
  /** The effects of a write that no event tells of: it counts as dirty and marks watchers. */
  changedSilently(key: Slice): void
  /** Whether anybody keeps what commands did (exec/effects.ts): the rest about repeating may be left out if not. */
  readonly isRepeated: boolean
  /**
   * Says what does again what this command did, in place of its own text: where that would do something else at
   * another time, by another chance, or depending on who waits. More than one call makes more than one command.
   */
  repeatAs(name: string, args: readonly EffectArgument[]): void
  /** From here on nothing is to be repeated but what `repeatAs` says. */
  repeatOnlyAs(): void
  /** This command is to be repeated as it was sent, even if nothing seems to have changed. */
  repeat(): void
  /**
   * Keeps the client waiting until one of the keys has what the command wants: then the command runs
   * again. False where a client may not wait (inside EXEC): answer at once as if its time were over.
   */
  block(request: BlockRequest): boolean
}
