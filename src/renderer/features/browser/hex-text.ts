/*
 * Bytes as lines of hexadecimal, sixteen to a line, to read and to edit.
 */
export const BYTES_PER_LINE = 16

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** One line of a dump; the last may be short. */
export function hexLine(bytes: Uint8Array, line: number): string {
  const from = line * BYTES_PER_LINE
  return Array.from(bytes.subarray(from, from + BYTES_PER_LINE), (byte) => PAIRS[byte]!).join(' ')
}

/** The same bytes as characters: printable ASCII, else a dot. */
export function asciiLine(bytes: Uint8Array, line: number): string {
  const from = line * BYTES_PER_LINE
  return Array.from(bytes.subarray(from, from + BYTES_PER_LINE), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
  ).join('')
}

export const lineCount = (size: number): number => Math.ceil(size / BYTES_PER_LINE)

export const hexOffset = (offset: number): string => offset.toString(16).padStart(8, '0')

export function hexText(bytes: Uint8Array): string {
  return Array.from({ length: lineCount(bytes.length) }, (_, line) => hexLine(bytes, line)).join('\n')
}

export type ParsedHex = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly why: string }

/** White space is free; digits come in pairs. */
export function parseHex(text: string): ParsedHex {
  const wrong = /[^0-9a-fA-F\s]/.exec(text)
  if (wrong) return { ok: false, why: `${JSON.stringify(wrong[0])} is no hexadecimal digit.` }
  const digits = text.replaceAll(/\s+/g, '')
  if (digits.length % 2 !== 0) return { ok: false, why: 'A byte has two digits; one is missing or too many.' }
  const bytes = new Uint8Array(digits.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  return { ok: true, bytes }
}
