import { Clock, GitBranch, Plus, RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { toFailure } from '../../api/backend.ts'
import { plural } from '../../lib/format-count.ts'
import { useActions } from '../../ui/actions.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { BranchDialog } from './branch-dialog.tsx'
import { BranchesPane } from './branches-pane.tsx'
import { CheckpointTable } from './checkpoint-table.tsx'
import css from './checkpoints.module.css'
import { CreateDialog } from './create-dialog.tsx'
import { menuOf, type OpenDialog, pageActions } from './page-actions.tsx'
import { useCheckpoints, useLocalDatabase, useRewind } from './queries.ts'
import { RemoveDialog } from './remove-dialog.tsx'
import { RewindDialog, RewindTimeDialog } from './rewind-dialog.tsx'
import { RewindNote } from './rewind-note.tsx'

/** The checkpoints of a Keystead server: made, gone back to, deleted. */
export function CheckpointsPage({ session }: { readonly session: SessionInfo }) {
  const place: CheckpointPlace = { sessionId: session.sessionId }
  const { data, error, isFetching, refetch } = useCheckpoints(place, session.target)
  const [dialog, setDialog] = useState<OpenDialog>()
  const [activeName, setActiveName] = useState<string>()
  const rewind = useRewind(session.sessionId)
  const database = useLocalDatabase(session.target)
  const { checkpoints = [], keepsTimes = false } = data ?? {}
  // The newest, until another is chosen: keys work at once.
  const active = Math.max(
    0,
    checkpoints.findIndex(({ name }) => name === activeName),
  )
  const close = (): void => setDialog(undefined)
  const isRewindShown = dialog?.does === 'rewind' || dialog?.does === 'rewind-to-time'
  const rewinding = {
    session,
    rewind,
    // It may have been closed, and another opened, while the server was at it.
    onClose: () => {
      // What the dialog said is not said again beside the list.
      if (rewind.error) rewind.reset()
      setDialog((now) => (now?.does === 'rewind' || now?.does === 'rewind-to-time' ? undefined : now))
    },
  }
  const openDialog = (next: OpenDialog): void => {
    // What an earlier attempt said is not about this one.
    if ((next.does === 'rewind' || next.does === 'rewind-to-time') && rewind.error) rewind.reset()
    setDialog(next)
  }
  useActions(pageActions(checkpoints[active], { keepsTimes, open: openDialog, refresh: () => void refetch() }))
  const list =
    checkpoints.length === 0 ? (
      <EmptyState title="No checkpoint yet">
        A checkpoint keeps all data under a name, to go back to. <Kbd keys="n" /> makes one now; the server makes one by
        itself before FLUSHALL, FLUSHDB and every rewind.
      </EmptyState>
    ) : (
      <CheckpointTable
        checkpoints={checkpoints}
        active={active}
        onActive={({ name }) => setActiveName(name)}
        menuOf={(checkpoint) => menuOf(checkpoint, openDialog)}
        onRewind={(checkpoint) => openDialog({ does: 'rewind', checkpoint })}
        onRemove={(checkpoint) => openDialog({ does: 'remove', checkpoint })}
      />
    )
  return (
    <section className={css.page} aria-label="Checkpoints">
      <div className={css.toolbar}>
        <Button size="small" variant="primary" icon={<Plus size={14} />} onClick={() => openDialog({ does: 'create' })}>
          Checkpoint now
        </Button>
        <Button size="small" icon={<GitBranch size={14} />} onClick={() => openDialog({ does: 'branch' })}>
          Branch…
        </Button>
        {keepsTimes && (
          <Button size="small" icon={<Clock size={14} />} onClick={() => openDialog({ does: 'rewind-to-time' })}>
            Rewind to a time…
          </Button>
        )}
        <span className={css.fact} role="status">
          {data
            ? `${plural(checkpoints.length, 'checkpoint')}${error ? ', when last read' : ''}`
            : error
              ? 'not read'
              : 'reading…'}
        </span>
        <IconButton
          label="Look again"
          shortcut="r"
          size="small"
          busy={isFetching}
          icon={<RotateCw size={14} />}
          onClick={() => void refetch()}
        />
      </div>
      {!isRewindShown && <RewindNote rewind={rewind} />}
      {error && (
        <div className={css.failure}>
          <FailureNote
            failure={toFailure(error)}
            actions={
              <Button size="small" onClick={() => void refetch()}>
                Ask again
              </Button>
            }
          />
        </div>
      )}
      {data && <div className={css.pane}>{list}</div>}
      {data && data.branches.length > 0 && (
        <BranchesPane place={place} target={session.target} branches={data.branches} />
      )}
      {dialog?.does === 'create' && (
        <CreateDialog
          place={place}
          of={session.name}
          taken={checkpoints.map(({ name }) => name)}
          onCreated={setActiveName}
          onClose={close}
        />
      )}
      {dialog?.does === 'branch' && (
        <BranchDialog place={place} of={session.name} database={database} from={dialog.from} onClose={close} />
      )}
      {dialog?.does === 'rewind' && <RewindDialog {...rewinding} checkpoint={dialog.checkpoint} />}
      {dialog?.does === 'rewind-to-time' && <RewindTimeDialog {...rewinding} />}
      {dialog?.does === 'remove' && <RemoveDialog place={place} checkpoint={dialog.checkpoint} onClose={close} />}
    </section>
  )
}
