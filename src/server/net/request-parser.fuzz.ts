/*
 * The request parser against the list of requests that was encoded: however the
 * bytes are cut into chunks, the same arguments come out. Then against garbage:
 * whatever comes in, it says what it found and never throws.
 *
 * One buffer takes all chunks, as the connections' shared one does, and is
 * overwritten after each: an argument that still points into it shows.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../../../tests/support/random.ts'
import { createLimits } from '../config/limits.ts'
import { ERROR, NEED_MORE, REQUEST, RequestParser } from './request-parser.ts'

const CHUNK_BYTES = 64 * 1024
const chunk = new Uint8Array(CHUNK_BYTES)

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

function encode(request: readonly Uint8Array[], isInline: boolean): Buffer {
  if (isInline) {
    const words = request.map((word) => `"${latin1(word).replace(/[^a-z]/g, (c) => `\\x${hex(c.charCodeAt(0))}`)}"`)
    return Buffer.from(`${words.join(' ')}\r\n`, 'latin1')
  }
  const parts = request.flatMap((arg) => [Buffer.from(`$${arg.length}\r\n`), arg, Buffer.from('\r\n')])
  return Buffer.concat([Buffer.from(`*${request.length}\r\n`), ...parts])
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')

/** Sizes around the limits of every path: none, small, big enough for a buffer of its own, bigger than a chunk. */
function argument(r: Random): Uint8Array {
  const kind = r.below(40)
  if (kind === 0) return r.bytesOf(r.between(32 * 1024 - 2, 32 * 1024 + 2))
  if (kind === 1) return r.bytesOf(r.between(CHUNK_BYTES - 3, CHUNK_BYTES * 2))
  return r.bytes(kind < 10 ? 300 : 12)
}

/** What another connection does between two chunks: it joins chunks of its own in the room that all share. */
function interfere(): void {
  const other = new RequestParser(createLimits())
  for (const piece of ['*1\r\n$30000\r\nx', 'y'.repeat(20_000)]) {
    chunk.set(Buffer.from(piece))
    other.feed(chunk, piece.length)
    expect(other.next()).toBe(NEED_MORE)
  }
}

/** Feeds all of `input` in pieces and gives every request found, or the error that ended it. */
function parse(parser: RequestParser, input: Uint8Array, r: Random): { requests: string[][]; error: string } {
  const requests: string[][] = []
  for (let at = 0; at < input.length; ) {
    const size = Math.min(input.length - at, r.chance(0.3) ? r.between(1, 5) : r.between(1, CHUNK_BYTES))
    chunk.set(input.subarray(at, at + size))
    at += size
    parser.feed(chunk, size)
    for (;;) {
      const found = parser.next()
      if (found === NEED_MORE) break
      if (found === ERROR) return { requests, error: parser.error }
      expect(found).toBe(REQUEST)
      requests.push(parser.argv.slice(0, parser.argc).map((arg) => latin1(arg.view())))
      // A client that has to wait: the rest of the chunk is kept.
      if (r.chance(0.05)) {
        parser.keep()
        interfere()
        chunk.fill(r.below(256))
      }
    }
    if (r.chance(0.2)) interfere()
    chunk.fill(r.below(256))
  }
  return { requests, error: '' }
}

test('the same requests come out however the input is split', () => {
  const r = random()
  for (let round = 0; round < 60; round++) {
    const requests: Uint8Array[][] = []
    const encoded: Uint8Array[] = []
    for (let i = r.between(1, 30); i > 0; i--) {
      const isInline = r.chance(0.2)
      const size = isInline ? r.between(1, 4) : r.chance(0.05) ? r.between(1, 2000) : r.between(1, 6)
      const request = Array.from({ length: size }, () => (isInline ? r.bytes(20) : argument(r)))
      requests.push(request)
      encoded.push(encode(request, isInline))
      if (r.chance(0.1)) encoded.push(Buffer.from(r.pick(['\r\n', '*0\r\n', '*-1\r\n', '\n'])))
    }
    const parser = new RequestParser(createLimits())
    const found = parse(parser, Buffer.concat(encoded), r)
    const where = `seed ${r.seed}, round ${round}`
    expect(found.error, where).toBe('')
    expect(found.requests.length, where).toBe(requests.length)
    for (let i = 0; i < requests.length; i++) {
      expect(found.requests[i], `${where}, request ${i}`).toEqual(requests[i].map(latin1))
    }
    expect(parser.heldBytes, where).toBe(0)
  }
})

test('garbage ends in an error or in waiting for more, never in an exception', () => {
  const r = random()
  const pieces = [
    '*',
    '$',
    '\r\n',
    '\r',
    '\n',
    '"',
    "'",
    '\\x',
    '*3\r\n',
    '$3\r\n',
    '$-1\r\n',
    '*99999999999\r\n',
    ' ',
    '\0',
  ]
  for (let round = 0; round < 3000; round++) {
    const input = Buffer.concat(
      Array.from({ length: r.between(1, 30) }, () =>
        r.chance(0.7) ? Buffer.from(r.pick(pieces), 'latin1') : Buffer.from(r.bytes(8)),
      ),
    )
    const whole = parse(new RequestParser(createLimits()), input, {
      ...r,
      between: (_, high) => high,
      chance: () => false,
    })
    const split = parse(new RequestParser(createLimits()), input, r)
    const where = `seed ${r.seed}, round ${round}: ${JSON.stringify(input.toString('latin1'))}`
    expect(split, where).toEqual(whole)
  }
})

test('a request of very many arguments is read in pieces, and its memory is given back', () => {
  const r = random()
  const request = Array.from({ length: 200_000 }, () => r.bytes(8))
  const parser = new RequestParser(createLimits())
  const { requests } = parse(parser, encode(request, false), r)
  expect(requests[0], `seed ${r.seed}`).toEqual(request.map(latin1))
  parse(parser, encode([r.bytes(4)], false), r)
  expect(parser.argv.length).toBeLessThan(1000)
})

test('between two requests nothing of the first one is held, however it came', () => {
  const r = random()
  const parser = new RequestParser(createLimits())
  for (let round = 0; round < 50; round++) {
    const request = Array.from({ length: r.between(1, 200) }, () => r.bytesOf(r.pick([10, 1000, 20_000])))
    const { requests } = parse(parser, encode(request, false), r)
    const where = `seed ${r.seed}, round ${round}`
    expect(requests, where).toHaveLength(1)
    // What all connections share is no connection's to hold.
    const shared = [chunk.length, 128 * 1024]
    expect(parser.argv.map((arg) => arg.buf.length).filter((bytes) => bytes > 0 && !shared.includes(bytes))).toEqual([])
    interfere()
  }
})

test('a request of some hundred arguments does not take the slices that a huge one has left', () => {
  const r = random()
  const parser = new RequestParser(createLimits())
  parse(
    parser,
    encode(
      Array.from({ length: 200_000 }, () => r.bytes(8)),
      false,
    ),
    r,
  )
  const input = encode(
    Array.from({ length: 300 }, () => r.bytes(8)),
    false,
  )
  chunk.set(input)
  parser.feed(chunk, input.length)
  expect(parser.next(), `seed ${r.seed}`).toBe(REQUEST)
  expect(parser.argc).toBe(300)
  expect(parser.argv.length).toBeLessThan(1000)
})

test('what a client sends while it has to wait is not copied anew for every chunk', () => {
  const parser = new RequestParser(createLimits())
  const inside = parser as unknown as { readonly buf: Uint8Array }
  const buffers = new Set<Uint8Array>()
  const chunks = 200
  for (let i = 0; i < chunks; i++) {
    parser.feed(chunk, CHUNK_BYTES)
    parser.keep()
    buffers.add(inside.buf)
  }
  expect(parser.heldBytes).toBe(chunks * CHUNK_BYTES)
  expect(buffers.size).toBeLessThan(12)
})

test('huge requests of two connections at once share what those before them left', () => {
  const r = random()
  for (let round = 0; round < 3; round++) {
    const sides = [0, 1].map(() => {
      const request = Array.from({ length: r.between(100_000, 150_000) }, () => r.bytes(r.chance(0.001) ? 4000 : 8))
      const input = encode(request, false)
      return { parser: new RequestParser(createLimits()), request, input, at: 0 }
    })
    const where = `seed ${r.seed}, round ${round}`
    while (sides.length > 0) {
      const side = r.pick(sides)
      const size = Math.min(side.input.length - side.at, r.between(CHUNK_BYTES / 2, CHUNK_BYTES))
      chunk.set(side.input.subarray(side.at, side.at + size))
      side.parser.feed(chunk, size)
      side.at += size
      if (side.parser.next() === NEED_MORE) {
        expect(side.parser.heldBytes, where).toBe(side.at - side.input.indexOf(10) - 1)
        continue
      }
      expect(
        side.parser.argv.slice(0, side.parser.argc).map((arg) => latin1(arg.view())),
        where,
      ).toEqual(side.request.map(latin1))
      expect(side.parser.next(), where).toBe(NEED_MORE)
      expect(side.parser.heldBytes, where).toBe(0)
      sides.splice(sides.indexOf(side), 1)
    }
  }
})
