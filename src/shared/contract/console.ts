/*
 * The console: lines in, replies out, exactly as the server gave them.
 *
 * Replies cross as the bytes that came over the wire and are decoded where they
 * are shown (shared/resp/decode.ts): a reply of a million elements costs a frame
 * its own size and not that of a million objects.
 */
import * as v from 'valibot'
import type { CommandDocs } from '../command-docs/doc.ts'
import { call, returns } from './call.ts'
import type { Failure } from './failure.ts'
import { id, text } from './types.ts'

/** Bytes of RESP that one run may bring back. What is larger is refused in words, never cut. */
export const CONSOLE_REPLY_SIZE_MAX = 64 << 20
/** Elements of one reply. */
export const CONSOLE_REPLY_COUNT_MAX = 2_000_000
/** Commands of one run; a page with more sends them in several. */
export const CONSOLE_LINES_MAX = 500
const LINE_SIZE_MAX = 4 << 20

/** What one command led to. */
export interface ConsoleResult {
  /** Which of the lines: a line with a count before it (`3 PING`) has several results. */
  readonly index: number
  /** The line as it may be shown: where it carries a secret, without it. */
  readonly line: string
  readonly outcome: ConsoleOutcome
  readonly elapsedMs: number
  /** The console after this command. */
  readonly db: number
  readonly inTransaction: boolean
  readonly protocol: 2 | 3
}

export type ConsoleOutcome =
  /** RESP, one value; several after SUBSCRIBE to several channels, which confirms each. */
  | { readonly kind: 'reply'; readonly raw: Uint8Array }
  /** There is no reply: the connection broke, it was too large, or Keystead refused to send the command. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Not sent, because a command before it failed. */
  | { readonly kind: 'skipped' }

export interface ConsoleState {
  readonly sessionId: string
  readonly connection: 'closed' | 'connecting' | 'ready'
  /** Why it is closed, when that was not asked for. */
  readonly failure?: Failure
  readonly db: number
  /** True between MULTI and EXEC or DISCARD. */
  readonly inTransaction: boolean
  readonly protocol: 2 | 3
  /** Commands sent and not answered. */
  readonly pending: number
  /** What keeps sending: MONITOR, or that many subscriptions. */
  readonly stream?: { readonly kind: 'monitor' } | { readonly kind: 'subscribe'; readonly count: number }
}

/** Messages, and lines of MONITOR, as they came. */
export interface ConsoleStream {
  readonly sessionId: string
  /** RESP, one value after the other. */
  readonly raw: Uint8Array
  readonly count: number
  /** Those that came faster than a page can show them, and were dropped. */
  readonly dropped: number
}

/** How a command that runs was ended. */
export interface ConsoleCancelled {
  readonly how:
    | 'nothing-to-cancel'
    /** CLIENT UNBLOCK: the command answers with an error, the connection stays. */
    | 'unblocked'
    | 'unsubscribed'
    /** The console's connection was dropped; the server may still be at it. */
    | 'disconnected'
}

export const consoleCalls = {
  /**
   * Runs commands in order, one per line, as a pipeline; with `stopOnError` one
   * after the other. Connects first when there is no connection. In production a
   * dangerous command fails the whole call with CONFIRMATION_REQUIRED, before
   * anything is sent, unless `confirmed`.
   */
  'console.run': call(
    v.strictObject({
      sessionId: id,
      lines: v.pipe(v.array(text(LINE_SIZE_MAX)), v.minLength(1), v.maxLength(CONSOLE_LINES_MAX)),
      stopOnError: v.optional(v.boolean(), false),
      confirmed: v.optional(v.boolean(), false),
    }),
    returns<readonly ConsoleResult[]>(),
  ),
  /** Ends what runs: a blocked command, subscriptions, MONITOR. */
  'console.cancel': call(v.strictObject({ sessionId: id }), returns<ConsoleCancelled>()),
  /** Connects when it is closed. */
  'console.open': call(v.strictObject({ sessionId: id }), returns<ConsoleState>()),
  /** Of this server, from itself where it documents itself. */
  'console.docs': call(v.strictObject({ sessionId: id }), returns<CommandDocs>()),
  /** Newest last. */
  'console.history.get': call(
    v.strictObject({
      sessionId: id,
      count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5_000)), 1_000),
    }),
    returns<readonly string[]>(),
  ),
  /** Input that carries a password (AUTH, HELLO, ACL SETUSER ...) is not kept. */
  'console.history.add': call(
    v.strictObject({ sessionId: id, input: text(LINE_SIZE_MAX) }),
    returns<{ readonly kept: boolean }>(),
  ),
} as const

export interface ConsoleEvents {
  readonly 'console.state': ConsoleState
  readonly 'console.stream': ConsoleStream
}
