/*
 * Commands as bytes: an array of bulk strings, the only form a request has.
 */
import { utf8ToBytes } from '../text/bytes.ts'

/** Text goes out as UTF-8. For other bytes, pass bytes. */
export type CommandArgument = string | Uint8Array

const CR = 0x0d
const LF = 0x0a
const ASTERISK = 0x2a
const DOLLAR = 0x24

export function encodeCommand(args: readonly CommandArgument[]): Uint8Array<ArrayBuffer> {
  const encoded = args.map((arg) => (typeof arg === 'string' ? utf8ToBytes(arg) : arg))
  let size = headerSize(encoded.length)
  for (const arg of encoded) size += headerSize(arg.length) + arg.length + 2
  const out = new Uint8Array(size)
  let at = writeHeader(out, 0, ASTERISK, encoded.length)
  for (const arg of encoded) {
    at = writeHeader(out, at, DOLLAR, arg.length)
    out.set(arg, at)
    at += arg.length
    out[at++] = CR
    out[at++] = LF
  }
  return out
}

/** Bytes of `*<n>\r\n`. */
const headerSize = (n: number): number => String(n).length + 3

function writeHeader(out: Uint8Array, start: number, sign: number, n: number): number {
  let at = start
  out[at++] = sign
  const digits = String(n)
  for (let i = 0; i < digits.length; i++) out[at++] = digits.charCodeAt(i)
  out[at++] = CR
  out[at++] = LF
  return at
}
