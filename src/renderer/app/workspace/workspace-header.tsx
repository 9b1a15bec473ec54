import type { TargetKey } from '../../api/target.ts'
import { useTargetName } from '../../features/home/index.ts'
import { formatCount, formatExact, plural } from '../../lib/format-count.ts'
import { Select } from '../../ui/select.tsx'
import { Stat } from '../../ui/stat.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Header } from '../header.tsx'
import { pagesFor } from '../router.tsx'
import { sessionFigures } from './session-status.tsx'
import type { OpenSession } from './sessions.ts'
import css from './workspace.module.css'

export interface WorkspaceHeaderProps {
  readonly target: TargetKey
  readonly session: OpenSession | undefined
  readonly page: string
  readonly onPage: (id: string) => void
  readonly onDb: (db: number) => void
  readonly onPalette: () => void
}

export function WorkspaceHeader(props: WorkspaceHeaderProps) {
  const { target, session, page, onPage, onDb, onPalette } = props
  const info = session?.info
  const savedName = useTargetName(target)
  return (
    <Header onPalette={onPalette}>
      <div className={css.name}>
        {info && (
          <span
            className={css.env}
            style={{ backgroundColor: `var(--env-${info.environment})` }}
            role="img"
            aria-label={info.environment}
            title={info.environment}
          />
        )}
        <h1 className={css.title} title={info?.address}>
          {info?.name ?? savedName}
        </h1>
        {info && (
          <span className={css.server}>
            {info.kind} {info.version} · {info.role === 'unknown' ? info.mode : info.role}
          </span>
        )}
      </div>
      {info && (
        <Tabs
          label="Pages"
          value={page}
          onValueChange={onPage}
          items={pagesFor(info).map(({ id, label }) => ({ value: id, label }))}
          className={css.tabs}
        />
      )}
      <span className={css.spacer} />
      {session && info && (
        <>
          <div className={css.figures}>
            {sessionFigures(session).map((figure) => (
              <Stat key={figure.label} {...figure} />
            ))}
          </div>
          <div style={{ alignSelf: 'center' }}>
            <DbSelect session={session} onDb={onDb} />
          </div>
        </>
      )}
    </Header>
  )
}

/** Databases that hold keys come with their count; the others are dimmed but can be chosen. */
function DbSelect({ session, onDb }: { readonly session: OpenSession; readonly onDb: (db: number) => void }) {
  const { info, state } = session
  if (!info || info.mode === 'cluster') return null
  const counts = new Map(info.dbs.map(({ db, keys }) => [db, keys]))
  // The state is fresher than the list, for the one database it speaks of.
  if (state?.dbsize !== undefined) counts.set(info.db, state.dbsize)
  const last = Math.max(info.dbCount ?? 16, info.db + 1, ...info.dbs.map(({ db }) => db + 1))
  // A server may be configured for thousands; the list holds those that have keys and the first sixteen.
  const shown = Array.from({ length: last }, (_, db) => db).filter((db) => db < 16 || counts.has(db) || db === info.db)
  return (
    <Select
      label="Database"
      size="small"
      value={String(info.db)}
      onValueChange={(db) => onDb(Number(db))}
      options={shown.map((db) => ({
        value: String(db),
        label: `db ${db}`,
        chosen: <ChosenDb db={db} keys={counts.get(db) ?? 0} />,
        hint: counts.get(db) ? plural(counts.get(db) ?? 0, 'key') : 'empty',
      }))}
    />
  )
}

function ChosenDb({ db, keys }: { readonly db: number; readonly keys: number }) {
  return (
    <span title={`${formatExact(keys)} keys`}>{`db ${db} · ${formatCount(keys)} ${keys === 1 ? 'key' : 'keys'}`}</span>
  )
}
