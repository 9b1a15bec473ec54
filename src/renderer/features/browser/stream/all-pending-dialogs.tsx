import { type ReactNode, useState } from 'react'
import type { Latin1 } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { ask } from '../../../api/backend.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { formatDuration } from '../../../lib/format-duration.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog, Sends } from '../../../ui/dialog.tsx'
import { FailureNote } from '../../../ui/error-note.tsx'
import { Field } from '../../../ui/field.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { type Command, parseName, showCommand, showName } from '../names.ts'
import type { PendingFilter } from './queries.ts'
import own from './stream.module.css'
import type { OfStream } from './stream-dialogs.tsx'
import { type EachPending, PENDING_STEP, useEachPending } from './use-each-pending.ts'

export interface OfAllPending extends OfStream {
  readonly group: Latin1
  readonly filter: PendingFilter
  /** How many match; undefined: only reading them tells. */
  readonly total: number | undefined
}

/** Acknowledges what is pending, all of it or all that matches, however many they are. */
export function AcknowledgeAll(props: OfAllPending) {
  const { place, name, group } = props
  const each = useEachPending(props)
  return (
    <AllPending
      {...props}
      each={each}
      verb="Acknowledge"
      done="acknowledged"
      isReady
      what="They leave the pending list as if their consumer had done them; the group delivers them to nobody again."
      command={showCommand(['XACK', latin1ToBytes(name), latin1ToBytes(group)])}
      step={async (ids) => (await ask('streams.acknowledge', { ...place, key: name, group, ids })).acknowledged}
    />
  )
}

/** Gives what is pending to another consumer, page by page. */
export function ClaimAll(props: OfAllPending) {
  const { place, name, group, filter } = props
  const [typed, setTyped] = useState('')
  const each = useEachPending(props)
  const consumer = parseName(typed)
  const minIdleMs = filter.minIdleMs ?? 0
  const isReady = consumer.ok && typed !== '' && consumer.name !== filter.consumer
  const names = [name, group, consumer.ok ? consumer.name : ''].map(latin1ToBytes)
  return (
    <AllPending
      {...props}
      each={each}
      verb="Claim"
      done="claimed"
      isReady={isReady}
      what="They become another consumer's, with no idle time. Their deliveries are not counted up; IDs whose entry is gone leave the list."
      command={isReady ? showCommand(['XCLAIM', ...names, String(minIdleMs)]) : undefined}
      after=" JUSTID"
      step={async (ids) => {
        if (!consumer.ok) return 0
        const claim = { ...place, key: name, group, consumer: consumer.name, minIdleMs, ids }
        return (await ask('streams.claim', claim)).claimed.length
      }}
    >
      <Field
        label="For the consumer"
        mono
        autoFocus
        disabled={each.state !== 'new'}
        value={typed}
        onValueChange={setTyped}
        error={
          !consumer.ok
            ? consumer.why
            : typed !== '' && consumer.name === filter.consumer
              ? 'They are its own already.'
              : undefined
        }
        hint="One that does not exist comes into being."
      />
    </AllPending>
  )
}

interface AllPendingProps extends OfAllPending {
  readonly each: EachPending
  /** "Claim", and "claimed". */
  readonly verb: string
  readonly done: string
  readonly what: string
  readonly isReady: boolean
  /** Of each step, before the IDs and after them; undefined: not known yet. */
  readonly command: string | undefined
  readonly after?: string
  readonly step: (ids: StreamId[]) => Promise<number>
  readonly children?: ReactNode
}

function AllPending(props: AllPendingProps) {
  const { name, group, filter, total, onClose, each, verb, done, isReady, command, after = '', step } = props
  const { state, read, failure } = each
  const isRunning = state === 'running'
  const label = total === undefined ? `${verb} all that match` : `${verb} ${plural(total, 'entry', 'entries')}`
  return (
    <Dialog
      open
      // What runs is stopped first, so that it is seen how far it came.
      onOpenChange={(open) => !open && (isRunning ? each.stop() : onClose())}
      title={`${label}?`}
      description={props.what}
      onSubmit={() => isReady && state !== 'done' && !isRunning && each.run(step)}
      footer={
        <>
          <Button onClick={isRunning ? each.stop : onClose}>
            {isRunning ? 'Stop' : state === 'new' ? 'Cancel' : 'Close'}
          </Button>
          {state !== 'done' && (
            <Button type="submit" variant="danger" busy={isRunning} disabled={!isReady}>
              {state === 'new' ? label : isRunning ? `${verb} all` : 'Go on'}
            </Button>
          )}
        </>
      }
    >
      <p className={own.plan}>
        {filterText(filter)}
        {total === undefined && ' How many they are shows as they are read.'}
      </p>
      {props.children}
      {command !== undefined && state === 'new' && (
        <Sends
          commands={[
            showCommand(pendingCommand(name, group, filter)),
            `${command} <IDs that it told>${after}`,
            ...(total !== undefined && total <= PENDING_STEP ? [] : ['and so on, from the ID after the last']),
          ]}
        />
      )}
      {state !== 'new' && (
        <Progress
          label={
            state === 'done' ? 'Done' : state === 'stopped' ? 'Stopped' : state === 'failed' ? 'Failed' : 'At work'
          }
          value={state === 'done' ? 1 : total === undefined || total === 0 ? null : Math.min(1, read / total)}
          detail={`${formatExact(each.done)} ${done}${read > each.done ? `; ${formatExact(read - each.done)} no longer pending, or not idle for as long` : ''}`}
        />
      )}
      {failure && <FailureNote failure={failure} />}
    </Dialog>
  )
}

function filterText({ consumer, minIdleMs, from }: PendingFilter): string {
  const parts = [
    consumer === undefined ? 'of every consumer' : `of ${showName(consumer)}`,
    ...(minIdleMs === undefined ? [] : [`idle for at least ${formatDuration(minIdleMs)}`]),
    ...(from === undefined ? [] : [`from ${from} on`]),
  ]
  return `What is pending ${parts.join(', ')}.`
}

const pendingCommand = (name: string, group: string, { consumer, minIdleMs, from }: PendingFilter): Command => [
  'XPENDING',
  latin1ToBytes(name),
  latin1ToBytes(group),
  ...(minIdleMs === undefined ? [] : ['IDLE', String(minIdleMs)]),
  from ?? '-',
  '+',
  String(PENDING_STEP),
  ...(consumer === undefined ? [] : [latin1ToBytes(consumer)]),
]
