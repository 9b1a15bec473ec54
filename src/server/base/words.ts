/*
 * Words of a line: an inline command, or a line of a configuration file. They
 * are split at blanks; quotes hold blanks together. "..." knows \n \r \t \b \a
 * \xHH, and a backslash before anything else means that character; '...' knows
 * only \'. A closing quote ends its word.
 */
const SPACE = 32
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39
const BACKSLASH = 92
const LOWER_X = 120

const ESCAPES: Readonly<Record<number, number>> = { 110: 10, 114: 13, 116: 9, 98: 8, 97: 7 }

/** The words of `buf` between two places; undefined if a quote is not closed, or is followed by more than a blank. */
export function splitWords(buf: Uint8Array, from: number, to: number): Uint8Array[] | undefined {
  const words: Uint8Array[] = []
  let at = from
  for (;;) {
    while (at < to && isSpace(buf[at])) at++
    if (at === to) return words
    const word: number[] = []
    at = readWord(buf, at, to, word)
    if (at < 0) return undefined
    words.push(Uint8Array.from(word))
  }
}

/** Reads the word at `at` into `word` and returns its end, or -1. A quote may also open inside a word. */
function readWord(buf: Uint8Array, from: number, to: number, word: number[]): number {
  let at = from
  while (at < to) {
    const c = buf[at]
    if (c === SPACE || c === 10 || c === 13 || c === 9) return at
    if (c === DOUBLE_QUOTE || c === SINGLE_QUOTE) {
      at = c === DOUBLE_QUOTE ? readDouble(buf, at + 1, to, word) : readSingle(buf, at + 1, to, word)
      if (at < 0) return -1
      return at === to || isSpace(buf[at]) ? at : -1
    }
    word.push(c)
    at++
  }
  return at
}

function readDouble(buf: Uint8Array, from: number, to: number, word: number[]): number {
  let at = from
  while (at < to) {
    const c = buf[at]
    if (c === DOUBLE_QUOTE) return at + 1
    if (c !== BACKSLASH || at + 1 >= to) {
      word.push(c)
      at++
      continue
    }
    const high = at + 3 < to ? hexDigit(buf[at + 2]) : -1
    const low = at + 3 < to ? hexDigit(buf[at + 3]) : -1
    if (buf[at + 1] === LOWER_X && high >= 0 && low >= 0) {
      word.push(high * 16 + low)
      at += 4
    } else {
      word.push(ESCAPES[buf[at + 1]] ?? buf[at + 1])
      at += 2
    }
  }
  return -1
}

function readSingle(buf: Uint8Array, from: number, to: number, word: number[]): number {
  let at = from
  while (at < to) {
    const c = buf[at]
    if (c === SINGLE_QUOTE) return at + 1
    if (c === BACKSLASH && at + 1 < to && buf[at + 1] === SINGLE_QUOTE) at++
    word.push(buf[at])
    at++
  }
  return -1
}

/** As C's isspace. */
const isSpace = (c: number): boolean => c === SPACE || (c >= 9 && c <= 13)

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48
  const letter = c | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
