/*
 * Reading what is expected out of a reply. Each throws a FailureError when the
 * reply is an error, or of a kind the command never gives.
 */
import { fail } from '../../../../shared/contract/failure.ts'
import type { RespPairs, RespValue } from '../../../../shared/resp/value.ts'
import { showBytes, showLatin1 } from '../../../../shared/text/bytes.ts'
import { throwIfError } from './failures.ts'

/** Bytes of a bulk, simple or verbatim string; null when there is none. */
export function bytesOrNull(reply: RespValue): Uint8Array | null {
  const value = throwIfError(reply)
  switch (value.type) {
    case 'bulk':
    case 'verbatim':
      return value.bytes
    case 'simple':
      return Buffer.from(value.text, 'latin1')
    case 'null':
    case 'nullArray':
      return null
    default:
      return unexpected(value, 'a string')
  }
}

/** Text to be shown or compared, never to be sent back. */
export function textOf(reply: RespValue): string {
  const value = throwIfError(reply)
  if (value.type === 'simple') return showLatin1(value.text)
  const bytes = bytesOrNull(value)
  return bytes === null ? unexpected(value, 'a string') : showBytes(bytes)
}

/** An integer; beyond 2^53 it loses its last digits, which no length or time reaches. */
export function integerOf(reply: RespValue): number {
  const value = throwIfError(reply)
  return value.type === 'integer' ? Number(value.value) : unexpected(value, 'an integer')
}

/** The items of an array, set or push; a null array has none. */
export function itemsOf(reply: RespValue): readonly RespValue[] {
  const value = throwIfError(reply)
  switch (value.type) {
    case 'array':
    case 'set':
    case 'push':
      return value.items
    case 'null':
    case 'nullArray':
      return []
    default:
      return unexpected(value, 'a list')
  }
}

/** The pairs of a map, or of the flat array that RESP2 gives in its place. */
export function pairsOf(reply: RespValue): RespPairs {
  const value = throwIfError(reply)
  if (value.type === 'map') return value.entries
  const items = itemsOf(value)
  return Array.from({ length: items.length >> 1 }, (_, i) => [items[2 * i], items[2 * i + 1]] as const)
}

function unexpected(value: RespValue, wanted: string): never {
  return fail({
    code: 'NOT_REDIS',
    message: `The server answered with ${value.type} where ${wanted} belongs.`,
    hint: 'A proxy, a module or a renamed command may stand in for the real one.',
  })
}
