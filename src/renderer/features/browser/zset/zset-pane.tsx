import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ScoredMember } from '../../../../shared/contract/zsets.ts'
import { copyText } from '../../../lib/copy-text.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { useActions } from '../../../ui/actions.ts'
import type { Column } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import { Segments } from '../../../ui/tabs.tsx'
import css from '../browser.module.css'
import { ValueCell } from '../cells.tsx'
import { CollectionFrame, type CollectionHandle } from '../collection-frame.tsx'
import { copyItem } from '../copy-item.ts'
import { hasLargeElements, LargeElements } from '../large-elements.tsx'
import { memberName } from '../member-name.ts'
import { copyableText } from '../names.ts'
import { searchPattern } from '../pane-search.tsx'
import { refreshKey } from '../queries.ts'
import { ReadFailure } from '../read-failure.tsx'
import { SearchFoot } from '../search-foot.tsx'
import { TornNote } from '../torn-note.tsx'
import { useFindings } from '../use-findings.ts'
import { rowsPerRead, useWindows } from '../use-windows.ts'
import type { ValuePaneProps } from '../value-type.ts'
import { areLikePlaces, type GeoPosition, positionOf, showDegrees } from './geo-score.ts'
import { type ScoreRange, zsetSearchQuery, zsetWindowQuery } from './queries.ts'
import { ScoreFilter } from './score-filter.tsx'
import { type ZsetDialog, ZsetDialogs } from './zset-dialogs.tsx'
import { ZsetEditor } from './zset-editor.tsx'

/** Members by rank, from the lowest or the highest score, all or within a range. */
export function ZsetPane({ session, place, name, known }: ValuePaneProps) {
  const client = useQueryClient()
  const [first, setFirst] = useState<'lowest' | 'highest'>('lowest')
  const [range, setRange] = useState<ScoreRange>({})
  const [search, setSearch] = useState('')
  const [opened, setOpened] = useState<ScoredMember>()
  const [dialog, setDialog] = useState<ZsetDialog>()
  const [step] = useState(() => rowsPerRead(known))
  const [isHeld, setIsHeld] = useState(() => hasLargeElements(known))
  const frame = useRef<CollectionHandle>(null)
  const [asPlaces, setAsPlaces] = useState(false)
  const isSearching = search !== ''
  const isWithin = range.min !== undefined || range.max !== undefined
  const windows = useWindows<ScoredMember>(
    (offset, count) => zsetWindowQuery(place, name, first, range, { offset, count }),
    step,
    !isSearching && !isHeld,
  )
  const mayBePlaces = useLikePlaces(windows.rowAt)
  const findings = useFindings(zsetSearchQuery(place, name, searchPattern(search), range), memberName)
  const length = (isSearching ? findings.length : undefined) ?? known.length ?? 0
  const count = isSearching ? findings.rows.length : (windows.total ?? (isWithin ? 0 : length))

  useActions([
    {
      id: 'browser.zset-order',
      group: 'Sorted set',
      label: first === 'lowest' ? 'Show the highest scores first' : 'Show the lowest scores first',
      perform: () => setFirst(first === 'lowest' ? 'highest' : 'lowest'),
    },
    {
      id: 'browser.zset-places',
      group: 'Sorted set',
      label: asPlaces ? 'Show scores as numbers' : 'Show scores as places',
      perform: () => setAsPlaces(!asPlaces),
    },
  ])
  const menuOf = (member: ScoredMember): readonly MenuItem[] => [
    { id: 'edit', label: 'Edit', shortcut: 'enter', perform: () => setOpened(member) },
    {
      id: 'score',
      label: asPlaces ? 'Change the place…' : 'Change the score…',
      perform: () => setDialog({ does: 'score', member }),
    },
    copyItem('Copy the member', member.member.length < member.size ? undefined : copyableText(member.member)),
    ...copyPlace(asPlaces ? positionOf(member.score) : undefined),
    { kind: 'separator', id: 'changes' },
    {
      id: 'delete',
      label: 'Delete…',
      shortcut: 'delete',
      danger: true,
      perform: () => setDialog({ does: 'remove', member }),
    },
  ]
  const error = isSearching ? findings.error : windows.error
  const close = (): void => {
    setOpened(undefined)
    frame.current?.focus()
  }
  return (
    <>
      <CollectionFrame<ScoredMember>
        ref={frame}
        group="Sorted set"
        element="member"
        label="Members"
        search={search}
        onSearch={setSearch}
        tools={
          <>
            <ScoreFilter onRange={setRange} onLeave={() => frame.current?.focus()} />
            {(mayBePlaces || asPlaces) && (
              <Segments
                label="Show scores as"
                value={asPlaces ? 'places' : 'numbers'}
                onValueChange={(shown) => setAsPlaces(shown === 'places')}
                items={[
                  { value: 'numbers', label: 'numbers' },
                  { value: 'places', label: 'places' },
                ]}
              />
            )}
          </>
        }
        goTo={
          isSearching || isWithin || isHeld || count === 0
            ? undefined
            : { what: 'rank', min: 0, max: count - 1, rowOf: (rank) => (first === 'lowest' ? rank : count - 1 - rank) }
        }
        status={
          isSearching
            ? `${formatExact(count)} found${findings.state === 'complete' ? ` of ${formatExact(length)}` : ''}`
            : !isWithin
              ? plural(count, 'member')
              : windows.total === undefined
                ? 'counting…'
                : `${formatExact(count)} of ${formatExact(length)} in range`
        }
        onAdd={() => setDialog({ does: 'add' })}
        note={
          error ? (
            <ReadFailure error={error} onRetry={isSearching ? findings.goOn : windows.retry} />
          ) : (
            windows.isTorn &&
            !isSearching && (
              <TornNote value="sorted set" elements="members" onReload={() => void refreshKey(client, place, name)} />
            )
          )
        }
        empty={emptyState()}
        foot={isSearching && <SearchFoot findings={findings} element="member" isAbout />}
        columns={columnsOf(isSearching, asPlaces)}
        count={count}
        rowAt={isSearching ? (index) => findings.rows[index] : windows.rowAt}
        onRangeChange={isSearching ? findings.onRangeChange : windows.onRangeChange}
        sort={isSearching ? undefined : { column: 'score', descending: first === 'highest' }}
        onSortChange={({ descending }) => setFirst(descending ? 'highest' : 'lowest')}
        menuOf={menuOf}
        onOpen={setOpened}
        onDelete={(member) => setDialog({ does: 'remove', member })}
        onClose={close}
        editor={
          opened ? (
            <ZsetEditor
              key={memberName(opened)}
              session={session}
              place={place}
              name={name}
              member={opened}
              onScore={() => setDialog({ does: 'score', member: opened })}
              onClose={close}
              onRenamed={setOpened}
            />
          ) : null
        }
      />
      <ZsetDialogs
        place={place}
        name={name}
        length={length}
        asPlaces={asPlaces}
        dialog={dialog}
        onClose={() => setDialog(undefined)}
        onRemoved={(member) => isOpened(member) && setOpened(undefined)}
        onScore={(member, score) => isOpened(member) && setOpened({ ...member, score })}
      />
    </>
  )

  function isOpened(member: ScoredMember): boolean {
    return opened !== undefined && memberName(opened) === memberName(member)
  }

  function emptyState() {
    if (isHeld && !isSearching) {
      return <LargeElements known={known} element="member" onRead={() => setIsHeld(false)} />
    }
    if (isSearching && findings.state === 'complete' && count === 0) {
      return (
        <EmptyState title="No member matches">
          None of the {plural(length, 'member')} {isWithin && 'in this range of scores '}contains <code>{search}</code>.{' '}
          <code>*</code>, <code>?</code> and <code>[a-z]</code> make it a pattern for the whole member.
        </EmptyState>
      )
    }
    if (!isSearching && isWithin && windows.total === 0) {
      return (
        <EmptyState title="No score in this range">
          None of the {plural(length, 'member')} has a score from <code>{range.min ?? '-inf'}</code> to{' '}
          <code>{range.max ?? 'inf'}</code>.
        </EmptyState>
      )
    }
    return undefined
  }
}

/** Longitude and latitude as GEOADD takes them. */
const copyPlace = (position: GeoPosition | undefined): readonly MenuItem[] =>
  position === undefined
    ? []
    : [
        {
          id: 'copy-place',
          label: 'Copy the place',
          perform: () => void copyText(`${position.longitude} ${position.latitude}`),
        },
      ]

/** Whether the first rows look as those of GEOADD do; remembered while others are in sight. */
function useLikePlaces(rowAt: (index: number) => ScoredMember | undefined): boolean {
  const [areLike, setAreLike] = useState(false)
  const first = Array.from({ length: 16 }, (_, i) => rowAt(i)?.score).filter((score) => score !== undefined)
  const now = first.length === 0 ? areLike : areLikePlaces(first)
  if (now !== areLike) setAreLike(now)
  return now
}

function columnsOf(isSearching: boolean, asPlaces: boolean): readonly Column<ScoredMember>[] {
  return [
    // A search goes by cursor, which tells no rank.
    ...(isSearching ? [] : [RANK]),
    ...(asPlaces ? DEGREES : []),
    {
      id: 'score',
      header: 'score',
      width: 176,
      leastWidth: 88,
      mono: true,
      align: 'end',
      sortable: !isSearching,
      cell: ({ score }) => <span title={score}>{score}</span>,
    },
    {
      id: 'member',
      header: 'member',
      mono: true,
      cell: ({ member, size }) => <ValueCell value={member} size={size} />,
    },
    { id: 'size', header: 'size', width: 84, mono: true, align: 'end', cell: ({ size }) => formatBytes(size) },
  ]
}

/** Longitude first, as GEOADD and GEOPOS have it. */
const DEGREES: readonly Column<ScoredMember>[] = (['longitude', 'latitude'] as const).map((axis) => ({
  id: axis,
  header: axis,
  width: 112,
  leastWidth: 104,
  mono: true,
  align: 'end',
  cell: ({ score }) => {
    const degrees = positionOf(score)?.[axis]
    return degrees === undefined ? (
      <span className={css.dim} title="This score is that of no place">
        –
      </span>
    ) : (
      <span title={String(degrees)}>{showDegrees(degrees)}</span>
    )
  },
}))

const RANK: Column<ScoredMember> = {
  id: 'rank',
  header: 'rank',
  width: 104,
  leastWidth: 64,
  mono: true,
  align: 'end',
  cell: ({ rank }) => (
    <span className={css.dim} title="As ZRANK tells it: 0 is the lowest score">
      {rank === undefined ? '' : formatExact(rank)}
    </span>
  ),
}
