/*
 * Nodes of streams that are looked through, with ids of every distance from each other
 * and from 2^64: those in order are taken, and what is known of them is so. Broken ones
 * are judged as the rules judge them, written down again without haste.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../../../tests/support/random.ts'
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import { Memory } from '../memory/arena.ts'
import { checkedNext, END, entryHigh, entryLow, isText, u32At } from './listpack-entry.ts'
import {
  DELETED,
  SAME_FIELDS,
  StreamEntry,
  streamNodeAppend,
  streamNodeBytes,
  streamNodeCount,
  streamNodeCreate,
  streamNodeFirst,
  streamNodeMark,
  streamNodeRead,
} from './stream-node.ts'
import { StreamSurvey, streamNodeSurvey } from './stream-survey.ts'

const NODE_BYTES = 4096
const WORD = 0x1_0000_0000n
const MAX = (1n << 64n) - 1n
const ROUNDS = 2_000

const argv = ['name', 'value'].map((text) => Slice.of(text))

/** An id as one number of 128 bits. */
const numberOf = ({ msHigh, msLow, seqHigh, seqLow }: StreamId): bigint =>
  ((BigInt(msHigh) * WORD + BigInt(msLow)) * WORD + BigInt(seqHigh)) * WORD + BigInt(seqLow)

function idOf(ms: bigint, seq: bigint): StreamId {
  const [a, b] = [BigInt.asUintN(64, ms), BigInt.asUintN(64, seq)]
  return new StreamId().set(Number(a / WORD), Number(a % WORD), Number(b / WORD), Number(b % WORD))
}

const distance = (r: Random): bigint =>
  r.pick([0n, 0n, 1n, BigInt(r.below(200)), BigInt(r.u32()), BigInt(r.u32()) * WORD, -1n, -BigInt(r.below(200))])

/** Ids that nearly always, and when `isSorted` always, go up from the first. */
function someIds(r: Random, isSorted: boolean): StreamId[] {
  let ms = r.pick([0n, 1_700_000_000_000n, MAX - BigInt(r.below(100)), BigInt(r.u32()) * WORD])
  let seq = r.pick([0n, BigInt(r.below(300)), MAX - BigInt(r.below(100))])
  const ids = [idOf(ms, seq)]
  for (let left = r.below(8); left > 0; left--) {
    if (r.chance(0.6)) ms += distance(r)
    seq = r.chance(0.5) ? seq + distance(r) : BigInt(r.below(3))
    ids.push(idOf(ms, seq))
  }
  if (isSorted) ids.sort((a, b) => a.compare(b))
  return ids
}

test('nodes are taken whose ids are in order, and no others', () => {
  const r = random()
  const memory = new Memory()
  const counts = { taken: 0, refused: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const where = `seed ${r.seed}, round ${round}`
    const survey = new StreamSurvey()
    const all: bigint[] = []
    let firstLive: bigint | undefined
    const isSorted = r.chance(0.7)
    const ids = someIds(r, isSorted)
    for (let from = 0; from < ids.length; ) {
      const own = ids.slice(from, from + r.between(1, 5))
      from += own.length
      const node = streamNodeCreate(memory, own[0], argv, 0, argv.length, NODE_BYTES)
      for (const id of own.slice(1)) expect(streamNodeAppend(memory, node, id, argv, 0, argv.length)).toBe(true)
      const isFirstDeleted = own.length > 1 && r.chance(0.3)
      if (isFirstDeleted) {
        const entry = new StreamEntry()
        streamNodeRead(memory, node, streamNodeFirst(memory, node), entry)
        streamNodeMark(memory, entry)
        streamNodeCount(memory, node, 1)
      }
      firstLive ??= numberOf(own[isFirstDeleted ? 1 : 0])
      all.push(...own.map(numberOf))
      const isInOrder = all.every((id, i) => i === 0 || id > all[i - 1])
      const isTaken = streamNodeSurvey(streamNodeBytes(memory, node, new Slice()), own[0], survey)
      memory.free(node)
      expect(isTaken, where).toBe(isInOrder)
      counts[isTaken ? 'taken' : 'refused']++
      if (!isTaken) break
      expect(numberOf(survey.last), where).toBe(all[all.length - 1])
      expect(numberOf(survey.firstLive), where).toBe(firstLive)
      expect(survey.live).toBe(own.length - (isFirstDeleted ? 1 : 0))
    }
  }
  expect(counts.taken).toBeGreaterThan(0)
  expect(counts.refused).toBeGreaterThan(0)
})

/** What the survey says of one node, and what of it is then known; undefined: it is none. */
interface Known {
  readonly ids: readonly bigint[]
  readonly firstLive: bigint
  readonly live: number
}

function slowSurvey({ buf, at: start, size }: Slice, master: StreamId): Known | undefined {
  const end = start + size - 1
  if (size < 7 || u32At(buf, start) !== size || buf[end] !== END) return undefined
  const places: number[] = []
  for (let at = start + 6; at < end; ) {
    places.push(at)
    at = checkedNext(buf, at, end)
    if (at === 0) return undefined
  }
  const integer = (i: number): bigint | undefined => {
    const at = places[i]
    if (at === undefined || isText(buf[at])) return undefined
    return BigInt(entryHigh(buf, at)) * WORD + BigInt(entryLow(buf, at))
  }
  const fields = integer(2)
  if (fields === undefined || fields < 1n || fields > places.length) return undefined
  let i = 3 + Number(fields)
  if (integer(i++) !== 0n) return undefined
  const ids: bigint[] = []
  let [live, deleted] = [0, 0]
  let firstLive = 0n
  while (i < places.length) {
    const first = i
    const flags = integer(i++)
    const [ms, seq] = [integer(i++), integer(i++)]
    if (flags === undefined || buf[places[first]] > (DELETED | SAME_FIELDS)) return undefined
    if (ms === undefined || seq === undefined) return undefined
    let values = fields
    if (!(Number(flags) & SAME_FIELDS)) {
      const own = integer(i++)
      if (own === undefined || own < 1n || own > places.length) return undefined
      values = 2n * own
    }
    i += Number(values)
    if (integer(i) !== BigInt(i - first)) return undefined
    i++
    const sum = (a: number, b: number, c: bigint): bigint => BigInt.asUintN(64, BigInt(a) * WORD + BigInt(b) + c)
    const id = sum(master.msHigh, master.msLow, ms) * WORD * WORD + sum(master.seqHigh, master.seqLow, seq)
    if (ids.length > 0 && id <= ids[ids.length - 1]) return undefined
    ids.push(id)
    if (Number(flags) & DELETED) deleted++
    else if (live++ === 0) firstLive = id
  }
  const stored = buf[start + 4] | (buf[start + 5] << 8)
  if (stored !== 0xffff && stored !== places.length) return undefined
  if (live === 0 || integer(0) !== BigInt(live) || integer(1) !== BigInt(deleted)) return undefined
  return { ids, firstLive, live }
}

/** Texts of which entries of every form are made. */
function someText(r: Random): Slice {
  const number = (): bigint =>
    BigInt.asIntN(r.pick([7, 13, 16, 24, 32, 64]), (BigInt(r.u32()) << 32n) | BigInt(r.u32()))
  if (r.chance(0.5)) return Slice.of(String(number()))
  return Slice.of('t'.repeat(r.pick([0, 1, 30, 63, 64, 125, 126, 127, 128, 200, 4095, 4096])))
}

test('a node with anything changed is judged by the rules', () => {
  const r = random()
  const memory = new Memory()
  const counts = { taken: 0, refused: 0 }
  for (let round = 0; round < 3 * ROUNDS; round++) {
    const texts = (count: number): Slice[] => Array.from({ length: count }, () => someText(r))
    const names = texts(r.between(1, 3))
    const own = someIds(r, true)
    const entry = (): Slice[] => {
      const isSame = r.chance(0.7)
      return (isSame ? names : texts(r.between(1, 3))).flatMap((name) => [name, someText(r)])
    }
    const node = streamNodeCreate(
      memory,
      own[0],
      names.flatMap((name) => [name, someText(r)]),
      0,
      2 * names.length,
      131_072,
    )
    for (const id of own.slice(1)) {
      const argv = entry()
      expect(streamNodeAppend(memory, node, id, argv, 0, argv.length)).toBe(true)
    }
    const bytes = streamNodeBytes(memory, node, new Slice()).copy()
    memory.free(node)
    for (let changes = r.below(3); changes > 0; changes--) {
      const at = bytes.at + (r.chance(0.5) ? r.below(Math.min(40, bytes.size)) : r.below(bytes.size))
      bytes.buf[at] = r.chance(0.5)
        ? bytes.buf[at] ^ (1 << r.below(8))
        : r.pick([0, 1, 2, 3, 0x80, 0xc0, 0xf0, 0xf4, 0xff])
    }
    const where = `seed ${r.seed}, round ${round}`
    const known = slowSurvey(bytes, own[0])
    const survey = new StreamSurvey()
    expect(streamNodeSurvey(bytes, own[0], survey), where).toBe(known !== undefined)
    counts[known ? 'taken' : 'refused']++
    if (known === undefined) continue
    expect(survey.live, where).toBe(known.live)
    expect(numberOf(survey.last), where).toBe(known.ids.at(-1))
    expect(numberOf(survey.firstLive), where).toBe(known.firstLive)
  }
  expect(counts.taken).toBeGreaterThan(ROUNDS / 2)
  expect(counts.refused).toBeGreaterThan(ROUNDS / 2)
})
