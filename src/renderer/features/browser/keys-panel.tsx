import { FilePlus2, FoldVertical, List, ListTree, RotateCw, Search, X } from 'lucide-react'
import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from 'react'
import type { TreeRow } from '../../../shared/contract/browse.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { bytesToLatin1, showLatin1, utf8ToBytes } from '../../../shared/text/bytes.ts'
import { escapeGlob } from '../../../shared/text/glob.ts'
import { toFailure } from '../../api/backend.ts'
import { plural } from '../../lib/format-count.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { Select } from '../../ui/select.tsx'
import { StatusText } from '../../ui/status-bar.tsx'
import { StatusContribution } from '../../ui/status-slot.tsx'
import { Segments } from '../../ui/tabs.tsx'
import type { RowsHandle } from '../../ui/virtual-rows.tsx'
import css from './browser.module.css'
import { KeyList } from './key-list.tsx'
import { KeyTree } from './key-tree.tsx'
import { describe, ScanStatus } from './scan-status.tsx'
import { type BrowseState, useBrowse, useListRows, useTreeRows } from './use-browse.ts'
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

interface RowsFailureProps {
  readonly error: Error
  readonly onRetry: () => void
  readonly place: Place
}

function RowsFailure({ error, onRetry, place }: RowsFailureProps) {
  const { rescan } = useViewActions(place)
  const failure = toFailure(error)
  // A backend that forgot the browse (it was started anew, or others took its place) needs another scan.
  const retry = failure.code === 'NOT_FOUND' ? rescan : onRetry
  return (
    <div className={css.note}>
      <FailureNote
        failure={failure}
        actions={
          <Button size="small" onClick={retry}>
            {failure.code === 'NOT_FOUND' ? 'Scan again' : 'Try again'}
          </Button>
        }
      />
    </div>
  )
}

/** Why there are no keys, or not all. */
function ScanNote({ browse }: { readonly browse: BrowseState }) {
  const { progress, error, retry, resume } = browse
  const failure = error ? toFailure(error) : progress?.failure
  if (!failure) return null
  const isWaiting = progress?.state === 'scanning'
  return (
    <div className={css.note}>
      <FailureNote
        failure={isWaiting ? { ...failure, hint: 'The scan goes on by itself when the server is back.' } : failure}
        tone={isWaiting ? 'warning' : 'error'}
        actions={
          isWaiting ? undefined : (
            <Button size="small" onClick={error ? retry : resume}>
              Try again
            </Button>
          )
        }
      />
    </div>
  )
}

interface FilterFieldProps {
  readonly inputRef: Ref<HTMLInputElement>
  readonly match: string
  readonly onMatch: (match: string) => void
  readonly onLeave: () => void
}

/** A glob for the server's MATCH. It is sent on Enter: each is a scan of the whole database. */
function FilterField({ inputRef, match, onMatch, onLeave }: FilterFieldProps) {
  const [typed, setTyped] = useState(match)
  const [applied, setApplied] = useState(match)
  // Set from elsewhere ("Only this folder"): shown here at once.
  if (applied !== match) {
    setApplied(match)
    setTyped(match)
  }
  const apply = (pattern: string): void => onMatch(asPattern(pattern))
  return (
    <Field
      ref={inputRef}
      className={css.grow}
      aria-label="Filter keys"
      placeholder="filter keys, as in user:*"
      mono
      icon={<Search size={14} />}
      value={typed}
      onValueChange={setTyped}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply(typed)
        else if (event.key === 'ArrowDown') onLeave()
        else if (event.key === 'Escape' && typed !== match) setTyped(match)
        else if (event.key === 'Escape') onLeave()
        else return
        event.preventDefault()
      }}
      suffix={
        typed === '' ? (
          <Kbd keys="/" />
        ) : typed !== match ? (
          <Kbd keys="enter" />
        ) : (
          <IconButton label="Clear the filter" size="small" icon={<X size={12} />} onClick={() => apply('')} />
        )
      }
    />
  )
}

/** A word without wildcards means keys that contain it; one would otherwise find only itself. */
function asPattern(typed: string): string {
  const pattern = typed.trim()
  if (pattern === '' || pattern === '*') return ''
  return /[*?[\]\\]/.test(pattern) ? pattern : `*${pattern}*`
}

interface NoKeysProps {
  readonly view: View
  readonly scanned: number
  readonly onCreate: () => void
  readonly onClear: () => void
}

function NoKeys({ view, scanned, onCreate, onClear }: NoKeysProps) {
  if (view.match === '' && view.type === '') {
    return (
      <EmptyState title="This database is empty" actions={<Button onClick={onCreate}>Create a key</Button>}>
        Any client can fill it: <code>SET hello world</code>
      </EmptyState>
    )
  }
  const type = view.type === '' ? 'key' : `${view.type} key`
  return (
    <EmptyState title={`No ${type} matches`} actions={<Button onClick={onClear}>Clear the filter</Button>}>
      {view.match !== '' && <code>{showLatin1(bytesToLatin1(utf8ToBytes(view.match)))}</code>} was held against{' '}
      {plural(scanned, 'key')}. <code>*</code> stands for anything, <code>?</code> for one byte.
    </EmptyState>
  )
}
