/*
 * The server's log, one line an event, in Redis' format:
 *
 *   1234:M 24 Nov 2026 15:20:01.123 * Ready to accept connections
 *   pid, role (M: a primary), time, then the level: . debug, - verbose, * notice, # warning
 */
import type { Clock } from './clock.ts'

export const LEVELS = ['debug', 'verbose', 'notice', 'warning', 'nothing'] as const
export type Level = (typeof LEVELS)[number]
const MARKS = '.-*#'
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export interface LogTarget {
  /** Takes whole lines. */
  write(text: string): void
}

export class Log {
  /** Lines below this level are not written. */
  level: Level = 'notice'
  /** The letter after the process id: M for a primary, C while it is not known yet. */
  role = 'M'
  private readonly target: LogTarget
  private readonly clock: Clock

  constructor(target: LogTarget, clock: Clock) {
    this.target = target
    this.clock = clock
  }

  debug(text: string): void {
    this.line('debug', text)
  }

  verbose(text: string): void {
    this.line('verbose', text)
  }

  notice(text: string): void {
    this.line('notice', text)
  }

  warning(text: string): void {
    this.line('warning', text)
  }

  private line(level: Level, text: string): void {
    const rank = LEVELS.indexOf(level)
    if (rank < LEVELS.indexOf(this.level)) return
    const head = `${process.pid}:${this.role} ${timeText(new Date(this.clock.now()))} ${MARKS[rank]}`
    for (const line of text.split('\n')) this.target.write(`${head} ${line}\n`)
  }
}

function timeText(t: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${two(t.getDate())} ${MONTHS[t.getMonth()]} ${t.getFullYear()}`
  const time = `${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`
  return `${day} ${time}.${String(t.getMilliseconds()).padStart(3, '0')}`
}
