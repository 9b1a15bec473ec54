/*
 * Arguments still to be typed, in grey behind the caret, as redis-cli shows them.
 */
import { type EditorState, type Extension, RangeSet } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from '@codemirror/view'
import { findCommand, hintFor } from '../../../../shared/command-docs/hint.ts'
import { wordsBefore } from './caret.ts'
import type { EditorHost } from './host.ts'

/** What is behind the caret; undefined: nothing worth saying. */
export function ghostText(state: EditorState, commands: ReturnType<EditorHost['commands']>): string | undefined {
  const { main } = state.selection
  if (!commands || !main.empty || main.head !== state.doc.lineAt(main.head).to) return undefined
  const caret = wordsBefore(state, main.head)
  if (!caret || caret.words.length === 0) return undefined
  const found = findCommand(commands, caret.words)
  // While a name is typed it may still become another one.
  if (!found || (found.nameLength === caret.words.length && !caret.isAfterSpace && isPrefix(commands, found.doc.name)))
    return undefined
  const hint = found.doc.isContainer
    ? caret.words.length === 1
      ? 'subcommand ...'
      : ''
    : hintFor(found.doc, caret.words.slice(found.nameLength))
  if (!hint) return undefined
  const shown = hint.length > LENGTH_MAX ? `${hint.slice(0, LENGTH_MAX)}… (F1)` : hint
  return caret.isAfterSpace ? shown : ` ${shown}`
}

/** What comes next is at the beginning; CLIENT KILL would fill the screen. */
const LENGTH_MAX = 200

function isPrefix(commands: ReadonlyMap<string, unknown>, name: string): boolean {
  for (const other of commands.keys())
    if (other.length > name.length && other.startsWith(name) && !other.includes(' ')) return true
  return false
}

class Ghost extends WidgetType {
  readonly text: string
  constructor(text: string) {
    super()
    this.text = text
  }
  override eq(other: Ghost): boolean {
    return other.text === this.text
  }
  override toDOM(): HTMLElement {
    const span = document.createElement('span')
    span.className = 'cm-ghost'
    span.textContent = this.text
    // Read out it would be noise; the docs pane says the same.
    span.setAttribute('aria-hidden', 'true')
    return span
  }
}

export function ghostHints(host: EditorHost): Extension {
  return [
    ViewPlugin.fromClass(
      class {
        decorations: DecorationSet
        constructor(view: EditorView) {
          this.decorations = decorate(view, host)
        }
        update(update: ViewUpdate): void {
          if (update.docChanged || update.selectionSet) {
            this.decorations = decorate(update.view, host)
          }
        }
      },
      { decorations: (plugin) => plugin.decorations },
    ),
    EditorView.baseTheme({ '.cm-ghost': { color: 'var(--text-disabled)', pointerEvents: 'none' } }),
  ]
}

function decorate({ state }: EditorView, host: EditorHost): DecorationSet {
  const text = ghostText(state, host.commands())
  if (text === undefined) return RangeSet.empty
  return Decoration.set([Decoration.widget({ widget: new Ghost(text), side: 1 }).range(state.selection.main.head)])
}
