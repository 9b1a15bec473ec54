import { formatExact, threeDigits } from './format-count.ts'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** 18.2 KiB. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return unit === 0 ? `${formatExact(bytes)} B` : `${threeDigits(value)} ${UNITS[unit]}`
}

/** "18,677 bytes", for the hover. */
export const formatBytesExact = (bytes: number): string => `${formatExact(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`
