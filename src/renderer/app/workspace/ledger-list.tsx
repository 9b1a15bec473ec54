import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, toFailure } from '../../api/backend.ts'
import { formatExact } from '../../lib/format-count.ts'
import { formatAbsolute, formatRelative } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'
import { FailureNote } from '../../ui/error-note.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import css from '../status.module.css'

const WINDOW = 200

interface LedgerListProps {
  readonly sessionId: string
  /** Only to ask again when more were sent. */
  readonly commandsSent: number
}

/** Every command the app sent in this session, newest first. */
export function LedgerList({ sessionId, commandsSent }: LedgerListProps) {
  const [offset, setOffset] = useState(0)
  const [active, setActive] = useState(-1)
  const now = useNow()
  const { data, error } = useQuery({
    queryKey: ['ledger', sessionId, offset, commandsSent],
    queryFn: () => ask('ledger.list', { sessionId, offset, count: WINDOW }),
    placeholderData: keepPreviousData,
  })
  if (error) return <FailureNote failure={toFailure(error)} />
  return (
    <div className={css.ledger}>
      <VirtualList
        label="Commands sent"
        count={data?.total ?? 0}
        active={active}
        onActiveChange={setActive}
        onRangeChange={(first) => setOffset(Math.floor(first / (WINDOW / 2)) * (WINDOW / 2))}
        row={(index) => {
          const entry = data?.rows[index - data.offset]
          if (!entry) return null
          return (
            <>
              <span className={css.aside} title={`${formatAbsolute(entry.at)}, for the ${entry.source}`}>
                {formatRelative(entry.at, now)}
              </span>
              <span className={css.command} title={entry.command}>
                {entry.command}
              </span>
              {entry.count > 1 && <span className={css.times}>× {formatExact(entry.count)}</span>}
            </>
          )
        }}
      />
    </div>
  )
}
