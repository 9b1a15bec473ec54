/*
 * A value as text in an editor, and back, without changing a byte that was not
 * edited.
 *
 * An editor knows one end of line. Values whose lines all end in \r\n are shown
 * with \n and get their \r back; where ends are mixed, text cannot be edited
 * without changing some, and only the hex view may.
 */
import { bytesToUtf8, utf8ToBytes } from '../../../shared/text/bytes.ts'
import { compactJson, jsonFault, prettyJson } from './json-layout.ts'

export interface TextValue {
  readonly text: string
  /** Why it must not be edited as text; absent: it may. */
  readonly readOnly?: string
  /** The bytes of the text after an edit. */
  readonly encode: (text: string) => Uint8Array
}

/** Undefined where the bytes are not UTF-8. */
export function asText(bytes: Uint8Array): TextValue | undefined {
  const text = bytesToUtf8(bytes)
  if (text === undefined) return undefined
  if (!text.includes('\r')) return { text, encode: utf8ToBytes }
  const shown = text.replaceAll('\r\n', '\n')
  if (!shown.includes('\r') && shown.replaceAll('\n', '\r\n') === text) {
    return { text: shown, encode: (edited) => utf8ToBytes(edited.replaceAll('\n', '\r\n')) }
  }
  return {
    text: text.replaceAll(/\r\n?/g, '\n'),
    readOnly: 'Its lines end in different ways (\\n, \\r\\n, \\r), which an editor cannot keep. Edit it as hex.',
    encode: utf8ToBytes,
  }
}

/**
 * JSON laid out to be read. An edit is written compact where the value was, and
 * as it is laid out where the value had white space of its own.
 */
export function asJson(bytes: Uint8Array): TextValue | undefined {
  const text = bytesToUtf8(bytes)
  if (text === undefined || jsonFault(text) !== null) return undefined
  const isCompact = compactJson(text) === text
  const encode = (edited: string): Uint8Array =>
    utf8ToBytes(isCompact && jsonFault(edited) === null ? compactJson(edited) : edited)
  return { text: prettyJson(text), encode }
}

/** Bytes beyond which an editor is no help: each key pressed in one costs about 13 ms per MiB. */
export const EDITOR_MAX = 8 << 20

export type ValueFormat = 'text' | 'json' | 'hex' | 'bits'

/** To choose from. */
export const VALUE_FORMATS = [
  { value: 'text', label: 'text' },
  { value: 'json', label: 'json' },
  { value: 'hex', label: 'hex' },
  { value: 'bits', label: 'bits' },
] as const satisfies readonly { readonly value: ValueFormat; readonly label: string }[]

/** How a value is best shown: JSON only where it is a container, for a number is text to most people. */
export function guessFormat(bytes: Uint8Array, isWhole: boolean): ValueFormat {
  const text = bytesToUtf8(bytes)
  if (text === undefined) return isWhole || !isCutText(bytes) ? 'hex' : 'text'
  return isWhole && /^\s*[[{]/.test(text) && jsonFault(text) === null ? 'json' : 'text'
}

/** UTF-8 but for a character cut in two at either end, as a page of a long value is. */
export function isCutText(bytes: Uint8Array): boolean {
  for (let from = 0; from < 4 && from <= bytes.length; from++) {
    for (let cut = 0; cut < 4 && cut <= bytes.length - from; cut++) {
      if (bytesToUtf8(bytes.subarray(from, bytes.length - cut)) !== undefined) return true
    }
  }
  return false
}
