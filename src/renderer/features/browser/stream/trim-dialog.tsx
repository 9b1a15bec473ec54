import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { compareIds, idBefore, type StreamId } from '../../../../shared/text/stream-id.ts'
import { toFailure } from '../../../api/backend.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmDialog, Sends } from '../../../ui/dialog.tsx'
import { FailureNote } from '../../../ui/error-note.tsx'
import { Spinner } from '../../../ui/spinner.tsx'
import { toast } from '../../../ui/toast.tsx'
import { showCommand } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import type { Place } from '../view-state.ts'
import { countQuery, infoQuery } from './queries.ts'
import own from './stream.module.css'
import type { OfStream } from './stream-dialogs.tsx'
import { type Trimming, TrimmingFields, trimArguments, useTrimming } from './trimming.tsx'

/** Deletes the oldest entries. How many go is said first. */
export function TrimDialog({ place, name, length, onClose }: OfStream) {
  const { typed, read, onTyped } = useTrimming({ by: 'maxlen', keep: '', approximate: false })
  const trim = useKeyCall('streams.trim', place, name)
  const wanted = read.ok ? read.trim : undefined
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Trim the stream"
      action="Trim"
      danger
      busy={trim.isPending}
      disabled={wanted === undefined}
      onConfirm={() =>
        wanted &&
        trim.mutate(
          { ...place, key: name, trim: wanted },
          {
            onSuccess: ({ removed }) => {
              toast({ kind: 'ok', title: `Trimmed ${plural(removed, 'entry', 'entries')}` })
              onClose()
            },
          },
        )
      }
    >
      <TrimmingFields typed={typed} onTyped={onTyped} error={read.ok ? undefined : read.why} autoFocus />
      {wanted?.by === 'maxlen' && <Plan goes={Math.max(0, length - wanted.keep)} of={length} trim={wanted} />}
      {wanted?.by === 'minid' && <MinIdPlan place={place} name={name} trim={wanted} />}
      {wanted && <Sends commands={[showCommand(['XTRIM', latin1ToBytes(name), ...trimArguments(wanted)])]} />}
      {trim.error && <FailureNote failure={toFailure(trim.error)} />}
    </ConfirmDialog>
  )
}

interface PlanProps {
  readonly goes: number
  readonly of: number
  readonly trim: Trimming
}

function Plan({ goes, of, trim: { approximate } }: PlanProps) {
  if (goes === 0) return <p className={own.plan}>Nothing goes: all {formatExact(of)} stay.</p>
  return (
    <p className={own.plan} role="status">
      {approximate ? 'At most ' : ''}
      {formatExact(goes)} of {plural(of, 'entry', 'entries')} {goes === 1 ? 'goes' : 'go'}, the oldest; they cannot be
      brought back.{goes === of && !approximate ? ' The stream stays, empty.' : ''}
    </p>
  )
}

interface MinIdPlanProps {
  readonly place: Place
  readonly name: KeyName
  readonly trim: Extract<Trimming, { by: 'minid' }>
}

/** No command tells how many entries are below an ID: where the ends of the stream do not say it, they are counted. */
function MinIdPlan({ place, name, trim }: MinIdPlanProps) {
  const info = useQuery(infoQuery(place, name)).data
  if (info?.first === undefined || info.last === undefined) return null
  const max = idBefore(trim.keep)
  if (max === undefined || compareIds(info.first, max) > 0) return <Plan goes={0} of={info.length} trim={trim} />
  if (compareIds(info.last, max) <= 0) return <Plan goes={info.length} of={info.length} trim={trim} />
  return <CountedPlan place={place} name={name} trim={trim} max={max} of={info.length} />
}

const SETTLED_MS = 300

interface CountedPlanProps extends MinIdPlanProps {
  readonly max: StreamId
  readonly of: number
}

function CountedPlan({ place, name, trim, max, of }: CountedPlanProps) {
  const settled = useSettled(max)
  const [countsAll, setCountsAll] = useState<StreamId>()
  const query = useInfiniteQuery(countQuery(place, name, settled))
  const { data, error, hasNextPage, isFetching, fetchNextPage } = query
  const goesOn = countsAll === max && hasNextPage && !isFetching && !error
  useEffect(() => {
    if (goesOn) void fetchNextPage()
  }, [goesOn, fetchNextPage])
  if (error) return <FailureNote failure={toFailure(error)} />
  const counted = data?.pages.reduce((sum, page) => sum + page.counted, 0)
  if (counted === undefined || settled !== max) {
    return (
      <p className={own.plan} role="status">
        <Spinner /> Counting what goes…
      </p>
    )
  }
  if (!hasNextPage) return <Plan goes={counted} of={of} trim={trim} />
  return (
    <p className={own.plan} role="status">
      {formatExact(counted)} or more of {formatExact(of)} entries {trim.approximate ? 'may go' : 'go'}; counting them
      means reading them.
      <Button size="small" busy={countsAll === max} onClick={() => setCountsAll(max)}>
        Count them all
      </Button>
    </p>
  )
}

/** The value, once it has stayed the same for a moment. */
function useSettled<T>(value: T): T | undefined {
  const [settled, setSettled] = useState<T>()
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
