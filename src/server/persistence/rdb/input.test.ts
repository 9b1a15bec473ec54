/*
 * What an input says of itself that cannot be. Bytes broken at random are in the fuzz
 * tests beside; here is what they would have to be too big for.
 */
import { expect, test } from 'vitest'
import { LZF_ROOM_MAX } from '../../base/lzf.ts'
import { Slice } from '../../base/slice.ts'
import { STRING_LZF } from './format.ts'
import { RdbError, RdbInput } from './input.ts'
import { RdbOutput } from './output.ts'

test('a compressed string that says it is bigger than any memory is refused', () => {
  // So few that they could become as much.
  const packed = Math.ceil(LZF_ROOM_MAX / 88)
  const out = new RdbOutput()
  out.byte(STRING_LZF)
  out.length(packed)
  out.length(LZF_ROOM_MAX)
  const bytes = new Uint8Array(out.at + packed)
  bytes.set(out.buf.subarray(0, out.at))
  expect(() => new RdbInput(new Slice(bytes)).string()).toThrow(RdbError)
})
