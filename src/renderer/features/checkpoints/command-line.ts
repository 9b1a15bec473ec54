import { utf8ToBytes } from '../../../shared/text/bytes.ts'
import { quoteArgument } from '../../../shared/text/quote.ts'

/** A command as one would type it, for a dialog that says what it sends. */
export const commandLine = (...words: readonly string[]): string =>
  words.map((word) => quoteArgument(utf8ToBytes(word))).join(' ')
