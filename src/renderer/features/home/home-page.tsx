import { Database, Plug } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Connection } from '../../../shared/contract/connections.ts'
import { useActions } from '../../ui/actions.ts'
import { isTyping } from '../../ui/shortcut.ts'
import { ConnectionDialog } from './connection-dialog.tsx'
import { ConnectionList } from './connection-list.tsx'
import { DatabaseDialog } from './database-dialog.tsx'
import { DatabaseList } from './database-list.tsx'
import type { DatabaseCell } from './database-row.tsx'
import css from './home.module.css'

/** What the connection dialog is open for. */
type Editing = { readonly connection?: Connection; readonly url?: string }

export interface HomePageProps {
  /** What is told of the checkpoints of a database, and done with them: another feature's, put here by app/. */
  readonly checkpoints: DatabaseCell
}

/** Local databases above saved connections. */
export function HomePage({ checkpoints }: HomePageProps) {
  const [isCreating, setCreating] = useState(false)
  const [editing, setEditing] = useState<Editing | null>(null)
  useActions([
    {
      id: 'home.add-connection',
      group: 'Home',
      label: 'Add a connection',
      icon: <Plug size={14} />,
      shortcut: 'a',
      perform: () => setEditing({}),
    },
    {
      id: 'home.create-database',
      group: 'Home',
      label: 'Create a local database',
      icon: <Database size={14} />,
      shortcut: 'n',
      perform: () => setCreating(true),
    },
  ])
  usePastedUrl((url) => setEditing({ url }))
  return (
    <div className={css.page}>
      <div className={css.column}>
        <DatabaseList checkpoints={checkpoints} onCreate={() => setCreating(true)} />
        <ConnectionList onAdd={() => setEditing({})} onEdit={(connection) => setEditing({ connection })} />
      </div>
      {isCreating && <DatabaseDialog onClose={() => setCreating(false)} />}
      {editing && (
        <ConnectionDialog connection={editing.connection} url={editing.url} onClose={() => setEditing(null)} />
      )}
    </div>
  )
}

const CONNECTION_URL = /^\s*(rediss?|valkeys?|unix|redis\+tls):\/\/\S+\s*$/i

/** A URL pasted anywhere on Home is a connection to add. */
function usePastedUrl(onUrl: (url: string) => void): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const text = event.clipboardData?.getData('text/plain') ?? ''
      if (isTyping(event.target) || !CONNECTION_URL.test(text)) return
      event.preventDefault()
      onUrl(text.trim())
    }
    window.addEventListener('paste', onPaste)
    return () => window.removeEventListener('paste', onPaste)
  })
}
