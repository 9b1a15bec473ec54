import { type Extension, RangeSetBuilder } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import { highlightWords, type WordKind } from '../highlight.ts'

const marks: Readonly<Record<WordKind, Decoration>> = {
  command: Decoration.mark({ class: 'cm-w-command' }),
  token: Decoration.mark({ class: 'cm-w-token' }),
  number: Decoration.mark({ class: 'cm-w-number' }),
  string: Decoration.mark({ class: 'cm-w-string' }),
  plain: Decoration.mark({ class: 'cm-w-plain' }),
}

/** Colours the words of the lines in sight. */
export const colourWords: Extension = [
  ViewPlugin.fromClass(
    class {
      decorations: DecorationSet
      constructor(view: EditorView) {
        this.decorations = decorate(view)
      }
      update(update: ViewUpdate): void {
        if (update.docChanged || update.viewportChanged) this.decorations = decorate(update.view)
      }
    },
    { decorations: (plugin) => plugin.decorations },
  ),
  EditorView.baseTheme({
    '.cm-w-command': { color: 'var(--accent)', fontWeight: '600' },
    '.cm-w-token': { color: 'var(--hue-hash)' },
    '.cm-w-number': { color: 'var(--hue-zset)' },
    '.cm-w-string': { color: 'var(--hue-set)' },
  }),
]

function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  for (const { from, to } of view.visibleRanges) {
    for (let pos = from; pos <= to; ) {
      const line = view.state.doc.lineAt(pos)
      for (const word of highlightWords(line.text, line.from)) builder.add(word.from, word.to, marks[word.kind])
      pos = line.to + 1
    }
  }
  return builder.finish()
}
