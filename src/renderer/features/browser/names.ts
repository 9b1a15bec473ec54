/*
 * Names of keys and fields, which are bytes, as text to read and to type.
 * Plain text stands for itself; anything else is quoted as redis-cli quotes.
 */
import type { Member } from '../../../shared/contract/sets.ts'
import type { Latin1 } from '../../../shared/contract/types.ts'
import { bytesToLatin1, bytesToUtf8, latin1ToBytes, utf8ToBytes } from '../../../shared/text/bytes.ts'
import { quoteArgument, quoteReadable, splitLine } from '../../../shared/text/quote.ts'

/** Longer names are cut for drawing; a row shows no more anyway, and layout of 4 KB costs time. */
const DRAWN_MAX = 400

/** A name as it is shown: `user:1`, `"a b"`, `"\xff\x00"`. */
export const showName = (name: string): string => quoteArgument(latin1ToBytes(name))

/** The same, cut to what a row can show. */
export function showNameShort(name: string): string {
  return name.length <= DRAWN_MAX ? showName(name) : `${showName(name.slice(0, DRAWN_MAX))}…`
}

/** A member or a value on one line, to read: text as it is, other bytes quoted. */
export const showElement = (bytes: Uint8Array): string =>
  bytes.length <= DRAWN_MAX ? quoteArgument(bytes) : `${quoteArgument(bytes.subarray(0, DRAWN_MAX))}…`

/** What "copy" puts on the clipboard: text as it is, other bytes quoted as redis-cli reads them. */
export const copyableText = (bytes: Uint8Array): string => bytesToUtf8(bytes) ?? quoteArgument(bytes)

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * A value on one line: text as it reads, other bytes quoted. For reading, not
 * for typing back. `isCut`: it goes on, so that its last character may be in two.
 */
export function showValue(bytes: Uint8Array, isCut: boolean): string {
  const text = bytesToUtf8(bytes) ?? (isCut ? cutText(bytes) : undefined)
  if (text === undefined) return quoteArgument(bytes)
  const line = text.replaceAll(/[\n\r\t]/g, (character) => ESCAPES[character]!)
  return CONTROL.test(line) ? quoteReadable(bytes) : line.replaceAll(UNSEEN, '\ufffd')
}

/** What no text is written in: it is shown by its numbers. */
const CONTROL = /\p{Cc}/u
/** Characters that would be drawn as nothing at all. */
const UNSEEN = /\p{Cf}/gu

/** Text whose last character was cut in two. */
function cutText(bytes: Uint8Array): string | undefined {
  for (let cut = 1; cut < 4; cut++) {
    const text = bytesToUtf8(bytes.subarray(0, bytes.length - cut))
    if (text !== undefined) return text
  }
  return undefined
}

export type ParsedName = { readonly ok: true; readonly name: Latin1 } | { readonly ok: false; readonly why: string }

/** What was typed as a name: text as it is, or quoted where it begins with a quote. */
export function parseName(text: string): ParsedName {
  if (!text.startsWith('"') && !text.startsWith("'")) {
    return { ok: true, name: bytesToLatin1(utf8ToBytes(text)) as Latin1 }
  }
  const line = splitLine(text)
  if (!line.ok) return { ok: false, why: line.message }
  const [only, ...more] = line.args
  if (!only || more.length > 0) return { ok: false, why: 'Text after the closing quote: quote the whole name.' }
  return { ok: true, name: bytesToLatin1(only.bytes) as Latin1 }
}

const COMMAND_ARG_MAX = 200

/** A command and its arguments, as it is sent; of a long member the beginning may be all that is known. */
export type Command = readonly (string | Uint8Array | Member)[]

/** A command as it is shown before it is sent; long values are cut and say so. */
export function showCommand(args: Command): string {
  return args
    .map((arg) => {
      const bytes = typeof arg === 'string' ? utf8ToBytes(arg) : 'member' in arg ? arg.member : arg
      const size = typeof arg !== 'string' && 'member' in arg ? arg.size : bytes.length
      if (size <= COMMAND_ARG_MAX) return quoteArgument(bytes)
      return `${quoteArgument(bytes.subarray(0, COMMAND_ARG_MAX))}… (${size.toLocaleString('en-US')} bytes)`
    })
    .join(' ')
}
