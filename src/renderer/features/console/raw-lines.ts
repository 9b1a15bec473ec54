/*
 * A reply as it came over the wire, one protocol line per line; what is not
 * printable ASCII is escaped.
 */
import { quote } from '../../../shared/text/quote.ts'

export interface RawLines {
  readonly lineCount: number
  readonly line: (number: number) => string
}

const LF = 0x0a

export function rawLines(raw: Uint8Array): RawLines {
  let count = 0
  for (let at = raw.indexOf(LF); at >= 0; at = raw.indexOf(LF, at + 1)) count++
  const starts = new Uint32Array(count + 1)
  let line = 0
  for (let at = raw.indexOf(LF); at >= 0; at = raw.indexOf(LF, at + 1)) starts[++line] = at + 1
  return {
    lineCount: count,
    // A quote needs no escape here, and RESP is full of none.
    line: (number) =>
      quote(raw.subarray(starts[number]!, starts[number + 1]!))
        .slice(1, -1)
        .replaceAll('\\"', '"'),
  }
}
