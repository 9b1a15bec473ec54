/*
 * Up and Down through what was typed before, as in a shell: from the first and
 * the last line of the input, and back to what was being typed.
 */
import type { Command, EditorView } from '@codemirror/view'
import type { EditorHost } from './host.ts'

export interface HistoryKeys {
  readonly older: Command
  readonly newer: Command
  /** Typing, or running, begins at the newest again. */
  readonly reset: () => void
}

export function historyKeys(host: EditorHost): HistoryKeys {
  // How many entries back; 0 is what is being typed.
  let back = 0
  let draft = ''
  const go = (view: EditorView, to: number): boolean => {
    const entries = host.history()
    if (to < 0 || to > entries.length) return false
    if (back === 0) draft = view.state.doc.toString()
    const text = to === 0 ? draft : (entries[entries.length - to] ?? '')
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: text },
      selection: { anchor: text.length },
      scrollIntoView: true,
      userEvent: 'history',
    })
    back = to
    return true
  }
  return {
    older: (view) => {
      const { state } = view
      if (state.doc.lineAt(state.selection.main.head).number > 1) return false
      // At the oldest the key does nothing, but it is still ours.
      go(view, back + 1)
      return true
    },
    newer: (view) => {
      const { state } = view
      if (back === 0 || state.doc.lineAt(state.selection.main.head).number < state.doc.lines) return false
      return go(view, back - 1)
    },
    reset: () => {
      back = 0
    },
  }
}
