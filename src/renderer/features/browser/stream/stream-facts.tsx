import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import type { StreamInfo } from '../../../../shared/contract/streams.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { toFailure } from '../../../api/backend.ts'
import { formatExact } from '../../../lib/format-count.ts'
import css from '../browser.module.css'
import type { Place } from '../view-state.ts'
import { IdAndTime } from './entry-time.tsx'
import { infoQuery } from './queries.ts'
import own from './stream.module.css'

const SINCE = 'XINFO STREAM tells it since Redis 7.0; this server does not.'

/** What XINFO STREAM tells, in a line. */
export function StreamFacts({ place, name }: { readonly place: Place; readonly name: KeyName }) {
  const { data, error } = useQuery(infoQuery(place, name))
  if (data) return <Facts info={data} />
  if (!error) return null
  const { message, hint, detail } = toFailure(error)
  return (
    <p className={clsx(css.lack, own.lack)} role="alert" title={detail}>
      What the stream knows of itself is not shown: {message} {hint}
    </p>
  )
}

function Facts({ info }: { readonly info: StreamInfo }) {
  const { first, last, lastGenerated, maxDeleted, entriesAdded } = info
  return (
    <p className={own.facts}>
      {first && (
        <span>
          first <IdAndTime id={first} />
        </span>
      )}
      {last && (
        <span>
          last <IdAndTime id={last} />
        </span>
      )}
      {last !== lastGenerated && (
        <span title="The greatest ID it ever had. New entries must be above it.">
          last added <IdAndTime id={lastGenerated} />
        </span>
      )}
      <span
        title={maxDeleted === undefined ? SINCE : 'The greatest ID among the entries that were deleted one by one.'}
      >
        max deleted {maxDeleted === undefined ? 'unknown' : maxDeleted === '0-0' ? 'none' : <code>{maxDeleted}</code>}
      </span>
      <span title={entriesAdded === undefined ? SINCE : 'Ever, those deleted since included.'}>
        added {entriesAdded === undefined ? 'unknown' : <code>{formatExact(entriesAdded)}</code>}
      </span>
    </p>
  )
}
