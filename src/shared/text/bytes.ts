/*
 * Bytes and text. A byte sequence travels as a latin1 string where it has to be
 * a string (a key name, a Map key): one character per byte, nothing lost.
 */
import { decodeUtf8, encodeUtf8 } from '../contract/utf8.ts'

/** Characters handed to String.fromCharCode at once; its arguments lie on the stack. */
const PIECE = 8_192

/** One character (U+0000..U+00FF) per byte. */
export function bytesToLatin1(bytes: Uint8Array): string {
  if (bytes.length <= PIECE) return String.fromCharCode.apply(null, bytes as unknown as number[])
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + PIECE) as unknown as number[])
  }
  return text
}

/** The inverse of bytesToLatin1. Throws a RangeError on a character that is not one byte. */
export function latin1ToBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff) throw new RangeError(`character ${i} of the text is no byte`)
    bytes[i] = code
  }
  return bytes
}

export const utf8ToBytes = (text: string): Uint8Array<ArrayBuffer> => encodeUtf8(text)

/**
 * The text the bytes are in UTF-8, or undefined where they are not. What it
 * returns gives the same bytes again when encoded: editing it loses nothing.
 */
export function bytesToUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes)
  } catch {
    // A TypeError: the bytes are not UTF-8.
    return undefined
  }
}

/** UTF-8 where that is lossless, else latin1: for showing bytes of unknown origin, never for sending them back. */
export function showBytes(bytes: Uint8Array): string {
  return bytesToUtf8(bytes) ?? bytesToLatin1(bytes)
}

/** The same for bytes that travel as latin1: `showLatin1('Ã©')` is `é`. */
export function showLatin1(text: string): string {
  return isAscii(text) ? text : showBytes(latin1ToBytes(text))
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0
  for (const piece of pieces) size += piece.length
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
