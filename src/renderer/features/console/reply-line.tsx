import { type CliSegment, omission } from '../../../shared/resp/format-cli.ts'
import css from './transcript.module.css'

/** A line as redis-cli prints it, its parts coloured by what they are. */
export function ReplyLine({
  segments,
  onWhole,
}: {
  readonly segments: readonly CliSegment[]
  readonly onWhole?: () => void
}) {
  return segments.map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line do not move.
    <span key={i} className={css[part.kind]}>
      {part.text}
      {part.omitted !== undefined && (
        <button type="button" className={css.omitted} onClick={onWhole} disabled={!onWhole}>
          {omission(part.omitted)}
        </button>
      )}
    </span>
  ))
}
