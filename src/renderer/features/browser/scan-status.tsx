import { Pause, Play } from 'lucide-react'
import type { BrowseProgress } from '../../../shared/contract/browse.ts'
import { formatCount, formatExact, plural } from '../../lib/format-count.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Progress } from '../../ui/progress.tsx'
import css from './browser.module.css'

export interface ScanStatusProps {
  readonly progress: BrowseProgress
  readonly isFiltered: boolean
  readonly onPause: () => void
  readonly onResume: () => void
}

/** How much of the database the list stands for, in words that are never more than true. */
export function ScanStatus({ progress, isFiltered, onPause, onResume }: ScanStatusProps) {
  const { state, scanned, total, found, keysPerSecond } = progress
  const share = total === undefined || total === 0 ? null : Math.min(1, scanned / total)
  return (
    <div className={css.scan}>
      {state === 'scanning' && (
        <div className={css.scanBar}>
          <Progress label="Scanning keys" value={share} bare />
        </div>
      )}
      <div className={css.scanLine}>
        <span className={css.scanText} role="status" title={exactly(progress)}>
          {describe(progress, isFiltered)}
        </span>
        {state === 'scanning' && keysPerSecond > 0 && (
          <span className={css.scanSpeed}>{formatCount(keysPerSecond)}/s</span>
        )}
        {state === 'scanning' && (
          <IconButton size="small" label="Pause the scan" icon={<Pause size={12} />} onClick={onPause} />
        )}
        {(state === 'paused' || state === 'failed') && (
          <IconButton
            size="small"
            label={`Go on: ${plural(found, 'key')} found so far`}
            icon={<Play size={12} />}
            onClick={onResume}
          />
        )}
      </div>
    </div>
  )
}

export function describe({ state, scanned, total, found }: BrowseProgress, isFiltered: boolean): string {
  if (state === 'complete') {
    return isFiltered
      ? `${plural(found, 'key')} of ${formatCount(scanned)} match, all scanned`
      : `${plural(found, 'key')}, all scanned`
  }
  const doing = state === 'paused' ? ', paused' : state === 'failed' ? ', stopped' : ''
  if (isFiltered) {
    const of = total === undefined ? ' keys' : ` of ~${formatCount(total)}`
    return `${formatExact(found)} found in ~${formatCount(scanned)}${of}${doing}`
  }
  const of = total === undefined ? '' : ` of ~${formatCount(total)}`
  return `${formatExact(scanned)}${of} keys scanned${doing}`
}

function exactly({ scanned, total, found, skipped }: BrowseProgress): string {
  const lines = [`${formatExact(found)} keys in the list`, `${formatExact(scanned)} keys passed by the scan`]
  if (total !== undefined) lines.push(`${formatExact(total)} keys in the database when the scan began`)
  if (skipped > 0) lines.push(`${formatExact(skipped)} keys left out: their names are longer than 1 MiB`)
  return lines.join('\n')
}
