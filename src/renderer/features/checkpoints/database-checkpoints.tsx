import { BookmarkPlus, GitBranch, History } from 'lucide-react'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import { pathOfTarget } from '../../api/target.ts'
import { formatExact } from '../../lib/format-count.ts'
import { formatAbsolute, formatRelative } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'
import { useActions } from '../../ui/actions.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { BranchDialog } from './branch-dialog.tsx'
import css from './checkpoints.module.css'
import { CreateDialog } from './create-dialog.tsx'

/** On Home: how many checkpoints a local database has, how old the newest is, and making one or a branch. */
export function DatabaseCheckpoints({ database }: { readonly database: LocalDatabase }) {
  const { id, name, status } = database
  const [dialog, setDialog] = useState<'create' | 'branch'>()
  const [, navigate] = useLocation()
  const isRunning = status === 'running'
  const place = { database: id }
  const path = `${pathOfTarget(place)}/checkpoints`
  const when = (): boolean => isRunning
  useActions([
    {
      id: `home.checkpoint.${id}`,
      group: 'Home',
      label: `Checkpoint ${name} now`,
      icon: <BookmarkPlus size={14} />,
      when,
      perform: () => setDialog('create'),
    },
    {
      id: `home.branch.${id}`,
      group: 'Home',
      label: `Branch ${name}`,
      icon: <GitBranch size={14} />,
      when,
      perform: () => setDialog('branch'),
    },
    {
      id: `home.checkpoints.${id}`,
      group: 'Home',
      label: `Show the checkpoints of ${name}`,
      icon: <History size={14} />,
      when,
      perform: () => navigate(path),
    },
  ])
  return (
    <div className={css.ofDatabase}>
      {isRunning ? (
        <Link href={path} className={css.summary} aria-label={`Checkpoints of ${name}`}>
          <Summary database={database} />
        </Link>
      ) : (
        <span className={css.summary}>
          <Summary database={database} />
        </span>
      )}
      {isRunning && (
        <>
          <IconButton
            label={`Checkpoint ${name} now`}
            size="small"
            icon={<BookmarkPlus size={14} />}
            onClick={() => setDialog('create')}
          />
          <IconButton
            label={`Branch ${name}`}
            size="small"
            icon={<GitBranch size={14} />}
            onClick={() => setDialog('branch')}
          />
        </>
      )}
      {dialog === 'create' && <CreateDialog place={place} of={name} taken={[]} onClose={() => setDialog(undefined)} />}
      {dialog === 'branch' && (
        <BranchDialog place={place} of={name} database={database} onClose={() => setDialog(undefined)} />
      )}
    </div>
  )
}

function Summary({ database: { checkpoints } }: { readonly database: LocalDatabase }) {
  const now = useNow(10_000)
  if (!checkpoints) return <span className={css.none}>none</span>
  const { count, latestAt } = checkpoints
  if (latestAt === undefined) return formatExact(count)
  return (
    <span title={`The newest was made ${formatAbsolute(latestAt)}`}>
      {formatExact(count)} · {formatRelative(Math.min(latestAt, now), now)}
    </span>
  )
}
