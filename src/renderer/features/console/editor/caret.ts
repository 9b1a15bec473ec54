/*
 * What stands at the caret: the words of its line so far, and the command they
 * begin with.
 */
import type { EditorState } from '@codemirror/state'
import type { CommandDoc } from '../../../../shared/command-docs/doc.ts'
import { findCommand } from '../../../../shared/command-docs/hint.ts'
import { bytesToUtf8 } from '../../../../shared/text/bytes.ts'
import { splitLine } from '../../../../shared/text/quote.ts'

export interface CaretWords {
  /** Without a leading count; the last one is being typed unless `isAfterSpace`. */
  readonly words: readonly string[]
  readonly isAfterSpace: boolean
  /** Where the word being typed begins in the document. */
  readonly wordFrom: number
}

/** The words between the start of the line and `pos`; undefined within quotes. */
export function wordsBefore(state: EditorState, pos: number): CaretWords | undefined {
  const line = state.doc.lineAt(pos)
  const before = line.text.slice(0, pos - line.from)
  const split = splitLine(before)
  if (!split.ok) return undefined
  const isAfterSpace = before === '' || /\s$/.test(before)
  const args = /^\d+$/.test(shown(split.args[0]?.bytes)) ? split.args.slice(1) : split.args
  const last = args.at(-1)
  return {
    words: args.map((arg) => shown(arg.bytes)),
    isAfterSpace,
    wordFrom: isAfterSpace || !last ? pos : line.from + last.start,
  }
}

const shown = (bytes: Uint8Array | undefined): string => (bytes && bytesToUtf8(bytes)) ?? ''

/** The command of the line the caret is in. */
export function commandAt(
  state: EditorState,
  pos: number,
  commands: ReadonlyMap<string, CommandDoc> | undefined,
): CommandDoc | undefined {
  const words = splitLine(state.doc.lineAt(pos).text).args.map((arg) => shown(arg.bytes))
  if (/^\d+$/.test(words[0] ?? '')) words.shift()
  return commands && findCommand(commands, words)?.doc
}
