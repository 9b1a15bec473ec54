import { history, historyKeymap, standardKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { bracketMatching, foldGutter, foldKeymap } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { clsx } from 'clsx'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import css from './code-field.module.css'
import { codeTheme } from './code-theme.ts'

export interface CodeHandle {
  readonly focus: () => void
  /** For what this wrapper does not wrap. */
  readonly view: () => EditorView | null
}

export interface CodeFieldProps {
  readonly ref?: Ref<CodeHandle>
  readonly label: string
  readonly value: string
  readonly onValueChange?: (value: string) => void
  readonly mode?: 'text' | 'json'
  readonly readOnly?: boolean
  readonly wrap?: boolean
  readonly lineNumbers?: boolean
  /** A box round it, for use in a form. A pane has its own edges. */
  readonly framed?: boolean
  readonly placeholder?: string
  /** Taken at the first render: keep it constant, or use a Compartment of your own. */
  readonly extensions?: Extension
  readonly className?: string
}

/**
 * CodeMirror in the app's look. `value` is text with \n between lines:
 * CodeMirror makes every line end that, so bytes that hold \r\n must be
 * handled by whoever decodes them.
 */
export function CodeField(props: CodeFieldProps) {
  const { label, value, mode = 'text', readOnly = false, wrap = true } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const settings = useRef(new Compartment())
  const onValueChange = useRef(props.onValueChange)
  useEffect(() => {
    onValueChange.current = props.onValueChange
  })
  useImperativeHandle(props.ref, () => ({ focus: () => view.current?.focus(), view: () => view.current }), [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; the effects below keep it in step.
  useEffect(() => {
    if (!host.current) return
    const editor = new EditorView({
      parent: host.current,
      doc: value,
      extensions: [
        props.extensions ?? [],
        props.lineNumbers ? lineNumbers() : [],
        history(),
        drawSelection(),
        bracketMatching(),
        search({ top: true }),
        highlightSelectionMatches(),
        props.placeholder === undefined ? [] : placeholder(props.placeholder),
        // No Tab binding: Tab leaves the field, as everywhere else.
        keymap.of([...standardKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap]),
        settings.current.of(settingsOf(label, mode, readOnly, wrap)),
        codeTheme,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onValueChange.current?.(update.state.doc.toString())
        }),
      ],
    })
    view.current = editor
    return () => {
      editor.destroy()
      view.current = null
    }
  }, [])

  useEffect(() => {
    view.current?.dispatch({ effects: settings.current.reconfigure(settingsOf(label, mode, readOnly, wrap)) })
  }, [label, mode, readOnly, wrap])

  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])

  return <div ref={host} className={clsx(css.code, props.framed && css.framed, props.className)} />
}

function settingsOf(label: string, mode: 'text' | 'json', readOnly: boolean, wrap: boolean): Extension {
  return [
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
    EditorState.readOnly.of(readOnly),
    mode === 'json' ? [json(), foldGutter()] : [],
    wrap ? EditorView.lineWrapping : [],
  ]
}
