/*
 * The words of a command, for what is decided by them.
 */
import { bytesToLatin1 } from '../../../../shared/text/bytes.ts'
import type { Command } from '../redis-client/wire.ts'

/** Command names and options are short; a value of megabytes need not become text to be none of them. */
const WORD_SIZE_MAX = 64

/** In lower case; empty where there is none, or one too long to be a word. */
export function wordAt(args: Command, index: number): string {
  const arg = args.at(index)
  if (arg === undefined || arg.length > WORD_SIZE_MAX) return ''
  return (typeof arg === 'string' ? arg : bytesToLatin1(arg)).toLowerCase()
}
