import type { EditorView } from '@codemirror/view'
import { useQuery } from '@tanstack/react-query'
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { splitScript } from '../../../shared/text/quote.ts'
import css from './console.module.css'
import { type ConsoleView, clearEntries, patchView } from './console-store.ts'
import { createConsoleEditor } from './editor/console-editor.ts'
import { setFault } from './editor/fault.ts'
import type { EditorHost } from './editor/host.ts'
import { HistorySearch } from './history-search.tsx'
import { promptOf } from './prompt.ts'
import { docsQuery } from './queries.ts'
import { cancelRun, runInput } from './run.ts'

export interface InputHandle {
  readonly focus: () => void
}

interface ConsoleInputProps {
  readonly ref?: Ref<InputHandle>
  readonly view: ConsoleView
  readonly onRun: () => void
  readonly onDocs: (name?: string) => void
  readonly onCommand: (name: string | undefined) => void
}

/** Where commands are typed. What is typed and not sent survives leaving the page. */
export function ConsoleInput({ ref, view, onRun, onDocs, onCommand }: ConsoleInputProps) {
  const { session } = view
  const { sessionId } = session
  const docs = useQuery(docsQuery(sessionId)).data
  const place = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView>(null)
  const [fault, setFaultText] = useState<string>()
  const [isSearching, setSearching] = useState(false)

  const host: EditorHost = {
    commands: () => docs?.byName,
    history: () => view.history,
    run: (input) => {
      const script = splitScript(input)
      if (!script.ok) {
        setFaultText(`${script.message} Nothing was sent.`)
        editor.current?.dispatch({ effects: setFault.of(script.position), selection: { anchor: script.position } })
        return false
      }
      onRun()
      if (!runOwn(sessionId, input, onDocs)) void runInput(sessionId, input)
      return true
    },
    changed: (draft) => {
      setFaultText(undefined)
      patchView(sessionId, { draft })
    },
    cancel: () => void cancelRun(sessionId),
    clear: () => clearEntries(sessionId),
    toggleDocs: () => onDocs(),
    searchHistory: () => setSearching(true),
    commandAtCaret: onCommand,
  }
  const latest = useRef(host)
  useEffect(() => {
    latest.current = host
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: one editor per session; it reads the rest from `latest`.
  useEffect(() => {
    if (!place.current) return
    const made = createConsoleEditor(place.current, view.draft, {
      commands: () => latest.current.commands(),
      history: () => latest.current.history(),
      run: (input) => latest.current.run(input),
      changed: (input) => latest.current.changed(input),
      cancel: () => latest.current.cancel(),
      clear: () => latest.current.clear(),
      toggleDocs: () => latest.current.toggleDocs(),
      searchHistory: () => latest.current.searchHistory(),
      commandAtCaret: (name) => latest.current.commandAtCaret(name),
    })
    editor.current = made
    made.focus()
    return () => {
      made.destroy()
      editor.current = null
    }
  }, [sessionId])

  useImperativeHandle(ref, () => ({ focus: () => editor.current?.focus() }))

  const take = (text: string | undefined): void => {
    setSearching(false)
    const made = editor.current
    if (!made) return
    if (text !== undefined) {
      made.dispatch({
        changes: { from: 0, to: made.state.doc.length, insert: text },
        selection: { anchor: text.length },
      })
    }
    made.focus()
  }

  return (
    <div className={css.inputArea}>
      {isSearching && <HistorySearch history={view.history} onTake={take} />}
      <div className={css.input} data-production={session.environment === 'production' ? '' : undefined}>
        <code className={css.prompt}>{promptOf(session.address, view.position)}</code>
        <div ref={place} className={css.editor} />
      </div>
      {fault !== undefined && (
        <p className={css.fault} role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}

/** Words that are the console's and not the server's, as in redis-cli. */
function runOwn(sessionId: string, input: string, onDocs: (name?: string) => void): boolean {
  const [word = '', ...rest] = input.trim().split(/\s+/)
  if (/^clear$/i.test(word) && rest.length === 0) {
    clearEntries(sessionId)
    return true
  }
  if (!/^(help|\?)$/i.test(word)) return false
  onDocs(rest.join(' ').toUpperCase())
  return true
}
