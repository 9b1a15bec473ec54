/*
 * The console's line: CodeMirror that grows by the line, with a shell's keys.
 */
import {
  acceptCompletion,
  autocompletion,
  CompletionContext,
  completionStatus,
  startCompletion,
} from '@codemirror/autocomplete'
import { history, historyKeymap, insertNewline, standardKeymap } from '@codemirror/commands'
import { bracketMatching } from '@codemirror/language'
import { EditorState, Prec } from '@codemirror/state'
import { type Command, drawSelection, EditorView, type KeyBinding, keymap, placeholder } from '@codemirror/view'
import { codeTheme } from '../../../ui/code-theme.ts'
import { commandAt } from './caret.ts'
import { colourWords } from './colour.ts'
import { completionSource } from './complete.ts'
import { docsTooltip } from './docs-tooltip.ts'
import { faultMark } from './fault.ts'
import { ghostHints } from './ghost.ts'
import { type HistoryKeys, historyKeys } from './history-keys.ts'
import type { EditorHost } from './host.ts'

export function createConsoleEditor(parent: HTMLElement, draft: string, host: EditorHost): EditorView {
  const keys = historyKeys(host)
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: draft,
      selection: { anchor: draft.length },
      extensions: [
        Prec.highest(keymap.of(bindings(host, keys))),
        history(),
        drawSelection(),
        bracketMatching(),
        placeholder('Type a command. Tab completes, F1 explains.'),
        EditorView.lineWrapping,
        autocompletion({
          override: [completionSource(host)],
          activateOnTyping: false,
          // Who presses Enter right after Tab means it.
          interactionDelay: 0,
          icons: false,
        }),
        keymap.of([...standardKeymap, ...historyKeymap]),
        colourWords,
        faultMark,
        ghostHints(host),
        docsTooltip(host),
        codeTheme,
        lineTheme,
        EditorView.contentAttributes.of({ 'aria-label': 'Command', spellcheck: 'false', autocapitalize: 'off' }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged && !update.selectionSet) return
          const { state } = update
          if (update.docChanged) {
            host.changed(state.doc.toString())
            if (!update.transactions.some((transaction) => transaction.isUserEvent('history'))) keys.reset()
          }
          host.commandAtCaret(commandAt(state, state.selection.main.head, host.commands())?.name)
        }),
      ],
    }),
  })
}

/** Growing by the line, up to a point; and a completion list roomier than CodeMirror's, whose selectors are this long. */
const lineTheme = EditorView.theme({
  '&': { maxHeight: '40vh' },
  '.cm-scroller': { overflow: 'auto' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { font: 'var(--type-mono)', maxHeight: '240px', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    justifyContent: 'space-between',
    gap: '24px',
    padding: '3px 8px',
    borderRadius: '4px',
    lineHeight: '18px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li .cm-completionDetail': { marginLeft: '0' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 10px', font: 'var(--type-body)', maxWidth: '320px' },
})

function bindings(host: EditorHost, keys: HistoryKeys): KeyBinding[] {
  const does =
    (perform: () => void): Command =>
    () => {
      perform()
      return true
    }
  return [
    {
      key: 'Enter',
      run: (view) => (completionStatus(view.state) === 'active' ? acceptCompletion(view) : run(view, host, keys)),
    },
    { key: 'Shift-Enter', run: insertNewline },
    { key: 'Tab', run: complete(host) },
    { key: 'ArrowUp', run: (view) => completionStatus(view.state) !== 'active' && keys.older(view) },
    { key: 'ArrowDown', run: (view) => completionStatus(view.state) !== 'active' && keys.newer(view) },
    { key: 'Ctrl-p', run: keys.older },
    { key: 'Ctrl-n', run: keys.newer },
    { key: 'Ctrl-r', run: does(host.searchHistory), preventDefault: true },
    { key: 'Ctrl-l', run: does(host.clear), preventDefault: true },
    { key: 'F1', run: does(host.toggleDocs), preventDefault: true },
    // What is selected is to be copied, as everywhere; else it is a shell's interrupt.
    { key: 'Ctrl-c', run: (view) => view.state.selection.main.empty && interrupt(view, host) },
  ]
}

function run(view: EditorView, host: EditorHost, keys: HistoryKeys): boolean {
  if (!host.run(view.state.doc.toString())) return true
  keys.reset()
  view.dispatch({ changes: { from: 0, to: view.state.doc.length }, userEvent: 'history' })
  return true
}

function interrupt(view: EditorView, host: EditorHost): boolean {
  const { length } = view.state.doc
  if (length > 0) view.dispatch({ changes: { from: 0, to: length } })
  host.cancel()
  return true
}

/** A single possibility is taken at once, as in a shell. With nothing typed Tab leaves the field. */
const complete =
  (host: EditorHost): Command =>
  (view) => {
    const { state } = view
    if (state.doc.length === 0) return false
    if (completionStatus(state) === 'active') return acceptCompletion(view)
    const pos = state.selection.main.head
    const found = completionSource(host)(new CompletionContext(state, pos, true))
    const only = found?.options.length === 1 ? found.options[0] : undefined
    if (!found || !only) return startCompletion(view)
    const insert = String(only.apply)
    view.dispatch({
      changes: { from: found.from, to: pos, insert },
      selection: { anchor: found.from + insert.length },
      userEvent: 'input.complete',
    })
    return true
  }
