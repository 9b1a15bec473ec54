/*
 * Numbers for people: exact where they stand in a table, short in a headline.
 * The same words in every language setting, as the rest of the app.
 */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,204,311`; a bigint keeps every digit. */
export function exactCount(count: number | bigint): string {
  return grouped.format(count)
}

/** `999`, `12.3 k`, `1.2 M`: three digits at most, and never `1000 k`. */
export function humaneCount(count: number): string {
  if (!Number.isFinite(count) || Math.abs(count) < 1_000) return exactCount(count)
  return scaled(count, 1_000, COUNT_UNITS)
}

/** `512 B`, `18.2 KiB`, `1.5 GiB`. */
export function humaneBytes(size: number): string {
  if (!Number.isFinite(size) || Math.abs(size) < 1_024) return `${exactCount(size)} B`
  return scaled(size, 1_024, BYTE_UNITS)
}

/** For the title of a humane size: `19,012 bytes`. */
export function exactBytes(size: number): string {
  return size === 1 ? '1 byte' : `${exactCount(size)} bytes`
}

/** How long something took: `< 0.01 ms`, `0.31 ms`, `12.4 ms`, `1.52 s`, `2 min 5 s`. */
export function humaneElapsed(ms: number): string {
  if (ms < 0.01) return '< 0.01 ms'
  if (ms < 10) return `${ms.toFixed(2)} ms`
  if (ms < 1_000) return `${ms.toFixed(1)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(2)} s`
  const seconds = Math.round(ms / 1_000)
  return seconds % 60 === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** Time left, in its two largest units: `2d 4h`, `4m 10s`, `350ms`. Rounded down: it is never said to live longer. */
export function humaneDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.floor(ms))}ms`
  let rest = Math.floor(ms / 1_000)
  const parts: string[] = []
  for (const [unit, size] of DURATION_UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${unit === 'y' ? exactCount(count) : count}${unit}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ')
}

const COUNT_UNITS = ['k', 'M', 'G', 'T', 'P', 'E']
const BYTE_UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
const DURATION_UNITS = [
  ['y', 365 * 86_400],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const

function scaled(value: number, step: number, units: readonly string[]): string {
  let size = Math.abs(value) / step
  let unit = 0
  // Compared as it will be written, so that 999,960 is 1 M and not 1000 k.
  while (unit < units.length - 1 && Number(threeDigits(size)) >= (step === 1_000 ? 1_000 : 1_024)) {
    size /= step
    unit++
  }
  return `${value < 0 ? '-' : ''}${threeDigits(size)} ${units[unit]}`
}

/** One decimal below 100, none above; no trailing `.0`. */
function threeDigits(size: number): string {
  return size < 99.95 ? String(Number(size.toFixed(1))) : String(Math.round(size))
}
