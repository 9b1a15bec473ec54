/*
 * A point of a stream as one types it: an ID, a time, or how long ago.
 */
import { idsOfMillisecond, type StreamId, toStreamId } from '../../../../shared/text/stream-id.ts'
import { parseDuration } from '../durations.ts'

/** What one can type, for hints. */
export const POINT_HINT = 'An ID, a time (2026-11-29 14:05, 14:05) or how long ago (2h).'

export type Point =
  | {
      readonly ok: true
      /** The point as the beginning of a range, and as its end: a time without milliseconds is a whole second. */
      readonly first: StreamId
      readonly last: StreamId
      /** It was typed as a time, not as an ID. */
      readonly isTime: boolean
    }
  | { readonly ok: false; readonly why: string }

/** `text` must not be empty. Times are local, as they are shown. */
export function parsePoint(text: string, now: number): Point {
  const trimmed = text.trim()
  const id = toStreamId(trimmed)
  if (id !== undefined) return { ok: true, first: id, last: id, isTime: false }
  const whole = idsOfMillisecond(trimmed)
  if (whole !== undefined) return { ok: true, ...whole, isTime: false }
  const span = parseTime(trimmed, now)
  const first = span && idsOfMillisecond(String(span.from))?.first
  const last = span && idsOfMillisecond(String(span.to))?.last
  if (first === undefined || last === undefined) return { ok: false, why: `Not understood. ${POINT_HINT}` }
  return { ok: true, first, last, isTime: true }
}

interface Span {
  readonly from: number
  /** The last millisecond of it. */
  readonly to: number
}

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](.+))?$/
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/

function parseTime(text: string, now: number): Span | undefined {
  if (text.toLowerCase() === 'now') return { from: now, to: now }
  const ago = parseDuration(text.replace(/^-\s*/, '').replace(/\s*ago$/i, ''))
  if (ago !== null) return { from: now - ago, to: now - ago }
  const date = DATE.exec(text)
  const today = new Date(now)
  const [year, month, day] = date
    ? [Number(date[1]), Number(date[2]) - 1, Number(date[3])]
    : [today.getFullYear(), today.getMonth(), today.getDate()]
  const clock = date ? date[4] : text
  if (clock === undefined) return spanOf(new Date(year, month, day), new Date(year, month, day + 1), { month, day })
  const time = TIME.exec(clock)
  if (!time) return undefined
  const [hours, minutes, seconds = 0] = [time[1], time[2], time[3]].map((part) =>
    part === undefined ? undefined : Number(part),
  )
  const milliseconds = time[4] === undefined ? undefined : Number(time[4].padEnd(3, '0'))
  if (hours! > 23 || minutes! > 59 || seconds > 59) return undefined
  const from = new Date(year, month, day, hours, minutes, seconds, milliseconds ?? 0)
  const length = milliseconds !== undefined ? 1 : time[3] !== undefined ? 1_000 : 60_000
  return spanOf(from, new Date(from.getTime() + length), { month, day })
}

/** Undefined for a day that no calendar has, which Date would move to another. */
function spanOf(from: Date, end: Date, wanted: { readonly month: number; readonly day: number }): Span | undefined {
  const time = from.getTime()
  if (Number.isNaN(time) || time < 0) return undefined
  if (from.getMonth() !== wanted.month || from.getDate() !== wanted.day) return undefined
  return { from: time, to: end.getTime() - 1 }
}
