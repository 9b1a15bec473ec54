/*
 * One reply as the page holds it: the value, the bytes it came in, and how it is
 * looked at.
 */

import { RespDecoder } from '../../../shared/resp/decode.ts'
import { CliText } from '../../../shared/resp/format-cli.ts'
import type { RespValue } from '../../../shared/resp/value.ts'

export type ReplyView = 'text' | 'table' | 'json' | 'raw'

export interface Reply {
  readonly value: RespValue
  readonly raw: Uint8Array
  /** As redis-cli prints it. */
  readonly text: CliText
  /** For people to read, not to parse: INFO and its like. */
  readonly isText: boolean
  readonly view: ReplyView
  /** Lines of it that are in the transcript; the rest is a button away. */
  readonly linesShown: number
}

/** Enough for nearly every reply; a longer one says how much is left. */
export const LINES_SHOWN = 500
/** A longer string ends in a count of what is left. */
const STRING_SIZE_MAX = 4_096

export interface Looks {
  /** UTF-8 as text; redis-cli escapes what is not ASCII. */
  readonly readable: boolean
}

export function makeReply(value: RespValue, raw: Uint8Array, isText: boolean, looks: Looks): Reply {
  const text = cliText(value, isText, looks)
  return { value, raw, text, isText, view: 'text', linesShown: Math.min(LINES_SHOWN, text.lineCount) }
}

export const cliText = (value: RespValue, isText: boolean, { readable }: Looks): CliText =>
  new CliText(value, { isText, readable, stringSizeMax: STRING_SIZE_MAX })

/** Without the limit on strings. */
export const wholeText = ({ value, isText }: Reply, { readable }: Looks): CliText =>
  new CliText(value, { isText, readable })

/** Decoding this much takes a few milliseconds. */
const PIECE = 1 << 20

/**
 * The values in bytes the backend has already decoded once. Long ones are taken
 * in pieces, so that the page stays alive.
 */
export async function decodeValues(raw: Uint8Array): Promise<{ value: RespValue; raw: Uint8Array }[]> {
  const decoder = new RespDecoder()
  const values: { value: RespValue; raw: Uint8Array }[] = []
  let start = 0
  for (let at = 0; at < raw.length; at += PIECE) {
    if (at > 0) await new Promise((turn) => setTimeout(turn, 0))
    decoder.push(raw.subarray(at, at + PIECE))
    for (let value = decoder.next(); value !== undefined; value = decoder.next()) {
      values.push({ value, raw: raw.subarray(start, start + decoder.lastReplySize) })
      start += decoder.lastReplySize
    }
  }
  return values
}
