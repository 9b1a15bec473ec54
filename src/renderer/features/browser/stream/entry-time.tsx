import { type StreamId, timeOfId } from '../../../../shared/text/stream-id.ts'
import { formatRelative } from '../../../lib/format-time.ts'
import { useNow } from '../../../lib/use-now.ts'
import css from '../browser.module.css'

/** Like formatAbsolute, to the millisecond, which is what an ID knows. */
const exact = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

export function timeText(id: StreamId): string | undefined {
  const time = timeOfId(id)
  return time === undefined ? undefined : exact.format(time)
}

/** The time that an ID encodes, relative; the absolute on hover. */
export function EntryTime({ id }: { readonly id: StreamId }) {
  const time = timeOfId(id)
  if (time === undefined) {
    return (
      <span className={css.dim} title="This ID does not look like a time: whoever added the entry chose it.">
        —
      </span>
    )
  }
  return <Ago time={time} title={timeText(id)!} />
}

function Ago({ time, title }: { readonly time: number; readonly title: string }) {
  return <span title={title}>{formatRelative(time, useNow())}</span>
}

/** An ID with its time behind it, for a line of facts. */
export function IdAndTime({ id }: { readonly id: StreamId }) {
  return (
    <>
      <code>{id}</code>
      {timeOfId(id) !== undefined && (
        <>
          {' '}
          <EntryTime id={id} />
        </>
      )}
    </>
  )
}
