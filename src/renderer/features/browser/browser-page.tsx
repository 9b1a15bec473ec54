import { useQueryClient } from '@tanstack/react-query'
import { FilePlus2, Pencil, RotateCw, Search, Trash2, X } from 'lucide-react'
import { type RefObject, useRef, useState } from 'react'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { type Action, useActions } from '../../ui/actions.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { SplitPane } from '../../ui/split-pane.tsx'
import css from './browser.module.css'
import { CreateDialog } from './create-dialog.tsx'
import { GoDialog, type KeyDialog, KeyExpiryDialog, RemoveDialog, RenameDialog } from './key-dialogs.tsx'
import { KeyPane } from './key-pane.tsx'
import { KeyTabs } from './key-tabs.tsx'
import { KeysPanel, type KeysPanelHandle } from './keys-panel.tsx'
import { refreshKey } from './queries.ts'
import { type Place, useView, useViewActions } from './view-state.ts'

/** Pixels of a window in which the value needs the room more than the keys do. */
const NARROW = 1000

/** The keys of one database beside those that are open. */
export function BrowserPage({ session }: { readonly session: SessionInfo }) {
  const place: Place = { sessionId: session.sessionId, db: session.db }
  const [dialog, setDialog] = useState<KeyDialog>()
  const keys = useRef<KeysPanelHandle>(null)
  const view = useView(place)
  const actions = useViewActions(place)
  const close = (): void => setDialog(undefined)
  const { shown } = view
  useActions(usePageActions(place, shown, setDialog, keys))

  const closeKey = (key: KeyName): void => {
    actions.closeKey(key)
    if (view.tabs.length === 1) keys.current?.focusRows()
  }
  const common = { session, place, onClose: close }
  return (
    <div className={css.page}>
      <SplitPane
        id="browser"
        firstSize={window.innerWidth < NARROW ? 240 : 340}
        firstMinSize={220}
        secondMinSize={320}
        first={
          <KeysPanel
            ref={keys}
            place={place}
            onCreate={() => setDialog({ does: 'create' })}
            onRename={(key) => setDialog({ does: 'rename', key })}
            onDelete={(key) => setDialog({ does: 'remove', key })}
          />
        }
        second={
          <div className={css.open}>
            {view.tabs.length > 0 && (
              <KeyTabs
                tabs={view.tabs}
                shown={shown}
                isEdited={(key) =>
                  [...view.drafts.keys()].some((id) => id === key || id.startsWith(`${key.length}:${key}`))
                }
                onShow={(key) => actions.openKey(key)}
                onPin={(key) => actions.openKey(key, { pin: true })}
                onClose={closeKey}
              />
            )}
            {shown === undefined ? (
              <NothingOpen />
            ) : (
              <KeyPane
                key={shown}
                session={session}
                place={place}
                name={shown}
                onExpiry={(ttlMs) => setDialog({ does: 'expire', key: shown, ttlMs })}
                onRename={() => setDialog({ does: 'rename', key: shown })}
                onDelete={() => setDialog({ does: 'remove', key: shown })}
                onClose={() => closeKey(shown)}
              />
            )}
          </div>
        }
      />
      {dialog?.does === 'rename' && <RenameDialog {...common} name={dialog.key} />}
      {dialog?.does === 'remove' && <RemoveDialog {...common} name={dialog.key} />}
      {dialog?.does === 'expire' && <KeyExpiryDialog {...common} name={dialog.key} ttlMs={dialog.ttlMs} />}
      {dialog?.does === 'create' && <CreateDialog place={place} onClose={close} />}
      {dialog?.does === 'go' && <GoDialog {...common} />}
    </div>
  )
}

function NothingOpen() {
  return (
    <EmptyState title="No key is open">
      Choose one on the left, or press <Kbd keys="p" /> to go to one by its name. <Kbd keys="/" /> filters.
    </EmptyState>
  )
}

function usePageActions(
  place: Place,
  shown: KeyName | undefined,
  open: (dialog: KeyDialog) => void,
  keys: RefObject<KeysPanelHandle | null>,
): readonly Action[] {
  const client = useQueryClient()
  const { rescan, closeKey } = useViewActions(place)
  const group = 'Browser'
  const always: Action[] = [
    {
      id: 'browser.filter',
      group,
      label: 'Filter keys',
      icon: <Search size={14} />,
      shortcut: '/',
      perform: () => keys.current?.focusFilter(),
    },
    {
      id: 'browser.go',
      group,
      label: 'Go to key',
      icon: <Search size={14} />,
      shortcut: 'p',
      perform: () => open({ does: 'go' }),
    },
    {
      id: 'browser.create',
      group,
      label: 'Create a key',
      icon: <FilePlus2 size={14} />,
      shortcut: 'n',
      perform: () => open({ does: 'create' }),
    },
    { id: 'browser.rescan', group, label: 'Scan again', icon: <RotateCw size={14} />, shortcut: 'r', perform: rescan },
  ]
  if (shown === undefined) return always
  const ofKey: Action[] = [
    {
      id: 'browser.reload',
      group,
      label: 'Reload the open key',
      icon: <RotateCw size={14} />,
      shortcut: 'shift+r',
      perform: () => void refreshKey(client, place, shown),
    },
    {
      id: 'browser.rename',
      group,
      label: 'Rename the open key',
      icon: <Pencil size={14} />,
      shortcut: 'f2',
      perform: () => open({ does: 'rename', key: shown }),
    },
    {
      id: 'browser.delete',
      group,
      label: 'Delete the open key',
      icon: <Trash2 size={14} />,
      shortcut: 'delete',
      perform: () => open({ does: 'remove', key: shown }),
    },
    {
      id: 'browser.close',
      group,
      label: 'Close the open key',
      icon: <X size={14} />,
      shortcut: 'alt+w',
      perform: () => closeKey(shown),
    },
  ]
  return [...always, ...ofKey]
}
