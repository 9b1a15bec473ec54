import { useRef, useState } from 'react'
import type { Member } from '../../../../shared/contract/sets.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import type { Column } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import { ValueCell } from '../cells.tsx'
import { CollectionFrame, type CollectionHandle } from '../collection-frame.tsx'
import { copyItem } from '../copy-item.ts'
import { hasLargeElements, LargeElements } from '../large-elements.tsx'
import { memberName } from '../member-name.ts'
import { copyableText } from '../names.ts'
import { searchPattern } from '../pane-search.tsx'
import { ReadFailure } from '../read-failure.tsx'
import { SearchFoot } from '../search-foot.tsx'
import { type Findings, useFindings } from '../use-findings.ts'
import { rowsPerRead } from '../use-windows.ts'
import type { ValuePaneProps } from '../value-type.ts'
import { setQuery } from './queries.ts'
import { type SetDialog, SetDialogs } from './set-dialogs.tsx'
import { SetEditor } from './set-editor.tsx'

/** Members in no order, as far as they were looked at. */
export function SetPane({ session, place, name, known }: ValuePaneProps) {
  const [search, setSearch] = useState('')
  const [opened, setOpened] = useState<Member>()
  const [dialog, setDialog] = useState<SetDialog>()
  const [count] = useState(() => rowsPerRead(known))
  const [isHeld, setIsHeld] = useState(() => hasLargeElements(known))
  const frame = useRef<CollectionHandle>(null)
  const isSearching = search !== ''
  const query = setQuery(place, name, searchPattern(search), count)
  const findings = useFindings({ ...query, enabled: isSearching || !isHeld }, memberName)
  const { rows, length = known.length ?? 0, state } = findings

  const menuOf = (member: Member): readonly MenuItem[] => {
    const isCut = member.member.length < member.size
    return [
      { id: 'edit', label: 'Edit', shortcut: 'enter', perform: () => setOpened(member) },
      copyItem('Copy the member', isCut ? undefined : copyableText(member.member)),
      { kind: 'separator', id: 'changes' },
      {
        id: 'delete',
        label: 'Delete…',
        shortcut: 'delete',
        danger: true,
        perform: () => setDialog({ does: 'remove', member }),
      },
    ]
  }
  const close = (): void => {
    setOpened(undefined)
    frame.current?.focus()
  }
  return (
    <>
      <CollectionFrame<Member>
        ref={frame}
        group="Set"
        element="member"
        label="Members"
        search={search}
        onSearch={setSearch}
        status={isHeld && !isSearching ? plural(length, 'member') : statusOf(findings, length, isSearching)}
        onAdd={() => setDialog({ does: 'add' })}
        note={findings.error && <ReadFailure error={findings.error} onRetry={findings.goOn} />}
        empty={
          isHeld && !isSearching ? (
            <LargeElements known={known} element="member" onRead={() => setIsHeld(false)} />
          ) : (
            isSearching &&
            state === 'complete' &&
            rows.length === 0 && (
              <EmptyState title="No member matches">
                None of the {plural(length, 'member')} contains <code>{search}</code>. <code>*</code>, <code>?</code>{' '}
                and <code>[a-z]</code> make it a pattern for the whole member.
              </EmptyState>
            )
          )
        }
        foot={isSearching && <SearchFoot findings={findings} element="member" isAbout />}
        columns={COLUMNS}
        count={rows.length}
        rowAt={(index) => rows[index]}
        onRangeChange={findings.onRangeChange}
        menuOf={menuOf}
        onOpen={setOpened}
        onDelete={(member) => setDialog({ does: 'remove', member })}
        onClose={close}
        editor={
          opened ? (
            <SetEditor
              key={memberName(opened)}
              session={session}
              place={place}
              name={name}
              member={opened}
              onClose={close}
              onRenamed={setOpened}
            />
          ) : null
        }
      />
      <SetDialogs
        place={place}
        name={name}
        length={length}
        dialog={dialog}
        onClose={() => setDialog(undefined)}
        onRemoved={(member) => opened && memberName(opened) === memberName(member) && setOpened(undefined)}
      />
    </>
  )
}

function statusOf({ rows, state }: Findings<Member>, length: number, isSearching: boolean): string {
  if (isSearching) return `${formatExact(rows.length)} found${state === 'complete' ? ` of ${formatExact(length)}` : ''}`
  if (state === 'complete') return `${plural(rows.length, 'member')}, all read`
  return `${formatExact(rows.length)} of ${formatExact(length)} read`
}

const COLUMNS: readonly Column<Member>[] = [
  { id: 'member', header: 'member', mono: true, cell: ({ member, size }) => <ValueCell value={member} size={size} /> },
  { id: 'size', header: 'size', width: 84, mono: true, align: 'end', cell: ({ size }) => formatBytes(size) },
]
