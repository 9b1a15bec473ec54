/*
 * Glob patterns as Redis matches them (KEYS, SCAN MATCH, PSUBSCRIBE): `*`, `?`,
 * `[abc]`, `[a-z]`, `[^a]`, and `\` to take the next character as it is.
 *
 * Names and patterns are latin1, one character per byte, so `?` is one byte.
 * Matching never goes back further than the last `*`: its worst case is the
 * product of the two lengths, where naive recursion is exponential in the
 * number of stars.
 */

/** One byte of the name must be this: a byte, one of a set, or anything. */
type Step = number | Uint8Array | typeof ANY | typeof STAR
const ANY = 'any'
const STAR = 'star'

export type GlobMatcher = (name: string) => boolean

export function compileGlob(pattern: string, options: { readonly ignoreCase?: boolean } = {}): GlobMatcher {
  const fold = options.ignoreCase ? lowerAscii : (text: string) => text
  const steps = parse(fold(pattern))
  if (steps.length === 1 && steps[0] === STAR && pattern === '*') return () => true
  const literal = literalOf(steps)
  if (literal !== undefined) return (name) => fold(name) === literal
  // Redis looks at the pattern only while there is name left: to an empty name even `**` is no match.
  return (name) => (name === '' ? steps.length === 0 : matches(steps, fold(name)))
}

export function globMatches(pattern: string, name: string): boolean {
  return compileGlob(pattern)(name)
}

/** The pattern that matches exactly this name. */
export function escapeGlob(name: string): string {
  return name.replace(/[*?[\]\\^-]/g, '\\$&')
}

function matches(steps: readonly Step[], name: string): boolean {
  let step = 0
  let at = 0
  // Where to go on when what follows the last star fails: one byte further on.
  let starStep = -1
  let starAt = 0
  while (at < name.length) {
    const wanted = steps[step]
    if (wanted === STAR) {
      starStep = step++
      starAt = at
    } else if (wanted !== undefined && accepts(wanted, name.charCodeAt(at))) {
      step++
      at++
    } else if (starStep >= 0) {
      step = starStep + 1
      at = ++starAt
    } else {
      return false
    }
  }
  while (steps[step] === STAR) step++
  return step === steps.length
}

function accepts(step: number | Uint8Array | typeof ANY, code: number): boolean {
  if (typeof step === 'number') return step === code
  return step === ANY || step[code] === 1
}

function parse(pattern: string): Step[] {
  const steps: Step[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '*') {
      if (steps.at(-1) !== STAR) steps.push(STAR)
    } else if (character === '?') {
      steps.push(ANY)
    } else if (character === '[') {
      const { members, end } = parseSet(pattern, at + 1)
      steps.push(members)
      at = end
    } else {
      // A backslash at the very end stands for itself.
      if (character === '\\' && at + 1 < pattern.length) at++
      steps.push(pattern.charCodeAt(at))
    }
  }
  return steps
}

/** A set from behind its bracket; `end` is that of `]`, or of the pattern when it is never closed. */
function parseSet(pattern: string, start: number): { members: Uint8Array; end: number } {
  const isNegated = pattern[start] === '^'
  const members = new Uint8Array(256)
  let at = isNegated ? start + 1 : start
  for (; at < pattern.length && pattern[at] !== ']'; at++) {
    if (pattern[at] === '\\' && at + 1 < pattern.length) {
      at++
      members[pattern.charCodeAt(at)] = 1
    } else if (pattern[at + 1] === '-' && at + 2 < pattern.length) {
      const ends = [pattern.charCodeAt(at), pattern.charCodeAt(at + 2)] as const
      members.fill(1, Math.min(...ends), Math.max(...ends) + 1)
      at += 2
    } else {
      members[pattern.charCodeAt(at)] = 1
    }
  }
  return { members: isNegated ? members.map((is) => 1 - is) : members, end: at }
}

function literalOf(steps: readonly Step[]): string | undefined {
  let text = ''
  for (const step of steps) {
    if (typeof step !== 'number') return undefined
    text += String.fromCharCode(step)
  }
  return text
}

/** Only A to Z, as C's tolower does in the C locale. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
