import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Failure } from '../../../../shared/contract/failure.ts'
import type { KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { ask, toFailure } from '../../../api/backend.ts'
import { refreshKey } from '../queries.ts'
import type { Place } from '../view-state.ts'
import type { PendingFilter } from './queries.ts'

/** Entries that are read and then acknowledged or claimed in one command. */
export const PENDING_STEP = 1_000

export interface EachPending {
  readonly state: 'new' | 'running' | 'stopped' | 'failed' | 'done'
  /** Entries that were read, and those of them with which it was done. */
  readonly read: number
  readonly done: number
  readonly failure: Failure | undefined
  /** Begins, or goes on from where it was stopped or failed. */
  readonly run: (step: (ids: StreamId[]) => Promise<number>) => void
  readonly stop: () => void
}

interface OfGroup {
  readonly place: Place
  readonly name: KeyName
  readonly group: Latin1
  readonly filter: PendingFilter
}

/** Something that is done with every pending entry that matches, in order, until it is stopped. */
export function useEachPending({ place, name, group, filter }: OfGroup): EachPending {
  const client = useQueryClient()
  const [now, setNow] = useState<Pick<EachPending, 'state' | 'read' | 'done' | 'failure'>>({
    state: 'new',
    read: 0,
    done: 0,
    failure: undefined,
  })
  const goesOn = useRef(false)
  const from = useRef(filter.from)
  // A dialog that is gone does nothing more.
  useEffect(
    () => () => {
      goesOn.current = false
    },
    [],
  )

  const walk = async (step: (ids: StreamId[]) => Promise<number>): Promise<'stopped' | 'done'> => {
    const { consumer, minIdleMs } = filter
    while (goesOn.current) {
      const request = { ...place, key: name, group, consumer, minIdleMs, min: from.current, count: PENDING_STEP }
      const { entries, next } = await ask('streams.pending', request)
      const done = entries.length === 0 ? 0 : await step(entries.map(({ id }) => id))
      setNow((old) => ({ ...old, read: old.read + entries.length, done: old.done + done }))
      if (next === undefined) return 'done'
      from.current = next
    }
    return 'stopped'
  }
  return {
    ...now,
    run: (step) => {
      goesOn.current = true
      setNow((old) => ({ ...old, state: 'running', failure: undefined }))
      walk(step)
        .then((state) => setNow((old) => ({ ...old, state })))
        .catch((error: unknown) => setNow((old) => ({ ...old, state: 'failed', failure: toFailure(error) })))
        .finally(() => void refreshKey(client, place, name))
    },
    stop: () => {
      goesOn.current = false
    },
  }
}
