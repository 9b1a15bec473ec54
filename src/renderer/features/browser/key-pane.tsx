import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Check, Clock, Copy, Pencil, RotateCw, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { toFailure } from '../../api/backend.ts'
import { formatBytes, formatBytesExact } from '../../lib/format-bytes.ts'
import { formatExact, plural } from '../../lib/format-count.ts'
import { keyTypeMark } from '../../lib/key-type.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import css from './browser.module.css'
import { TypeBadge } from './key-row.tsx'
import { showName } from './names.ts'
import { describeQuery, refreshKey } from './queries.ts'
import { ReadFailure } from './read-failure.tsx'
import { Ttl } from './ttl.tsx'
import type { KnownKey } from './value-type.ts'
import { valueTypeOf } from './value-types.ts'
import type { Place } from './view-state.ts'

export interface KeyPaneProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly onExpiry: (ttlMs: number) => void
  readonly onRename: () => void
  readonly onDelete: () => void
  readonly onClose: () => void
}

/** One key: what it is above, its value below. */
export function KeyPane(props: KeyPaneProps) {
  const { place, name, onClose } = props
  const client = useQueryClient()
  const { data, error, isFetching, refetch } = useQuery(describeQuery(place, name))
  if (error && !data) return <ReadFailure error={error} onRetry={() => void refetch()} />
  if (!data) return null
  if (!data.exists) {
    return (
      <EmptyState
        title="This key does not exist"
        actions={
          <>
            <Button onClick={() => void refetch()}>Look again</Button>
            <Button onClick={onClose}>Close</Button>
          </>
        }
      >
        <code className={css.wrapName}>{showName(name)}</code> expired, was deleted or renamed, or was never there.
      </EmptyState>
    )
  }
  return (
    <article className={css.pane}>
      <KeyHeader
        {...props}
        known={data}
        isFetching={isFetching}
        onRefresh={() => void refreshKey(client, place, name)}
      />
      {error && (
        <div className={css.note}>
          <FailureNote failure={toFailure(error)} tone="warning" />
        </div>
      )}
      <Value {...props} known={data} />
    </article>
  )
}

function Value({ session, place, name, known }: KeyPaneProps & { readonly known: KnownKey }) {
  const Pane = valueTypeOf(known.type)?.Pane
  if (Pane) return <Pane session={session} place={place} name={name} known={known} />
  return (
    <EmptyState title={`A ${keyTypeMark(known.type).name} is not shown here yet`}>
      The Console reads it: <code>{READERS[known.type]?.(showName(name)) ?? `DUMP ${showName(name)}`}</code>
    </EmptyState>
  )
}

/** Ranges and cursors, as everywhere: never the whole of what may be large. */
const READERS: Readonly<Record<string, (key: string) => string>> = {
  list: (key) => `LRANGE ${key} 0 99`,
  set: (key) => `SSCAN ${key} 0 COUNT 100`,
  zset: (key) => `ZRANGE ${key} 0 99 WITHSCORES`,
  'ReJSON-RL': (key) => `JSON.GET ${key}`,
}

interface KeyHeaderProps extends KeyPaneProps {
  readonly known: KnownKey
  readonly isFetching: boolean
  readonly onRefresh: () => void
}

function KeyHeader({ name, known, isFetching, onRefresh, onExpiry, onRename, onDelete }: KeyHeaderProps) {
  return (
    <header className={css.header}>
      <div className={css.headerName}>
        <TypeBadge type={known.type} />
        <h2 className={css.title} title={showName(name)}>
          {showName(name)}
        </h2>
        <CopyName name={name} />
      </div>
      <div className={css.headerLine}>
        <div className={css.headerFacts}>
          <Fact>{keyTypeMark(known.type).name}</Fact>
          {known.encoding !== undefined && known.encoding !== known.type && (
            <Fact title="OBJECT ENCODING">{known.encoding}</Fact>
          )}
          {known.length !== undefined && <Fact title={formatExact(known.length)}>{lengthOf(known)}</Fact>}
          {known.size !== undefined && (
            <Fact
              title={`MEMORY USAGE: ${formatBytesExact(known.size)}${isSampled(known) ? ', by a sample of its elements' : ''}`}
            >
              {formatBytes(known.size)} in memory
            </Fact>
          )}
          <button
            type="button"
            className={css.ttl}
            title="Change when it expires"
            onClick={() => onExpiry(known.ttlMs < 0 ? -1 : Math.max(1, known.at + known.ttlMs - Date.now()))}
          >
            <Clock size={12} />
            <span>
              {known.ttlMs >= 0 && 'TTL '}
              <Ttl ttlMs={known.ttlMs} at={known.at} never="no TTL" />
            </span>
          </button>
        </div>
        <IconButton label="Rename" shortcut="f2" size="small" icon={<Pencil size={14} />} onClick={onRename} />
        <IconButton
          label="Reload"
          shortcut="shift+r"
          size="small"
          busy={isFetching}
          icon={<RotateCw size={14} />}
          onClick={onRefresh}
        />
        <IconButton label="Delete" shortcut="delete" size="small" icon={<Trash2 size={14} />} onClick={onDelete} />
      </div>
    </header>
  )
}

function Fact({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <span className={css.fact} title={title}>
      {children}
    </span>
  )
}

/** A server that would count long looks at a few elements, and takes the others for like them. */
const SAMPLED_FROM = 5
const isSampled = ({ type, length = 0 }: KnownKey): boolean =>
  valueTypeOf(type)?.element !== undefined && length > SAMPLED_FROM

function lengthOf({ type, length = 0 }: KnownKey): string {
  const valueType = valueTypeOf(type)
  if (valueType && valueType.element === undefined) return formatBytes(length)
  return plural(length, valueType?.element ?? 'element', valueType?.elements)
}

function CopyName({ name }: { readonly name: KeyName }) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(showName(name))
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <IconButton
      label={copied ? 'Copied' : 'Copy the name, quoted where it must be'}
      size="small"
      icon={copied ? <Check size={14} /> : <Copy size={14} />}
      onClick={() => void copy()}
    />
  )
}
