/*
 * The ledger: every command the app itself sent to a server. Nothing leaves the
 * process unlisted.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import { id, natural, type Page, windowCount } from './types.ts'

export interface LedgerEntry {
  /** Counts up from 1 within its session. */
  readonly number: number
  readonly at: number
  /** Who sent it: the part of the app, or the user at the console. */
  readonly source: 'connection' | 'status' | 'browser' | 'editor' | 'checkpoints' | 'console'
  /** The command as one would type it; long values are shortened, secrets are `(redacted)`. */
  readonly command: string
  /** How many equal commands this entry stands for (a SCAN is thousands of calls). */
  readonly count: number
}

export const ledger = {
  /** Newest first. `total` counts entries; the oldest give way when there are too many. */
  'ledger.list': call(v.strictObject({ sessionId: id, offset: natural, count: windowCount }), returns<LedgerPage>()),
} as const

export interface LedgerPage extends Page<LedgerEntry> {
  /** Commands sent in all, those of entries that gave way included. */
  readonly commandsSent: number
}
