/*
 * Listpack against a plain array, the slow thing that is obviously right.
 *
 * Method: one random edit at a time, then the list's own invariants
 * (listpackIsValid walks it, back lengths included), from time to time equality
 * with the model in both directions. Then the same with memory that runs out.
 * Run with SEED=<n> to replay a failure; every message carries the seed.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  listpackAppend,
  listpackBytes,
  listpackCount,
  listpackCreate,
  listpackFind,
  listpackFirst,
  listpackGet,
  listpackInsert,
  listpackLast,
  listpackNext,
  listpackOf,
  listpackPopInPlace,
  listpackPrepend,
  listpackPrevious,
  listpackRemove,
  listpackReplace,
  listpackSeek,
} from './listpack.ts'
import { listpackIsValid } from './listpack-survey.ts'

const out = new Slice()

function toArray(memory: Memory, pack: Ref): string[] {
  const items: string[] = []
  for (let at = listpackFirst(memory, pack); at !== 0; at = listpackNext(memory, pack, at)) {
    items.push(listpackGet(memory, pack, at, out).text())
  }
  return items
}

function toArrayBackwards(memory: Memory, pack: Ref): string[] {
  const items: string[] = []
  for (let at = listpackLast(memory, pack); at !== 0; at = listpackPrevious(memory, pack, at)) {
    items.push(listpackGet(memory, pack, at, out).text())
  }
  return items.reverse()
}

/** Texts of every encoding, and those that only look like integers. */
function randomText(r: Random): string {
  switch (r.below(8)) {
    case 0:
      return `${r.below(300)}`
    case 1:
      return `${r.between(-5_000, 5_000)}`
    case 2:
      return `${BigInt(r.u32()) * BigInt(r.u32()) * (r.chance(0.5) ? 1n : -1n)}`
    case 3:
      return `${r.i32() >> r.below(31)}`
    case 4:
      return r.pick([
        '',
        '-',
        '-0',
        '00',
        '01',
        '+1',
        '1 ',
        '9223372036854775807',
        '-9223372036854775808',
        '9223372036854775808',
      ])
    case 5:
      return 'x'.repeat(r.pick([62, 63, 64, 126, 127, 128, 4094, 4095, 4096, 16_380, 16_381, 16_382]))
    case 6:
      return new Slice(r.bytes(r.below(50) === 0 ? 70_000 : 70)).text()
    default:
      return new Slice(r.bytes(12)).text()
  }
}

/** One random edit on the list and, if it succeeded, on the model. Answers the list, NIL if it failed. */
function edit(r: Random, memory: Memory, pack: Ref, model: string[]): Ref {
  const text = randomText(r)
  const slice = Slice.of(text)
  const index = r.below(model.length + 1)
  if (index === model.length) {
    const changed = listpackAppend(memory, pack, slice)
    if (changed !== NIL) model.push(text)
    return changed
  }
  const position = listpackSeek(memory, pack, r.chance(0.5) ? index : index - model.length)
  switch (r.below(model.length > 60 ? 3 : 6)) {
    case 0: {
      const count = Math.min(r.between(1, 3), model.length - index)
      model.splice(index, count)
      return listpackRemove(memory, pack, position, count)
    }
    case 1: {
      const atHead = r.chance(0.5)
      if (listpackPopInPlace(memory, pack, atHead)) model.splice(atHead ? 0 : -1, 1)
      return pack
    }
    case 2: {
      const changed = listpackReplace(memory, pack, position, slice)
      if (changed !== NIL) model[index] = text
      return changed
    }
    case 3: {
      const changed = listpackPrepend(memory, pack, slice)
      if (changed !== NIL) model.unshift(text)
      return changed
    }
    case 4: {
      // An entry of the list itself, copied before another: its bytes are where they are about to move.
      const from = r.below(model.length)
      const own = listpackGet(memory, pack, listpackSeek(memory, pack, from), new Slice())
      const changed = listpackInsert(memory, pack, position, own)
      if (changed !== NIL) model.splice(index, 0, model[from])
      return changed
    }
    default: {
      const changed = listpackInsert(memory, pack, position, slice)
      if (changed !== NIL) model.splice(index, 0, text)
      return changed
    }
  }
}

describe('a listpack', () => {
  test('behaves as an array', () => {
    const r = random()
    const memory = new Memory()
    let pack = listpackCreate(memory)
    const model: string[] = []
    for (let step = 0; step < 10_000; step++) {
      pack = edit(r, memory, pack, model)
      const context = `seed ${r.seed}, step ${step}`
      expect(pack, context).not.toBe(NIL)
      expect(listpackCount(memory, pack), context).toBe(model.length)
      if (!listpackIsValid(listpackBytes(memory, pack, out))) expect.fail(`${context}: not a listpack any more`)
      if (step % 20 !== 0) continue
      expect(toArray(memory, pack), context).toEqual(model)
      expect(toArrayBackwards(memory, pack), context).toEqual(model)
      const wanted = model.length > 0 && r.chance(0.8) ? r.pick(model) : randomText(r)
      const skip = r.below(3)
      const index = model.findIndex((text, i) => text === wanted && i % (skip + 1) === 0)
      const position = listpackFind(memory, pack, Slice.of(wanted), skip)
      expect(position, context).toBe(index < 0 ? 0 : listpackSeek(memory, pack, index))
    }
    memory.check()
    memory.free(pack)
    expect(memory.usedBytes).toBe(0)
  })

  test('is as it was after an edit for which there was no memory', () => {
    const r = random()
    const memory = new Memory()
    let pack = listpackCreate(memory)
    const model: string[] = []
    let refused = 0
    for (let step = 0; step < 5_000; step++) {
      memory.limitBytes = r.chance(0.5) ? memory.usedBytes : Number.POSITIVE_INFINITY
      const before = listpackBytes(memory, pack, out).bytes()
      const used = memory.usedBytes
      const changed = edit(r, memory, pack, model)
      const context = `seed ${r.seed}, step ${step}`
      if (changed === NIL) {
        refused++
        expect(listpackBytes(memory, pack, out).bytes(), context).toEqual(before)
        expect(memory.usedBytes).toBe(used)
      } else pack = changed
      if (step % 10 === 0) expect(toArray(memory, pack), context).toEqual(model)
    }
    expect(refused, `seed ${r.seed}`).toBeGreaterThan(0)
    memory.check()
  })

  test('that was damaged is either refused or can be walked without leaving it', () => {
    const r = random()
    const memory = new Memory()
    for (let round = 0; round < 3_000; round++) {
      let pack = listpackCreate(memory)
      for (let i = r.below(8); i >= 0; i--) pack = listpackAppend(memory, pack, Slice.of(randomText(r)))
      const bytes = listpackBytes(memory, pack, out).bytes()
      memory.free(pack)
      for (let i = r.below(4); i >= 0; i--) bytes[r.below(bytes.length)] = r.u32()
      const damaged = new Slice(r.chance(0.1) ? bytes.subarray(0, r.below(bytes.length)) : bytes)
      if (!listpackIsValid(damaged)) continue
      const again = listpackOf(memory, damaged)
      expect(toArray(memory, again), `seed ${r.seed}, round ${round}`).toEqual(toArrayBackwards(memory, again))
      memory.free(again)
    }
  })
})
