import { useState } from 'react'
import type { Latin1 } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { toFailure } from '../../../api/backend.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmDialog, Dialog, Sends } from '../../../ui/dialog.tsx'
import { FailureNote } from '../../../ui/error-note.tsx'
import { Field } from '../../../ui/field.tsx'
import { toast } from '../../../ui/toast.tsx'
import { parseDuration } from '../durations.ts'
import { parseName, showCommand } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import type { OfStream } from './stream-dialogs.tsx'

export interface OfPending extends OfStream {
  readonly group: Latin1
  readonly ids: readonly StreamId[]
}

export function Acknowledge({ place, name, group, ids, onClose }: OfPending) {
  const acknowledge = useKeyCall('streams.acknowledge', place, name)
  const what = plural(ids.length, 'entry', 'entries')
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Acknowledge ${what}?`}
      action={`Acknowledge ${what}`}
      danger
      busy={acknowledge.isPending}
      onConfirm={() =>
        acknowledge.mutate(
          { ...place, key: name, group, ids: [...ids] },
          {
            onSuccess: ({ acknowledged }) => {
              toast({ kind: 'ok', title: outcome('Acknowledged', acknowledged, ids.length, 'not pending any more') })
              onClose()
            },
          },
        )
      }
    >
      They leave the pending list as if their consumer had done them; the group delivers them to nobody again.
      <Sends commands={[showCommand(['XACK', latin1ToBytes(name), latin1ToBytes(group), ...ids])]} />
      {acknowledge.error && <FailureNote failure={toFailure(acknowledge.error)} />}
    </ConfirmDialog>
  )
}

const outcome = (verb: string, done: number, of: number, why: string): string =>
  done === of
    ? `${verb} ${plural(done, 'entry', 'entries')}`
    : `${verb} ${formatExact(done)}; ${formatExact(of - done)} ${why}`

export function Claim({ place, name, group, ids, onClose }: OfPending) {
  const [typedConsumer, setTypedConsumer] = useState('')
  const [typedIdle, setTypedIdle] = useState('')
  const claim = useKeyCall('streams.claim', place, name)
  const consumer = parseName(typedConsumer)
  const minIdleMs = typedIdle.trim() === '' ? 0 : parseDuration(typedIdle)
  const isReady = consumer.ok && typedConsumer !== '' && minIdleMs !== null
  const what = plural(ids.length, 'entry', 'entries')
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Claim ${what}`}
      description="They become another consumer's, with no idle time. Their deliveries are not counted up."
      onSubmit={() => {
        if (!isReady) return
        claim.mutate(
          { ...place, key: name, group, consumer: consumer.name, minIdleMs, ids: [...ids] },
          {
            onSuccess: ({ claimed }) => {
              const why = 'not idle for so long, not pending any more, or no longer in the stream'
              toast({ kind: 'ok', title: outcome('Claimed', claimed.length, ids.length, why) })
              onClose()
            },
          },
        )
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={claim.isPending} disabled={!isReady}>
            Claim {what}
          </Button>
        </>
      }
    >
      <Field
        label="For the consumer"
        mono
        autoFocus
        value={typedConsumer}
        onValueChange={setTypedConsumer}
        error={consumer.ok ? undefined : consumer.why}
        hint="One that does not exist comes into being."
      />
      <Field
        label="Only those idle for at least"
        mono
        placeholder="empty: however long"
        value={typedIdle}
        onValueChange={setTypedIdle}
        error={minIdleMs === null ? 'Write it as 5m, 90s or 1500ms.' : undefined}
        hint="So that what its consumer has just taken up is not taken from it. IDs whose entry is gone leave the list."
      />
      {isReady && (
        <Sends
          commands={[
            showCommand([
              'XCLAIM',
              ...[name, group, consumer.name].map(latin1ToBytes),
              String(minIdleMs),
              ...ids,
              'JUSTID',
            ]),
          ]}
        />
      )}
      {claim.error && <FailureNote failure={toFailure(claim.error)} />}
    </Dialog>
  )
}
