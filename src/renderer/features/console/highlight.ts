/*
 * A command line cut into coloured parts, for the editor and the transcript.
 */
export type WordKind = 'command' | 'token' | 'number' | 'string' | 'plain'

export interface Word {
  readonly from: number
  readonly to: number
  readonly kind: WordKind
}

// A quoted argument may be unfinished while it is typed.
const WORD = /"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|[^\s"']+/g

/** The words of one line; `offset` is where the line begins in its document. */
export function highlightWords(line: string, offset = 0): Word[] {
  const words: Word[] = []
  let index = 0
  for (const match of line.matchAll(WORD)) {
    const text = match[0]
    const from = offset + match.index
    // `3 PING`: the count is not the command.
    const isCount = index === 0 && /^\d+$/.test(text)
    words.push({ from, to: from + text.length, kind: isCount ? 'number' : kindOf(text, index) })
    if (!isCount) index++
  }
  return words
}

function kindOf(text: string, index: number): WordKind {
  if (index === 0) return 'command'
  if (text.startsWith('"') || text.startsWith("'")) return 'string'
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return 'number'
  return /^[A-Z][A-Z-]+$/.test(text) ? 'token' : 'plain'
}
