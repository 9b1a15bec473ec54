import { formatDuration } from './format-duration.ts'

/** "4m 10s ago", "in 2d 4h". Anything within a second is "now". */
export function formatRelative(at: number, now: number): string {
  const distance = at - now
  if (Math.abs(distance) < 1000) return 'now'
  return distance > 0 ? `in ${formatDuration(distance)}` : `${formatDuration(-distance)} ago`
}

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** The local date and time, for the hover. */
export const formatAbsolute = (at: number): string => absolute.format(at)
