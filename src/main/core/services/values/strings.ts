/*
 * Strings by range, and written back only over what was read.
 */
import { fail } from '../../../../shared/contract/failure.ts'
import type { StringRange } from '../../../../shared/contract/strings.ts'
import { isNull } from '../../../../shared/resp/value.ts'
import { bytesEqual } from '../../../../shared/text/bytes.ts'
import { bytesOrNull, integerOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import { accept, askOne, changedMeanwhile, type KeyAt, keyBytes, keyMissing, send } from './ask.ts'
import { guarded } from './guarded.ts'

export async function readString(at: KeyAt, offset: number, count: number): Promise<StringRange> {
  const key = keyBytes(at.key)
  const [total, range] = await send(at, [
    ['STRLEN', key],
    ['GETRANGE', key, String(offset), String(offset + count - 1)],
  ])
  const size = integerOf(accept(at, total!))
  // Both answer a missing key as they do an empty string.
  if (size === 0 && integerOf(await askOne(at, ['EXISTS', key])) === 0) fail(keyMissing)
  return { bytes: bytesOrNull(accept(at, range!)) ?? new Uint8Array(0), offset, total: size }
}

interface StringWrite {
  readonly bytes: Uint8Array
  /** Written only over this. */
  readonly expected?: Uint8Array
  readonly keepTtl: boolean
}

/** Never creates: a value that expired while it was edited does not come back. */
export async function writeString(at: KeyAt, { bytes, expected, keepTtl }: StringWrite): Promise<{ total: number }> {
  const key = keyBytes(at.key)
  const set: Command = ['SET', key, bytes, 'XX', ...(keepTtl ? ['KEEPTTL'] : [])]
  if (expected === undefined) {
    // SET would replace a value of any type; STRLEN refuses all but a string.
    await askOne(at, ['STRLEN', key])
    if (isNull(await askOne(at, set))) fail(keyMissing)
  } else {
    await guarded(at, {
      // One byte more than is expected: enough to see a longer value without reading it.
      look: [
        ['EXISTS', key],
        ['GETRANGE', key, '0', String(expected.length)],
      ],
      write: ([exists, found]) => {
        if (integerOf(exists!) === 0) fail(keyMissing)
        if (!bytesEqual(bytesOrNull(found!) ?? new Uint8Array(0), expected)) fail(changedMeanwhile)
        return [set]
      },
    })
  }
  return { total: bytes.length }
}

export async function countDistinct(at: KeyAt): Promise<{ count: number }> {
  return { count: integerOf(await askOne(at, ['PFCOUNT', keyBytes(at.key)])) }
}

/** Never creates, though PFADD would. */
export async function addDistinct(at: KeyAt, element: Uint8Array): Promise<{ changed: boolean }> {
  const key = keyBytes(at.key)
  const [added] = await guarded(at, {
    look: [['EXISTS', key]],
    write: ([exists]) => {
      if (integerOf(exists!) === 0) fail(keyMissing)
      return [['PFADD', key, element]]
    },
  })
  return { changed: integerOf(added!) === 1 }
}
