/*
 * What the palette finds: every typed letter occurs in the label, in order.
 * Whole words beat beginnings of words, those beat letters in between, so that
 * "adc" finds "ADd Connection" before "loAD sCripts".
 */

/** Higher is better; null: it does not match. */
export function matchScore(label: string, typed: string): number | null {
  const text = label.toLowerCase()
  const query = typed.toLowerCase().replaceAll(' ', '')
  if (query === '') return 0
  let score = text.startsWith(typed.toLowerCase().trim()) ? 20 : 0
  let at = 0
  let previous = -2
  for (const letter of query) {
    const found = nextLetter(text, letter, at, previous)
    if (found < 0) return null
    if (isWordStart(text, found)) score += 8
    if (found === previous + 1) score += 5
    score -= Math.min(found - at, 3)
    previous = found
    at = found + 1
  }
  return score - text.length / 100
}

/** The letter right after the last one, else one that begins a word, else any. */
function nextLetter(text: string, letter: string, from: number, previous: number): number {
  if (previous >= 0 && text[previous + 1] === letter) return previous + 1
  for (let i = from; i < text.length; i++) {
    if (text[i] === letter && isWordStart(text, i)) return i
  }
  return text.indexOf(letter, from)
}

const isWordStart = (text: string, at: number): boolean => at === 0 || !/[a-z0-9]/.test(text[at - 1] ?? '')

/** Those that match, best first; equals keep their order. */
export function filterActions<A extends { readonly label: string; readonly group: string }>(
  actions: readonly A[],
  typed: string,
): readonly A[] {
  if (typed.trim() === '') return actions
  const scored = actions.flatMap((action) => {
    const own = matchScore(action.label, typed)
    const inGroup = matchScore(`${action.group} ${action.label}`, typed)
    const score = Math.max(own ?? Number.NEGATIVE_INFINITY, (inGroup ?? Number.NEGATIVE_INFINITY) - 4)
    return score === Number.NEGATIVE_INFINITY ? [] : [{ action, score }]
  })
  return scored.toSorted((a, b) => b.score - a.score).map(({ action }) => action)
}
