import type { KeyName } from '../../../../shared/contract/types.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import type { Place } from '../view-state.ts'
import { AddEntry } from './add-entry.tsx'
import { AcknowledgeAll, ClaimAll } from './all-pending-dialogs.tsx'
import { CreateGroup, RemoveConsumer, RemoveGroup, SetPlace } from './group-dialogs.tsx'
import { Acknowledge, Claim } from './pending-dialogs.tsx'
import { RemoveEntry } from './remove-entry.tsx'
import type { StreamDialog } from './stream-dialog.ts'
import { TrimDialog } from './trim-dialog.tsx'

/** What every dialog of a stream needs. */
export interface OfStream {
  readonly place: Place
  readonly name: KeyName
  /** Entries of the stream when it was last looked at. */
  readonly length: number
  readonly onClose: () => void
}

export interface StreamDialogsProps extends OfStream {
  readonly dialog: StreamDialog | undefined
  readonly onRemoved: (id: StreamId) => void
}

export function StreamDialogs({ dialog, onRemoved, ...common }: StreamDialogsProps) {
  switch (dialog?.does) {
    case undefined:
      return null
    case 'add':
      return <AddEntry {...common} like={dialog.like} />
    case 'remove':
      return <RemoveEntry {...common} id={dialog.id} onRemoved={onRemoved} />
    case 'trim':
      return <TrimDialog {...common} />
    case 'create-group':
      return <CreateGroup {...common} />
    case 'set-place':
      return <SetPlace {...common} group={dialog.group} />
    case 'remove-group':
      return <RemoveGroup {...common} group={dialog.group} />
    case 'remove-consumer':
      return <RemoveConsumer {...common} group={dialog.group} consumer={dialog.consumer} />
    case 'acknowledge':
      return <Acknowledge {...common} group={dialog.group} ids={dialog.ids} />
    case 'claim':
      return <Claim {...common} group={dialog.group} ids={dialog.ids} />
    case 'acknowledge-all':
      return <AcknowledgeAll {...common} {...dialog} />
    case 'claim-all':
      return <ClaimAll {...common} {...dialog} />
  }
}
