/*
 * Moments to go back to: a checkpoint, or a time typed into a field of the browser.
 */
import type { Moment } from '../../../shared/contract/checkpoints.ts'
import type { Failure } from '../../../shared/contract/failure.ts'
import { formatAbsolute } from '../../lib/format-time.ts'

/** For a sentence: “before lunch”, or "Nov 29, 2026, 2:05:30 PM". */
export const momentWords = (moment: Moment): string =>
  'checkpoint' in moment ? `“${moment.checkpoint}”` : formatAbsolute(moment.time)

/** What follows KEYSTEAD.CHECKPOINT REWIND. */
export const rewindWords = (moment: Moment): readonly string[] =>
  'checkpoint' in moment ? [moment.checkpoint] : ['TIME', String(moment.time)]

/** What follows KEYSTEAD.BRANCH CREATE and the name. */
export function originOf(moment: Moment | undefined): readonly string[] {
  if (moment === undefined) return []
  return 'checkpoint' in moment ? ['FROM', moment.checkpoint] : ['TIME', String(moment.time)]
}

/** As a field of type datetime-local has it: local time, to the second. */
export function timeText(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19)
}

/** The second that was typed, in Unix milliseconds; undefined if it is no time. */
export function timeOf(text: string): number | undefined {
  const at = new Date(text).getTime()
  return Number.isNaN(at) ? undefined : Math.floor(at / 1_000) * 1_000
}

/** The first second after the one asked for that the server can bring back, where it says so. */
export function earliestIn({ detail }: Failure): number | undefined {
  const at = /\bone can go back to (\d+)\b/.exec(detail ?? '')?.[1]
  return at === undefined ? undefined : Math.ceil(Number(at) / 1_000) * 1_000
}
