/*
 * The decoder against random replies in random pieces, and against garbage.
 *
 * The encoder of whole values lives here and not in the product: an app only
 * sends commands. Run with SEED=<n> to replay; every message carries the seed.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../../../tests/support/random.ts'
import { bytesToLatin1, concatBytes, latin1ToBytes } from '../text/bytes.ts'
import { ProtocolError, RespDecoder } from './decode.ts'
import type { RespPairs, RespValue } from './value.ts'

const lines = ['', 'OK', 'ERR wrong', 'é and ü', 'a\nb', '\r', 'x'.repeat(300)]
/** Bytes that mean something to the decoder. */
const TELLING = [...latin1ToBytes('*$%~>|:,#(!=_+-0123456789\r\n')]
const doubles = ['0', '-0', '1.5', '3.0000000000000001', '1e+300', '-1.25E-7', 'inf', '-inf', 'nan']

function randomPairs(r: Random, depth: number): RespPairs {
  return Array.from({ length: r.below(4) }, () => [randomValue(r, depth), randomValue(r, depth)] as const)
}

function randomValue(r: Random, depth: number): RespValue {
  const value = randomPlain(r, depth)
  if (depth === 0 || !r.chance(0.05)) return value
  const attributes = randomPairs(r, depth - 1)
  return attributes.length === 0 ? value : { ...value, attributes }
}

function randomPlain(r: Random, depth: number): RespValue {
  const items = (): RespValue[] => Array.from({ length: r.below(5) }, () => randomValue(r, depth - 1))
  switch (r.below(depth === 0 ? 10 : 14)) {
    case 0:
      return { type: 'simple', text: r.pick(lines) }
    case 1:
      return { type: 'error', text: r.pick(lines) }
    case 2:
      return { type: 'integer', value: r.pick([0, -1, 42, Number.MAX_SAFE_INTEGER, 2n ** 63n - 1n, -(2n ** 63n)]) }
    case 3:
      return { type: 'bulk', bytes: r.bytes(r.chance(0.1) ? 70_000 : 20) }
    case 4:
      return { type: 'null' }
    case 5:
      return { type: 'nullArray' }
    case 6:
      return { type: 'boolean', value: r.chance(0.5) }
    case 7: {
      const text = r.pick(doubles)
      return { type: 'double', value: Number(text.replace('inf', 'Infinity')), text }
    }
    case 8:
      return { type: 'bigNumber', text: `-${'9'.repeat(r.between(1, 60))}` }
    case 9:
      return r.chance(0.5)
        ? { type: 'bulkError', bytes: r.bytes(20) }
        : { type: 'verbatim', format: 'mkd', bytes: r.bytes(20) }
    case 10:
      return { type: 'array', items: items() }
    case 11:
      return { type: 'map', entries: randomPairs(r, depth - 1) }
    case 12:
      return { type: 'set', items: items() }
    default:
      return { type: 'push', items: items() }
  }
}

function wire(value: RespValue): string {
  const pairs = (entries: RespPairs): string => entries.map(([k, v]) => wire(k) + wire(v)).join('')
  const bulk = (sign: string, text: string): string => `${sign}${text.length}\r\n${text}\r\n`
  const ahead = value.attributes ? `|${value.attributes.length}\r\n${pairs(value.attributes)}` : ''
  return ahead + plain()
  function plain(): string {
    switch (value.type) {
      case 'simple':
        return `+${value.text}\r\n`
      case 'error':
        return `-${value.text}\r\n`
      case 'integer':
        return `:${value.value}\r\n`
      case 'bulk':
        return bulk('$', bytesToLatin1(value.bytes))
      case 'null':
        return '_\r\n'
      case 'nullArray':
        return '*-1\r\n'
      case 'boolean':
        return value.value ? '#t\r\n' : '#f\r\n'
      case 'double':
        return `,${value.text}\r\n`
      case 'bigNumber':
        return `(${value.text}\r\n`
      case 'bulkError':
        return bulk('!', bytesToLatin1(value.bytes))
      case 'verbatim':
        return bulk('=', `${value.format}:${bytesToLatin1(value.bytes)}`)
      case 'map':
        return `%${value.entries.length}\r\n${pairs(value.entries)}`
      case 'array':
      case 'set':
      case 'push':
        return `${{ array: '*', set: '~', push: '>' }[value.type]}${value.items.length}\r\n${value.items.map(wire).join('')}`
    }
  }
}

/** Everything the decoder says about these bytes in pieces of random size. */
function decodeInPieces(r: Random, bytes: Uint8Array, pieceMax: number): RespValue[] {
  const decoder = new RespDecoder({ bulkSizeMax: 1 << 20, lineSizeMax: 1 << 16, depthMax: 20 })
  const values: RespValue[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + r.between(0, pieceMax))
    decoder.push(bytes.subarray(at, end))
    at = end
    for (let value = decoder.next(); value !== undefined; value = decoder.next()) values.push(value)
  }
  return values
}

test('replies come out as they were, however they are cut', () => {
  const r = random()
  for (let round = 0; round < 300; round++) {
    const values = Array.from({ length: r.between(1, 4) }, () => randomValue(r, r.below(5)))
    const bytes = latin1ToBytes(values.map(wire).join(''))
    const got = decodeInPieces(r, bytes, r.pick([1, 3, 50, 70_000]))
    expect(got, `seed ${r.seed}, round ${round}`).toEqual(values)
  }
})

test('garbage is refused or waited for, and never anything else', () => {
  const r = random()
  for (let round = 0; round < 3_000; round++) {
    let bytes: Uint8Array
    if (r.chance(0.3)) bytes = r.bytes(200)
    else {
      // A good reply with a few bytes wrong gets deeper than noise does.
      bytes = latin1ToBytes(wire(randomValue(r, 3))).slice()
      for (let i = r.below(4); i >= 0 && bytes.length > 0; i--) {
        bytes[r.below(bytes.length)] = r.chance(0.5) ? r.below(256) : r.pick(TELLING)
      }
      if (r.chance(0.3)) bytes = concatBytes([bytes.subarray(0, r.below(bytes.length + 1)), r.bytes(30)])
    }
    const where = `seed ${r.seed}, round ${round}`
    const whole = outcome(() => decodeInPieces(r, bytes, bytes.length + 1))
    const cut = outcome(() => decodeInPieces(r, bytes, 2))
    expect(cut, where).toEqual(whole)
  }
})

/** The values, or the refusal; anything else that is thrown is a failure of the test. */
function outcome(run: () => RespValue[]): RespValue[] | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof ProtocolError) return error.message
    throw error
  }
}
