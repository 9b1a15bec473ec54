import { BookOpen, Eraser } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { plural } from '../../lib/format-count.ts'
import { type Action, useActions } from '../../ui/actions.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { StatusText } from '../../ui/status-bar.tsx'
import { StatusContribution } from '../../ui/status-slot.tsx'
import { Segments } from '../../ui/tabs.tsx'
import css from './console.module.css'
import { ConsoleInput, type InputHandle } from './console-input.tsx'
import { type ConsoleView, clearEntries, patchView, setReadable, useConsoleView } from './console-store.ts'
import { ConsoleStrip } from './console-strip.tsx'
import { DocsPane } from './docs-pane.tsx'
import { ReplyPane, useOpenReply } from './reply-pane.tsx'
import { runInput, startConsole } from './run.ts'
import { Transcript, type TranscriptHandle } from './transcript.tsx'

/** A terminal to the server of one session. */
export function ConsolePage({ session }: { readonly session: SessionInfo }) {
  const view = useConsoleView(session.sessionId)
  useEffect(() => startConsole(session), [session])
  return view ? <Console view={view} /> : null
}

function Console({ view }: { readonly view: ConsoleView }) {
  const { sessionId } = view.session
  const input = useRef<InputHandle>(null)
  const transcript = useRef<TranscriptHandle>(null)
  const [hasDocs, setHasDocs] = useState(false)
  const [command, setCommand] = useState<string>()
  const open = useOpenReply(sessionId)
  const focus = (): void => input.current?.focus()
  const toggleDocs = (): void => setHasDocs((shown) => !shown)
  useActions(useConsoleActions(sessionId, toggleDocs))

  return (
    <div className={css.page}>
      <div className={css.main}>
        <Toolbar view={view} hasDocs={hasDocs} onDocs={toggleDocs} onDone={focus} />
        <div className={css.body}>
          {view.entries.length === 0 ? <Empty /> : <Transcript ref={transcript} view={view} />}
          {open && <ReplyPane open={open} looks={view} />}
        </div>
        <ConsoleStrip view={view} onDone={focus} />
        <ConsoleInput
          ref={input}
          view={view}
          onRun={() => transcript.current?.toEnd()}
          onCommand={(name) => name !== undefined && setCommand(name)}
          onDocs={(name) => {
            if (name === undefined) return toggleDocs()
            if (name !== '') setCommand(name)
            setHasDocs(true)
          }}
        />
      </div>
      {hasDocs && (
        <DocsPane
          key={command}
          sessionId={sessionId}
          name={command}
          onClose={() => {
            setHasDocs(false)
            focus()
          }}
        />
      )}
      <StatusContribution>
        <StatusText title="The protocol the console speaks with the server">{`console: RESP${view.position.protocol}`}</StatusText>
        {view.position.inTransaction && <StatusText>in a transaction</StatusText>}
      </StatusContribution>
    </div>
  )
}

interface ToolbarProps {
  readonly view: ConsoleView
  readonly hasDocs: boolean
  readonly onDocs: () => void
  readonly onDone: () => void
}

function Toolbar({ view, hasDocs, onDocs, onDone }: ToolbarProps) {
  const { sessionId } = view.session
  return (
    <div className={css.toolbar}>
      <Segments
        label="Protocol"
        value={String(view.position.protocol)}
        // The switch is a command like any other: it is sent, shown and listed.
        onValueChange={(protocol) => {
          void runInput(sessionId, `HELLO ${protocol}`)
          onDone()
        }}
        items={[
          { value: '2', label: 'RESP2' },
          { value: '3', label: 'RESP3' },
        ]}
      />
      <Checkbox label="Readable UTF-8" checked={view.readable} onCheckedChange={(is) => setReadable(sessionId, is)} />
      <Checkbox
        label="Stop at an error"
        checked={view.stopOnError}
        onCheckedChange={(stopOnError) => patchView(sessionId, { stopOnError })}
      />
      <span className={css.spacer} />
      <span className={css.count}>{view.entries.length > 0 && plural(view.entries.length, 'entry', 'entries')}</span>
      <span className={css.toolbarEnd}>
        <IconButton
          label="Clear the transcript"
          shortcut="ctrl+l"
          size="small"
          icon={<Eraser size={14} />}
          onClick={() => {
            clearEntries(sessionId)
            onDone()
          }}
        />
        <IconButton
          label="Command documentation"
          shortcut="f1"
          size="small"
          pressed={hasDocs}
          icon={<BookOpen size={14} />}
          onClick={onDocs}
        />
      </span>
    </div>
  )
}

const Empty = () => (
  <EmptyState title="Run a command">
    Type below, as in redis-cli. Tab completes, the grey text says what may follow, several lines run as a pipeline.
  </EmptyState>
)

const useConsoleActions = (sessionId: string, toggleDocs: () => void): readonly Action[] => [
  {
    id: 'console.clear',
    group: 'Console',
    label: 'Clear the transcript',
    icon: <Eraser size={14} />,
    perform: () => clearEntries(sessionId),
  },
  {
    id: 'console.docs',
    group: 'Console',
    label: 'Show or hide the command documentation',
    icon: <BookOpen size={14} />,
    perform: toggleDocs,
  },
]
