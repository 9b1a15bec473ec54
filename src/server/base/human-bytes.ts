/*
 * Sizes as INFO and the log print them: 512B, 1.35M, 23.54G.
 */

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P'] as const

/** `bytes` in the largest unit of which there is at least one, with two decimals. */
export function bytesToHuman(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`
  let unit = 0
  let value = bytes
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${value.toFixed(2)}${UNITS[unit]}`
}
