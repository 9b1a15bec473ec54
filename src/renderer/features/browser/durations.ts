const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** "2d 4h", "90s", "1500ms", "3600" (seconds): milliseconds, or null where it is no duration above zero. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim().toLowerCase()
  if (/^\d+$/.test(trimmed)) return positive(Number(trimmed) * 1_000)
  if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)\s*)+$/.test(trimmed)) return null
  let sum = 0
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/g))
    sum += Number(count) * UNITS[unit!]!
  return positive(Math.round(sum))
}

const positive = (ms: number): number | null => (ms >= 1 && Number.isSafeInteger(ms) ? ms : null)

/** A duration as one would type it, nothing left out: `2d 4h 3m 1s 5ms`. */
export function typedDuration(ms: number): string {
  let rest = ms
  const parts: string[] = []
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / UNITS[unit]!)
    rest -= count * UNITS[unit]!
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.join(' ')
}
