import { useQuery } from '@tanstack/react-query'
import { Plus, Scissors } from 'lucide-react'
import { useState } from 'react'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { formatExact } from '../../../lib/format-count.ts'
import { useActions } from '../../../ui/actions.ts'
import { Button } from '../../../ui/button.tsx'
import { Segments } from '../../../ui/tabs.tsx'
import css from '../browser.module.css'
import type { ValuePaneProps } from '../value-type.ts'
import { EntriesPane, type EntriesState, FROM_THE_END } from './entries-pane.tsx'
import { GroupsPane } from './groups-pane.tsx'
import { groupsQuery } from './queries.ts'
import type { StreamDialog } from './stream-dialog.ts'
import { StreamDialogs } from './stream-dialogs.tsx'

type Part = 'entries' | 'groups'

/** A stream: its entries, or the groups that read them. */
export function StreamPane({ place, name, known }: ValuePaneProps) {
  const [part, setPart] = useState<Part>('entries')
  // Here, because a look at the groups must not forget where one was.
  const [entries, setEntries] = useState<EntriesState>(FROM_THE_END)
  const [dialog, setDialog] = useState<StreamDialog>()
  const groups = useQuery(groupsQuery(place, name))
  const groupCount = groups.data?.groups.length

  useActions([
    { id: 'browser.stream-entries', group: 'Stream', label: 'Show entries', perform: () => setPart('entries') },
    { id: 'browser.stream-groups', group: 'Stream', label: 'Show consumer groups', perform: () => setPart('groups') },
    { id: 'browser.add-entry', group: 'Stream', label: 'Add an entry', perform: () => setDialog({ does: 'add' }) },
    { id: 'browser.trim', group: 'Stream', label: 'Trim the stream', perform: () => setDialog({ does: 'trim' }) },
    {
      id: 'browser.create-group',
      group: 'Stream',
      label: 'Create a consumer group',
      perform: () => setDialog({ does: 'create-group' }),
    },
  ])

  const showEntry = (id: StreamId): void => {
    setEntries({ ...FROM_THE_END, anchor: { ok: true, first: id, last: id, isTime: false, text: id }, opened: id })
    setPart('entries')
  }
  const parts = (
    <Segments<Part>
      label="Part of the stream"
      value={part}
      onValueChange={setPart}
      items={[
        { value: 'entries', label: 'entries' },
        { value: 'groups', label: groupCount === undefined ? 'groups' : `groups ${formatExact(groupCount)}` },
      ]}
    />
  )
  return (
    <>
      {part === 'entries' ? (
        <EntriesPane
          place={place}
          name={name}
          groups={groupCount}
          state={entries}
          onState={(change) => setEntries((old) => ({ ...old, ...change }))}
          onDialog={setDialog}
          toolbar={(status) => (
            <div className={css.toolbar}>
              {parts}
              <span className={css.grow} />
              {status}
              <Button
                size="small"
                icon={<Scissors size={14} />}
                disabled={known.length === 0}
                onClick={() => setDialog({ does: 'trim' })}
              >
                Trim
              </Button>
              <Button size="small" icon={<Plus size={14} />} onClick={() => setDialog({ does: 'add' })}>
                Entry
              </Button>
            </div>
          )}
        />
      ) : (
        <GroupsPane
          place={place}
          name={name}
          onDialog={setDialog}
          onShowEntry={showEntry}
          toolbar={(status) => (
            <div className={css.toolbar}>
              {parts}
              <span className={css.grow} />
              {status}
              <Button size="small" icon={<Plus size={14} />} onClick={() => setDialog({ does: 'create-group' })}>
                Group
              </Button>
            </div>
          )}
        />
      )}
      <StreamDialogs
        place={place}
        name={name}
        length={known.length ?? 0}
        dialog={dialog}
        onClose={() => setDialog(undefined)}
        onRemoved={(id) => setEntries((old) => (old.opened === id ? { ...old, opened: undefined } : old))}
      />
    </>
  )
}
