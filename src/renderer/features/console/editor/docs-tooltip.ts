import type { Extension } from '@codemirror/state'
import { EditorView, hoverTooltip } from '@codemirror/view'
import { usageOf } from '../../../../shared/command-docs/usage.ts'
import { commandAt } from './caret.ts'
import type { EditorHost } from './host.ts'

/** The command under the pointer, in two lines; F1 tells the rest. */
export const docsTooltip = (host: EditorHost): Extension => [
  hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos)
    const doc = commandAt(view.state, pos, host.commands())
    const at = doc ? line.text.toUpperCase().indexOf(doc.name.split(' ')[0] ?? '') : -1
    if (!doc || at < 0 || pos < line.from + at || pos > line.from + at + doc.name.length) return null
    return {
      pos: line.from + at,
      above: true,
      create: () => {
        const dom = document.createElement('div')
        dom.className = 'cm-command-docs'
        const usage = document.createElement('code')
        usage.textContent = `${doc.name} ${usageOf(doc.args)}`.trim()
        dom.append(usage)
        if (doc.summary) {
          const summary = document.createElement('p')
          summary.textContent = doc.summary
          dom.append(summary)
        }
        return { dom }
      },
    }
  }),
  EditorView.baseTheme({
    '.cm-command-docs': { padding: '8px 10px', maxWidth: '520px', font: 'var(--type-body)' },
    '.cm-command-docs code': { font: 'var(--type-mono)', overflowWrap: 'anywhere' },
    '.cm-command-docs p': { marginTop: '4px', color: 'var(--text-2)' },
  }),
]
