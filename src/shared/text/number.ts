/*
 * Numbers for people: exact where they stand in a table, short in a headline.
 * The same words in every language setting, as the rest of the app.
 */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,204,311`; a bigint keeps every digit. */
export function exactCount(count: number | bigint): string {
  return grouped.format(count)
}

/** `512 B`, `18.2 KiB`, `1.5 GiB`. */
export function humaneBytes(size: number): string {
  if (!Number.isFinite(size) || Math.abs(size) < 1_024) return `${exactCount(size)} B`
  let scaled = Math.abs(size) / 1_024
  let unit = 0
  // Compared as it will be written, so that one byte less than a MiB is 1 MiB and not 1024 KiB.
  while (unit < BYTE_UNITS.length - 1 && Number(threeDigits(scaled)) >= 1_024) {
    scaled /= 1_024
    unit++
  }
  return `${size < 0 ? '-' : ''}${threeDigits(scaled)} ${BYTE_UNITS[unit]}`
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

const BYTE_UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** One decimal below 100, none above; no trailing `.0`. */
function threeDigits(size: number): string {
  return size < 99.95 ? String(Number(size.toFixed(1))) : String(Math.round(size))
}
