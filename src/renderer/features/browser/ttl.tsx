import { formatDuration } from '../../lib/format-duration.ts'
import { formatAbsolute } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'

export interface TtlProps {
  /** Milliseconds to live when it was asked; -1: never expires. */
  readonly ttlMs: number
  /** When that was. */
  readonly at: number
  /** What to draw for a key that never expires. */
  readonly never?: string
}

/** A time to live that counts down. */
export function Ttl({ ttlMs, at, never = '—' }: TtlProps) {
  if (ttlMs < 0) return <span title="Never expires">{never}</span>
  return <CountDown expiresAt={at + ttlMs} />
}

function CountDown({ expiresAt }: { readonly expiresAt: number }) {
  const left = expiresAt - useNow()
  if (left <= 0) return <span>expired</span>
  return <span title={`Expires ${formatAbsolute(expiresAt)}`}>{formatDuration(Math.max(1_000, left))}</span>
}
