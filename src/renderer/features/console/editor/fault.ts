import { StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view'

/** Marks the quote that keeps the input from being read; typing takes the mark away. */
export const setFault = StateEffect.define<number>()

export const faultMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = transaction.docChanged ? Decoration.none : marks
    for (const effect of transaction.effects) {
      if (!effect.is(setFault)) continue
      const from = Math.min(effect.value, Math.max(0, transaction.newDoc.length - 1))
      next = Decoration.set([
        Decoration.mark({ class: 'cm-fault' }).range(from, Math.min(from + 1, transaction.newDoc.length)),
      ])
    }
    return next
  },
  provide: (field) => [
    EditorView.decorations.from(field),
    EditorView.baseTheme({
      '.cm-fault': { backgroundColor: 'var(--danger-fill)', color: 'var(--on-fill)', borderRadius: '2px' },
    }),
  ],
})
