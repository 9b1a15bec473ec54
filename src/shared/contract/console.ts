/*
 * The console: lines in, replies out, exactly as the server gave them.
 */
import * as v from 'valibot'
import type { RespValue } from '../resp/value.ts'
import { call, returns } from './call.ts'
import { dbIndex, id, text } from './types.ts'

/** What one line of input led to. */
export interface ConsoleReply {
  /** The line as it was understood, trimmed. */
  readonly line: string
  readonly reply: RespValue
  readonly elapsedMs: number
  /** The database the console is in after this line (SELECT moves it). */
  readonly db: number
  /** True between MULTI and EXEC or DISCARD. */
  readonly inTransaction: boolean
}

export interface CommandDoc {
  /** Upper case; a subcommand with its container: `CONFIG GET`. */
  readonly name: string
  readonly summary: string
  readonly group: string
  readonly since?: string
  readonly complexity?: string
  /** Arguments as redis-cli's hint writes them: `key [NX | XX] [GET]`. */
  readonly usage: string
}

export interface CommandDocs {
  /** 'server': as this server documents itself; 'built-in': the table that came with the app. */
  readonly source: 'server' | 'built-in'
  /** Why it is not the server's own. */
  readonly why?: string
  readonly commands: readonly CommandDoc[]
}

const LINE_SIZE_MAX = 4 << 20

export const consoleCalls = {
  /** One reply per line; a line that cannot be parsed stops the run with BAD_REQUEST before anything is sent. */
  'console.run': call(
    v.strictObject({ sessionId: id, db: dbIndex, line: text(LINE_SIZE_MAX) }),
    returns<readonly ConsoleReply[]>(),
  ),
  'console.docs': call(v.strictObject({ sessionId: id }), returns<CommandDocs>()),
  /** Newest last. */
  'console.history.get': call(
    v.strictObject({
      sessionId: id,
      count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5_000)), 1_000),
    }),
    returns<readonly string[]>(),
  ),
  /** Lines that carry a password (AUTH, HELLO, ACL SETUSER ...) are not kept. */
  'console.history.add': call(
    v.strictObject({ sessionId: id, line: text(LINE_SIZE_MAX) }),
    returns<{ readonly kept: boolean }>(),
  ),
} as const
