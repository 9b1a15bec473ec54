import { FilePlus2, FoldVertical, List, ListTree, RotateCw } from 'lucide-react'
import { type KeyboardEvent, type Ref, useImperativeHandle, useRef } from 'react'
import type { TreeRow } from '../../../shared/contract/browse.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { showLatin1 } from '../../../shared/text/bytes.ts'
import { escapeGlob } from '../../../shared/text/glob.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { Select } from '../../ui/select.tsx'
import { StatusText } from '../../ui/status-bar.tsx'
import { StatusContribution } from '../../ui/status-slot.tsx'
import { Segments } from '../../ui/tabs.tsx'
import type { RowsHandle } from '../../ui/virtual-rows.tsx'
import css from './browser.module.css'
import { FilterField } from './filter-field.tsx'
import { KeyList } from './key-list.tsx'
import { KeyTree } from './key-tree.tsx'
import { NoKeys } from './no-keys.tsx'
import { RowsFailure, ScanNote } from './scan-failures.tsx'
import { describe, ScanStatus } from './scan-status.tsx'
import { useBrowse, useListRows, useTreeRows } from './use-browse.ts'
import { type Place, useView, useViewActions, type View } from './view-state.ts'

const TYPES = ['string', 'hash', 'list', 'set', 'zset', 'stream', 'ReJSON-RL'] as const
const TYPE_OPTIONS = [
  { value: '', label: 'all types' },
  ...TYPES.map((value) => ({ value, label: value === 'ReJSON-RL' ? 'json' : value })),
]

export interface KeysPanelHandle {
  readonly focusFilter: () => void
  readonly focusRows: () => void
}

export interface KeysPanelProps {
  readonly ref?: Ref<KeysPanelHandle>
  readonly place: Place
  readonly onCreate: () => void
  readonly onRename: (key: KeyName) => void
  readonly onDelete: (key: KeyName) => void
}

/** The keys of one database: what to look for above, how much was scanned, and the tree or the list. */
export function KeysPanel({ ref, place, onCreate, onRename, onDelete }: KeysPanelProps) {
  const view = useView(place)
  const actions = useViewActions(place)
  const filter = useRef<HTMLInputElement>(null)
  const rows = useRef<RowsHandle>(null)
  useImperativeHandle(
    ref,
    () => ({
      focusFilter: () => {
        filter.current?.focus()
        filter.current?.select()
      },
      focusRows: () => rows.current?.focus(),
    }),
    [],
  )
  const browse = useBrowse(place, view)
  const { progress } = browse
  const isFiltered = view.match !== '' || view.type !== ''

  const keyMenu = (key: KeyName): readonly MenuItem[] => [
    { id: 'open', label: 'Open', shortcut: 'enter', perform: () => actions.openKey(key, { pin: true }) },
    { id: 'copy', label: 'Copy name', perform: () => void navigator.clipboard.writeText(showLatin1(key)) },
    { kind: 'separator', id: 'changes' },
    { id: 'rename', label: 'Rename…', shortcut: 'f2', perform: () => onRename(key) },
    { id: 'delete', label: 'Delete…', shortcut: 'delete', danger: true, perform: () => onDelete(key) },
  ]
  const folderMenu = (path: KeyName, isOpen: boolean): readonly MenuItem[] => [
    {
      id: 'toggle',
      label: isOpen ? 'Close' : 'Open',
      perform: () => actions.toggleFolder(path, !isOpen),
    },
    { id: 'filter', label: 'Only this folder', perform: () => actions.filter({ match: folderPattern(path) }) },
    { id: 'copy', label: 'Copy pattern', perform: () => void navigator.clipboard.writeText(folderPattern(path)) },
  ]
  const onRowKey = (event: KeyboardEvent, key: KeyName | undefined): void => {
    if (key === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'F2') onRename(key)
    else if (event.key === 'Delete') onDelete(key)
    else return
    event.preventDefault()
  }
  const shared = {
    ref: rows,
    place,
    onOpen: (key: KeyName, pin: boolean) => actions.openKey(key, { pin }),
    onKeyDown: onRowKey,
  }
  return (
    <section className={css.keys} aria-label="Keys">
      <div className={css.filters}>
        <FilterField
          inputRef={filter}
          match={view.match}
          onMatch={(match) => actions.filter({ match })}
          onLeave={() => rows.current?.focus()}
        />
        <IconButton label="Create a key" shortcut="n" icon={<FilePlus2 size={16} />} onClick={onCreate} />
      </div>
      <div className={css.filters}>
        <Select
          label="Type of key"
          size="small"
          value={view.type}
          options={TYPE_OPTIONS}
          onValueChange={(type) => actions.filter({ type })}
        />
        <span className={css.grow} />
        {view.mode === 'tree' && view.expanded.length > 0 && (
          <IconButton
            label="Close all folders"
            size="small"
            icon={<FoldVertical size={14} />}
            onClick={actions.collapseAll}
          />
        )}
        <Segments
          label="Show keys as"
          value={view.mode}
          onValueChange={actions.setMode}
          items={[
            { value: 'tree', label: <ListTree size={14} aria-label="Tree" /> },
            { value: 'list', label: <List size={14} aria-label="List" /> },
          ]}
        />
        <IconButton
          label="Scan again"
          shortcut="r"
          size="small"
          icon={<RotateCw size={14} />}
          onClick={actions.rescan}
        />
      </div>
      {progress && (
        <ScanStatus progress={progress} isFiltered={isFiltered} onPause={browse.pause} onResume={browse.resume} />
      )}
      {progress && (
        <StatusContribution>
          <StatusText title={describe(progress, isFiltered)}>{describe(progress, isFiltered)}</StatusText>
        </StatusContribution>
      )}
      <ScanNote browse={browse} />
      {progress && (progress.found > 0 || progress.state === 'scanning') && view.mode === 'tree' && (
        <TreeOf
          {...shared}
          browseId={progress.browseId}
          view={view}
          onToggle={actions.toggleFolder}
          menu={(row) => (row.kind === 'key' ? keyMenu(row.key) : folderMenu(row.path, row.expanded))}
        />
      )}
      {progress && (progress.found > 0 || progress.state === 'scanning') && view.mode === 'list' && (
        <ListOf {...shared} browseId={progress.browseId} menu={keyMenu} />
      )}
      {progress?.state === 'complete' && progress.found === 0 && (
        <NoKeys
          view={view}
          scanned={progress.scanned}
          onCreate={onCreate}
          onClear={() => actions.filter({ match: '', type: '' })}
        />
      )}
    </section>
  )
}

const folderPattern = (path: KeyName): string => `${showLatin1(escapeGlob(path))}*`

type TreeOfProps = Omit<Parameters<typeof KeyTree>[0], 'rows'> & { readonly browseId: string; readonly view: View }

function TreeOf({ browseId, view, ...props }: TreeOfProps) {
  const rows = useTreeRows(browseId, view.expanded)
  if (rows.error) return <RowsFailure error={rows.error} onRetry={rows.retry} place={props.place} />
  return <KeyTree {...props} rows={rows} menu={props.menu as (row: TreeRow) => readonly MenuItem[]} />
}

type ListOfProps = Omit<Parameters<typeof KeyList>[0], 'rows'> & { readonly browseId: string }

function ListOf({ browseId, ...props }: ListOfProps) {
  const rows = useListRows(browseId)
  if (rows.error) return <RowsFailure error={rows.error} onRetry={rows.retry} place={props.place} />
  return <KeyList {...props} rows={rows} />
}
