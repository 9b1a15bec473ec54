import { Trash2, Undo2, X } from 'lucide-react'
import { useState } from 'react'
import type { StreamGroup } from '../../../../shared/contract/streams.ts'
import type { KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { formatExact } from '../../../lib/format-count.ts'
import { IconButton } from '../../../ui/icon-button.tsx'
import { Segments } from '../../../ui/tabs.tsx'
import css from '../browser.module.css'
import { showName } from '../names.ts'
import type { Place } from '../view-state.ts'
import { Consumers } from './consumers.tsx'
import { Pending } from './pending.tsx'
import type { StreamDialog } from './stream-dialog.ts'

type Part = 'pending' | 'consumers'

export interface GroupPaneProps {
  readonly place: Place
  readonly name: KeyName
  readonly group: StreamGroup
  readonly onDialog: (dialog: StreamDialog) => void
  readonly onShowEntry: (id: StreamId) => void
  readonly onClose: () => void
}

/** One group: what was delivered and not acknowledged, and to whom. */
export function GroupPane({ place, name, group, onDialog, onShowEntry, onClose }: GroupPaneProps) {
  const [part, setPart] = useState<Part>('pending')
  const [consumer, setConsumer] = useState<Latin1>()
  const common = { place, name, group: group.name, onDialog }
  return (
    <section
      className={css.fieldPane}
      aria-label={`Group ${showName(group.name)}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        onClose()
      }}
    >
      <header className={css.fieldHead}>
        <span className={css.fieldTitle} title={showName(group.name)}>
          {showName(group.name)}
        </span>
        <Segments<Part>
          label="Of this group"
          value={part}
          onValueChange={setPart}
          items={[
            { value: 'pending', label: `pending ${formatExact(group.pending)}` },
            { value: 'consumers', label: `consumers ${formatExact(group.consumers)}` },
          ]}
        />
        <IconButton
          label="Set last delivered ID"
          size="small"
          icon={<Undo2 size={14} />}
          onClick={() => onDialog({ does: 'set-place', group })}
        />
        <IconButton
          label="Destroy the group"
          size="small"
          icon={<Trash2 size={14} />}
          onClick={() => onDialog({ does: 'remove-group', group })}
        />
        <IconButton label="Close" size="small" icon={<X size={14} />} onClick={onClose} />
      </header>
      {part === 'pending' ? (
        <Pending
          {...common}
          total={group.pending}
          consumer={consumer}
          onConsumer={setConsumer}
          onShowEntry={onShowEntry}
        />
      ) : (
        <Consumers
          {...common}
          onPending={(of) => {
            setConsumer(of)
            setPart('pending')
          }}
        />
      )}
    </section>
  )
}
