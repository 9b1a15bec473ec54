const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS: readonly (readonly [size: number, name: string])[] = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
]

/** 2d 4h, 4m 10s, 12s: the two largest units that count. Cut, never rounded up: a TTL must not look longer than it is. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.trunc(ms))}ms`
  const at = UNITS.findIndex(([size]) => ms >= size)
  const [size, name] = UNITS[at] ?? [SECOND, 's']
  const whole = Math.floor(ms / size)
  const next = UNITS[at + 1]
  if (!next) return `${whole}${name}`
  const rest = Math.floor((ms % size) / next[0])
  return rest === 0 ? `${whole}${name}` : `${whole}${name} ${rest}${next[1]}`
}

/** 0.42 ms, 10.2 ms, 1.2 s: how long something took. */
export function formatLatency(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 10_000 ? 0 : 1)} s`
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`
}
