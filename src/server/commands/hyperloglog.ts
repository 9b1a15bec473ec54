/*
 * HyperLogLog commands: argv in, replies out. What the bytes mean and how an element
 * changes them is in ../types/hyperloglog.ts.
 */
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import { KEEP_TTL } from '../keyspace/database.ts'
import { KIND_STRING_RAW, TYPE_STRING } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  CHANGED,
  CORRUPT,
  denseAdd,
  denseRegisters,
  describeRuns,
  estimate,
  isDense,
  isHyperLogLog,
  knownCardinality,
  rememberCardinality,
  Sketch,
  Union,
} from '../types/hyperloglog.ts'
import { isEstimatorSound } from '../types/hyperloglog-check.ts'
import { kindOfString } from '../types/string.ts'

const NO_HYPERLOGLOG = errorLine('WRONGTYPE Key is not a valid HyperLogLog string value.')
const CORRUPTED = errorLine('INVALIDOBJ Corrupted HLL object detected')
const NO_KEY = errorLine('ERR The specified key does not exist')
const NOT_SPARSE = errorLine('ERR HLL encoding is not sparse')
const TEST_FAILED = errorLine('TESTFAILED the estimate is further from the count than it should be')

/** Where values are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()
const sketch = new Sketch()
const union = new Union()

/** Aims `found` at the HyperLogLog at `ref`; false, having refused, if the string there is none. */
function isHyperLogLogOrRefuse(c: Call, ref: Ref): boolean {
  if (isHyperLogLog(c.db.stringOf(ref, found))) return true
  c.reply.error(NO_HYPERLOGLOG)
  return false
}

/**
 * Makes a raw string of the one that `found` is aimed at: as in Redis, it is one from the first write
 * on, even if nothing comes of that. Nothing has to be allocated for it.
 */
function makeRaw(c: Call, key: Slice, ref: Ref): void {
  if (kindOfString(c.db.kindOf(ref)) !== KIND_STRING_RAW) c.db.writableString(key, found.size, found)
}

/** Stores the sketch; false, having refused, if memory is exhausted. The time to live stays. */
function storeOrRefuse(c: Call, key: Slice): boolean {
  if (c.db.setString(key, sketch.value, KIND_STRING_RAW, KEEP_TTL)) return true
  c.reply.error(Err.arenaFull)
  return false
}

export const PFADD = defineCommand({
  name: 'pfadd',
  usage: 'key [element...]',
  summary:
    'Shows elements to a HyperLogLog, creating it if there is none; answers whether its estimate may have changed.',
  group: 'hyperloglog',
  since: '2.8.9',
  complexity: 'O(1) for each element',
  arity: -2,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'insert' }],
  run(c) {
    // Look up.
    const key = c.argv[1]
    const ref = writeOf(c, key, TYPE_STRING)
    if (ref === REFUSED) return
    if (ref !== NIL && !isHyperLogLogOrRefuse(c, ref)) return
    // Work.
    const changes = ref !== NIL && isDense(found) ? addToDense(c) : addToSketch(c, key, ref)
    // Effects and reply.
    if (changes < 0) return
    if (changes > 0) c.changed('$', 'pfadd', key, changes)
    c.reply.integer(changes > 0 ? 1 : 0)
  },
})

/** Shows the elements to the dense value that `found` is aimed at, where it lies; how many changed it. */
function addToDense(c: Call): number {
  let changes = 0
  for (let i = 2; i < c.argc; i++) if (denseAdd(found, c.argv[i])) changes++
  return changes
}

/**
 * Shows the elements to a copy of the sparse value that `found` is aimed at, or to a new one, and
 * stores it; how many changed it, or -1 having refused.
 */
function addToSketch(c: Call, key: Slice, ref: Ref): number {
  const { hllSparseMaxBytes } = c.server.config.limits
  let changes = 0
  let isWhole = true
  if (ref === NIL) {
    sketch.clear()
    changes++
  } else isWhole = sketch.load(found)
  for (let i = 2; i < c.argc && isWhole; i++) {
    const outcome = sketch.add(c.argv[i], hllSparseMaxBytes)
    if (outcome === CHANGED) changes++
    isWhole = outcome !== CORRUPT
  }
  if (!isWhole || changes === 0) {
    makeRaw(c, key, ref)
    if (!isWhole) c.reply.error(CORRUPTED)
    return isWhole ? 0 : -1
  }
  sketch.forget()
  return storeOrRefuse(c, key) ? changes : -1
}

export const PFCOUNT = defineCommand({
  name: 'pfcount',
  usage: 'key...',
  summary: 'Estimates how many different elements a HyperLogLog was shown, or several of them together.',
  group: 'hyperloglog',
  since: '2.8.9',
  complexity: 'O(1) for one key whose estimate is known; O(N) in the number of keys',
  arity: -2,
  flags: ['readonly', 'may-replicate'],
  keys: [{ at: 1, last: -1, access: 'rw', does: 'access' }],
  run(c) {
    if (c.argc > 2) return countTogether(c)
    // Look up. It reads, but keeps what it computes in the value.
    const key = c.argv[1]
    c.db.willChange(key)
    const ref = readOf(c, key, TYPE_STRING)
    if (ref === REFUSED) return
    if (ref === NIL) return c.reply.integer(0)
    if (!isHyperLogLogOrRefuse(c, ref)) return
    makeRaw(c, key, ref)
    // Work. What was estimated is kept in the value, until registers change.
    const known = knownCardinality(found)
    const count = known ?? estimate(found)
    if (count === CORRUPT) return c.reply.error(CORRUPTED)
    // Effects and reply.
    if (known === undefined) {
      rememberCardinality(found, Number(count))
      c.changedSilently(key)
    }
    c.reply.integer(count)
  },
})

function countTogether(c: Call): void {
  union.clear()
  for (let i = 1; i < c.argc; i++) {
    const ref = readOf(c, c.argv[i], TYPE_STRING)
    if (ref === REFUSED) return
    if (ref === NIL) continue
    if (!isHyperLogLogOrRefuse(c, ref)) return
    if (!union.add(found)) return c.reply.error(CORRUPTED)
  }
  c.reply.integer(union.estimate())
}

export const PFMERGE = defineCommand({
  name: 'pfmerge',
  usage: 'destkey:key [sourcekey:key...]',
  summary: 'Makes a HyperLogLog of all elements that it and others were shown.',
  group: 'hyperloglog',
  since: '2.8.9',
  complexity: 'O(N) in the number of keys',
  arity: -2,
  flags: ['write', 'denyoom'],
  keys: [
    { at: 1, access: 'rw', does: ['access', 'insert'] },
    { at: 2, last: -1, access: 'ro', does: 'access' },
  ],
  run(c) {
    // Look up. What is merged into counts as one of the sources.
    const key = c.argv[1]
    union.clear()
    sketch.clear()
    let isToBeDense = false
    for (let i = 1; i < c.argc; i++) {
      const ref = readOf(c, c.argv[i], TYPE_STRING)
      if (ref === REFUSED) return
      if (ref === NIL) continue
      if (!isHyperLogLogOrRefuse(c, ref)) return
      isToBeDense ||= isDense(found)
      if (!union.add(found)) return c.reply.error(CORRUPTED)
      if (i === 1 && !sketch.load(found)) return c.reply.error(CORRUPTED)
    }
    // Work.
    if (isToBeDense) sketch.toDense()
    const { hllSparseMaxBytes } = c.server.config.limits
    for (const [index, value] of union.registers.entries()) {
      if (value > 0) sketch.raise(index, value, hllSparseMaxBytes)
    }
    sketch.forget()
    if (!storeOrRefuse(c, key)) return
    // Effects and reply.
    c.changed('$', 'pfadd', key)
    c.reply.ok()
  },
})

export const PFDEBUG = defineCommand({
  name: 'pfdebug',
  usage: 'subcommand key',
  summary: 'Shows how a HyperLogLog is stored: GETREG, DECODE, ENCODING, TODENSE.',
  group: 'hyperloglog',
  since: '2.8.9',
  complexity: 'O(N) in the number of registers',
  arity: 3,
  flags: ['write', 'denyoom', 'admin'],
  keys: [{ at: 2, access: 'rw', does: 'access' }],
  run(c) {
    const key = c.argv[2]
    const ref = writeOf(c, key, TYPE_STRING)
    if (ref === REFUSED) return
    if (ref === NIL) return c.reply.error(NO_KEY)
    if (!isHyperLogLogOrRefuse(c, ref)) return
    const subcommand = c.argv[1]
    if (subcommand.is('getreg')) return replyRegisters(c, key, ref)
    if (subcommand.is('todense')) {
      const wasDense = isDense(found)
      if (toDenseOrRefuse(c, key, ref)) c.reply.integer(wasDense ? 0 : 1)
      return
    }
    makeRaw(c, key, ref)
    if (subcommand.is('encoding')) return c.reply.simple(isDense(found) ? 'dense' : 'sparse')
    if (!subcommand.is('decode')) {
      return c.reply.errorText(`ERR Unknown PFDEBUG subcommand '${subcommand.textToZero()}'`)
    }
    if (isDense(found)) return c.reply.error(NOT_SPARSE)
    c.reply.bulkText(describeRuns(found))
  },
})

/** Answers all registers, and makes the value dense for it, as Redis does. */
function replyRegisters(c: Call, key: Slice, ref: Ref): void {
  if (!toDenseOrRefuse(c, key, ref)) return
  const registers = denseRegisters(found)
  c.reply.array(registers.length)
  for (const register of registers) c.reply.integer(register)
}

/** Makes the value dense and aims `found` at it; false, having refused one that is broken. */
function toDenseOrRefuse(c: Call, key: Slice, ref: Ref): boolean {
  if (isDense(found)) return true
  if (!sketch.load(found) || !sketch.toDense()) {
    makeRaw(c, key, ref)
    c.reply.error(CORRUPTED)
    return false
  }
  if (!storeOrRefuse(c, key)) return false
  c.changedSilently(key)
  c.db.stringOf(c.db.peek(key), found)
  return true
}

export const PFSELFTEST = defineCommand({
  name: 'pfselftest',
  usage: '',
  summary: 'Checks registers and estimates of HyperLogLogs against what they should be.',
  group: 'hyperloglog',
  since: '2.8.9',
  complexity: 'Depends on nothing: some hundred thousand elements are counted',
  arity: 1,
  flags: ['admin'],
  run(c) {
    if (isEstimatorSound(c.server.keyspace.random)) c.reply.ok()
    else c.reply.error(TEST_FAILED)
  },
})
