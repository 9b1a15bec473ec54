import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { toFailure } from '../../../api/backend.ts'
import { ConfirmDialog, Sends } from '../../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../../ui/error-note.tsx'
import { toast } from '../../../ui/toast.tsx'
import { showCommand } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import type { OfStream } from './stream-dialogs.tsx'

export interface RemoveEntryProps extends OfStream {
  readonly id: StreamId
  readonly onRemoved: (id: StreamId) => void
}

export function RemoveEntry({ place, name, length, id, onRemoved, onClose }: RemoveEntryProps) {
  const remove = useKeyCall('streams.remove', place, name)
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the entry ${id}?`}
      action="Delete the entry"
      danger
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { ...place, key: name, ids: [id] },
          {
            onSuccess: ({ removed }) => {
              if (removed === 0) toast({ title: 'The entry was gone already' })
              onRemoved(id)
              onClose()
            },
          },
        )
      }
    >
      Groups to which it was delivered keep its ID in their pending lists until it is acknowledged.
      {length === 1 && <ErrorNote tone="warning" what="It is the last entry: the stream stays, empty." />}
      <Sends commands={[showCommand(['XDEL', latin1ToBytes(name), id])]} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}
