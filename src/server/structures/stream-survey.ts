/*
 * A node of a stream that came from outside (an RDB file, RESTORE), looked through
 * before it is taken as it lies: whether it is a listpack and a node in every respect,
 * on one way through its bytes. What a node is: stream-node.ts. What an entry of a
 * listpack is: listpack-entry.ts.
 *
 * A stream is millions of entries or nothing much, so the way through is WebAssembly,
 * which is fast from the first node on and has integers of 64 bits. A node is looked
 * through where it was decompressed (LzfRoom), or copied to a memory. What is known of the
 * nodes before it is at the beginning of that, in bytes:
 *
 *    0 master id   16 last id   32 first live id   48 has entries   52 has live
 *   56 live
 */
import { assertLayout } from '../base/assert.ts'
import { LZF_DESK, LzfRoom } from '../base/lzf.ts'
import type { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import { WASM_PAGE, WasmMemory, WasmProgram } from '../base/wasm.ts'
import { copyBytes } from '../memory/bytes.ts'

// The desk, in words.
const MASTER = 0
const LAST = 4
const FIRST_LIVE = 8
const HAS_ENTRIES = 12
const HAS_LIVE = 13
const LIVE = 14
assertLayout('desk of a stream survey', LZF_DESK / 4, [
  [MASTER, 4],
  [LAST, 4],
  [FIRST_LIVE, 4],
  [HAS_ENTRIES, 1],
  [HAS_LIVE, 1],
  [LIVE, 2],
])
/** An integer may be read beyond the end, before it is known that none can be there. */
const SPARE = 16

/** What is known of the nodes of a stream that have been looked through, in their order. */
export class StreamSurvey {
  /** Of the last entry, deleted or not; of no meaning before there is one. */
  readonly last = new StreamId()
  /** Of the first entry that is not deleted, likewise. */
  readonly firstLive = new StreamId()
  hasEntries = false
  hasLive = false
  /** The entries of the last node that are not deleted. */
  live = 0
}

/** Whether these bytes are a node under the id `master` that may follow those which `survey` knows; it then knows this one too. */
export function streamNodeSurvey({ buf, at, size }: Slice, master: StreamId, survey: StreamSurvey): boolean {
  const room = buf === latest?.bytes ? latest : (roomOf(buf) ?? roomFor(size))
  const isThere = room.bytes === buf
  if (!isThere) copyBytes(room.bytes, LZF_DESK, buf, at, size)
  const { words } = room
  put(words, MASTER, master)
  put(words, LAST, survey.last)
  put(words, FIRST_LIVE, survey.firstLive)
  words[HAS_ENTRIES] = survey.hasEntries ? 1 : 0
  words[HAS_LIVE] = survey.hasLive ? 1 : 0
  if (room.survey(isThere ? at : LZF_DESK, size) === 0) return false
  take(words, LAST, survey.last)
  take(words, FIRST_LIVE, survey.firstLive)
  survey.hasEntries = words[HAS_ENTRIES] === 1
  survey.hasLive = words[HAS_LIVE] === 1
  survey.live = words[LIVE]
  return true
}

/** Two integers of 64 bits, little endian. */
function put(words: Uint32Array, at: number, { msHigh, msLow, seqHigh, seqLow }: StreamId): void {
  words[at] = msLow
  words[at + 1] = msHigh
  words[at + 2] = seqLow
  words[at + 3] = seqHigh
}

function take(words: Uint32Array, at: number, into: StreamId): void {
  into.set(words[at + 1], words[at], words[at + 3], words[at + 2])
}

interface Room {
  readonly bytes: Uint8Array
  readonly words: Uint32Array
  readonly survey: Functions['survey']
}

/** A memory of more is not kept for the sake of the next node. */
const KEPT_BYTES = 16 * WASM_PAGE

let usual: Room | undefined
/** Of the last node that was looked through where it was. */
let latest: Room | undefined
let program: WasmProgram<Functions> | undefined

/** Where the bytes are, if a program can look through them there. */
function roomOf(bytes: Uint8Array): Room | undefined {
  const memory = LzfRoom.memoryOf(bytes)
  if (memory === undefined) return undefined
  const room = newRoom(memory)
  if (bytes.length <= KEPT_BYTES) latest = room
  return room
}

/** A node of more than a page is rare, and has a room of its own. */
function roomFor(size: number): Room {
  const needed = LZF_DESK + size + SPARE
  if (needed > WASM_PAGE) return newRoom(new WasmMemory(needed))
  usual ??= newRoom(new WasmMemory(WASM_PAGE))
  return usual
}

function newRoom(memory: WasmMemory): Room {
  program ??= new WasmProgram<Functions>(SOURCE)
  const { bytes } = memory
  return { bytes, words: new Uint32Array(bytes.buffer, 0, LZF_DESK / 4), survey: program.in(memory).survey }
}

interface Functions {
  readonly survey: (at: number, size: number) => number
}

/**
 * Sets $to to where the entry after the one at $from begins, and leaves $broken where no sound one is there. $next does
 * that for what is not short, and costs a call for each entry. At $end there is a byte that no entry begins with and no
 * size is told by; behind it there may be anything.
 */
const step = (from: string, to: string): string => `
  (local.set $first (i32.load8_u (local.get ${from})))
  (local.set $back (i32.add (i32.add (local.get ${from}) (i32.and (local.get $first) (i32.const 0x3f))) (i32.const 1)))
  (if (i32.lt_u (local.get $first) (i32.const 0x80))
    (then
      (br_if $broken (i32.ne (i32.load8_u offset=1 (local.get ${from})) (i32.const 1)))
      (local.set ${to} (i32.add (local.get ${from}) (i32.const 2))))
    (else
      (if (i32.lt_u (local.get $first) (i32.const 0xc0))
        (then
          (br_if $broken (i32.ge_u (local.get $back) (local.get $end)))
          (br_if $broken
            (i32.ne
              (i32.load8_u (local.get $back))
              (i32.add (i32.and (local.get $first) (i32.const 0x3f)) (i32.const 1))))
          (local.set ${to} (i32.add (local.get $back) (i32.const 1))))
        (else
          (if (i32.lt_u (local.get $first) (i32.const 0xe0))
            (then
              (local.set $back (i32.add (local.get ${from}) (i32.const 2)))
              (br_if $broken (i32.ge_u (local.get $back) (local.get $end)))
              (br_if $broken (i32.ne (i32.load8_u (local.get $back)) (i32.const 2)))
              (local.set ${to} (i32.add (local.get $back) (i32.const 1))))
            (else
              (local.set ${to} (call $next (local.get ${from}) (local.get $end)))
              (br_if $broken (i32.eqz (local.get ${to})))))))))`

const SOURCE = `
  ;; Whether an entry that begins with this byte is a string.
  (func $isText (param $first i32) (result i32)
    (i32.and
      (i32.le_u (i32.sub (local.get $first) (i32.const 0x80)) (i32.const 0x70))
      (i32.ge_u (i32.sub (local.get $first) (i32.const 0xc0)) (i32.const 0x20))))

  ;; The value of an integer entry.
  (func $integer (param $at i32) (result i64)
    (local $first i32)
    (local.set $first (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $first) (i32.const 0x80))
      (then (return (i64.extend_i32_s (local.get $first)))))
    (if (i32.lt_u (local.get $first) (i32.const 0xe0))
      (then ;; 13 bits, high bits first
        (return
          (i64.extend_i32_s
            (i32.shr_s
              (i32.shl
                (i32.or
                  (i32.shl (i32.and (local.get $first) (i32.const 0x1f)) (i32.const 8))
                  (i32.load8_u offset=1 (local.get $at)))
                (i32.const 19))
              (i32.const 19))))))
    (if (i32.eq (local.get $first) (i32.const 0xf1)) (then (return (i64.load16_s offset=1 (local.get $at)))))
    (if (i32.eq (local.get $first) (i32.const 0xf2))
      (then ;; 24 bits, which the first byte stands before
        (return (i64.extend_i32_s (i32.shr_s (i32.load (local.get $at)) (i32.const 8))))))
    (if (i32.eq (local.get $first) (i32.const 0xf4)) (then (return (i64.load offset=1 (local.get $at)))))
    (i64.load32_s offset=1 (local.get $at)))

  ;; A small integer that is not negative; -1 where there is none.
  (func $small (param $at i32) (result i32)
    (local $first i32) (local $value i64)
    (local.set $first (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $first) (i32.const 0x80)) (then (return (local.get $first))))
    (if (i32.or (i32.eq (local.get $first) (i32.const 0xff)) (call $isText (local.get $first)))
      (then (return (i32.const -1))))
    (local.set $value (call $integer (local.get $at)))
    ;; No listpack has more entries.
    (if (i32.or (i64.lt_s (local.get $value) (i64.const 0)) (i64.gt_s (local.get $value) (i64.const 0x40000000)))
      (then (return (i32.const -1))))
    (i32.wrap_i64 (local.get $value)))

  ;; Where the entry after the one at $at begins, which is $end at most; 0 if no sound one is there.
  (func $next (param $at i32) (param $end i32) (result i32)
    (local $first i32) (local $size i32) (local $back i32) (local $byte i32)
    (local $value i32) (local $shift i32) (local $stop i32)
    (local.set $first (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $first) (i32.const 0xc0))
      (then
        (local.set $size (i32.const 1))
        (if (i32.ge_u (local.get $first) (i32.const 0x80))
          (then (local.set $size (i32.add (i32.and (local.get $first) (i32.const 0x3f)) (i32.const 1))))))
      (else
        (if (i32.gt_u (local.get $first) (i32.const 0xf4)) (then (return (i32.const 0))))
        (local.set $size (i32.const 2))
        (if (i32.ge_u (local.get $first) (i32.const 0xe0))
          (then
            ;; Integers of 16, 24 and 32 bits; what else there is follows.
            (local.set $size (i32.sub (local.get $first) (i32.const 0xee)))
            (if (i32.eq (local.get $first) (i32.const 0xf4)) (then (local.set $size (i32.const 9))))
            (if (i32.lt_u (local.get $first) (i32.const 0xf0))
              (then
                (local.set $size
                  (i32.add
                    (i32.or
                      (i32.shl (i32.and (local.get $first) (i32.const 0x0f)) (i32.const 8))
                      (i32.load8_u offset=1 (local.get $at)))
                    (i32.const 2)))))
            (if (i32.eq (local.get $first) (i32.const 0xf0))
              (then
                (local.set $size (i32.load offset=1 (local.get $at)))
                (if (i32.ge_u (local.get $size) (i32.sub (local.get $end) (local.get $at)))
                  (then (return (i32.const 0))))
                (local.set $size (i32.add (local.get $size) (i32.const 5)))))))))
    (local.set $back (i32.add (local.get $at) (local.get $size)))
    (if (i32.ge_u (local.get $back) (local.get $end)) (then (return (i32.const 0))))
    (if (i32.lt_u (local.get $size) (i32.const 0x80))
      (then
        (if (i32.eq (i32.load8_u (local.get $back)) (local.get $size))
          (then (return (i32.add (local.get $back) (i32.const 1)))))
        (return (i32.const 0))))
    ;; The back length has so many groups as it needs, or by old writers one more, which is 0.
    (local.set $stop (i32.add (local.get $back) (i32.const 2)))
    (if (i32.gt_u (local.get $size) (i32.const 0x3fff))
      (then (local.set $stop (i32.add (local.get $stop) (i32.const 1)))))
    (if (i32.gt_u (local.get $size) (i32.const 0x1fffff))
      (then (local.set $stop (i32.add (local.get $stop) (i32.const 1)))))
    (if (i32.gt_u (local.get $size) (i32.const 0xfffffff))
      (then (local.set $stop (i32.add (local.get $stop) (i32.const 1)))))
    (if (i32.eqz (i32.load8_u (local.get $back)))
      (then (local.set $stop (i32.add (local.get $stop) (i32.const 1)))))
    (if (i32.gt_u (local.get $stop) (local.get $end)) (then (return (i32.const 0))))
    ;; Read as who comes from the right reads it, it leads to the entry.
    (local.set $back (local.get $stop))
    (loop $group
      (local.set $back (i32.sub (local.get $back) (i32.const 1)))
      (if (i32.le_u (local.get $back) (local.get $at)) (then (return (i32.const 0))))
      (local.set $byte (i32.load8_u (local.get $back)))
      (local.set $value
        (i32.or
          (local.get $value)
          (i32.shl (i32.and (local.get $byte) (i32.const 0x7f)) (local.get $shift))))
      (local.set $shift (i32.add (local.get $shift) (i32.const 7)))
      (br_if $group (i32.ge_u (local.get $byte) (i32.const 0x80))))
    (if (i32.eq (i32.sub (local.get $back) (local.get $value)) (local.get $at))
      (then (return (local.get $stop))))
    (i32.const 0))

  ;; Where the entry begins that comes after so many; 0 if one of them is not sound.
  (func $skip (param $at i32) (param $entries i32) (param $end i32) (result i32)
    (local $first i32) (local $back i32)
    (block $broken
      (block $done
        (loop $entry
          (br_if $done (i32.eqz (local.get $entries)))
          ${step('$at', '$at')}
          (local.set $entries (i32.sub (local.get $entries) (i32.const 1)))
          (br $entry)))
      (return (local.get $at)))
    (i32.const 0))

  ;; Whether all is well; the memory then knows this node too.
  (func $survey (param $start i32) (param $size i32) (result i32)
    (local $end i32) (local $at i32) (local $liveAt i32) (local $deletedAt i32) (local $fieldsAt i32)
    (local $fields i32) (local $count i32) (local $live i32) (local $deleted i32) (local $flags i32)
    (local $seqAt i32) (local $restAt i32) (local $own i32) (local $values i32) (local $walk i32)
    (local $stored i32) (local $first i32) (local $back i32) (local $ms i64) (local $seq i64)
    (block $broken
      (br_if $broken (i32.lt_u (local.get $size) (i32.const 7)))
      (br_if $broken (i32.ne (i32.load (local.get $start)) (local.get $size)))
      (local.set $end (i32.sub (i32.add (local.get $start) (local.get $size)) (i32.const 1)))
      (br_if $broken (i32.ne (i32.load8_u (local.get $end)) (i32.const 0xff)))
      ;; The master entry: live, deleted, fields and their names, 0.
      (local.set $liveAt (i32.add (local.get $start) (i32.const 6)))
      (local.set $deletedAt (call $next (local.get $liveAt) (local.get $end)))
      (br_if $broken (i32.eqz (local.get $deletedAt)))
      (local.set $fieldsAt (call $next (local.get $deletedAt) (local.get $end)))
      (br_if $broken (i32.eqz (local.get $fieldsAt)))
      (local.set $at (call $next (local.get $fieldsAt) (local.get $end)))
      (br_if $broken (i32.eqz (local.get $at)))
      (local.set $fields (call $small (local.get $fieldsAt)))
      (br_if $broken (i32.lt_s (local.get $fields) (i32.const 1)))
      (local.set $at (call $skip (local.get $at) (local.get $fields) (local.get $end)))
      (br_if $broken (i32.eqz (local.get $at)))
      (br_if $broken (i32.ne (call $small (local.get $at)) (i32.const 0)))
      (local.set $at (call $next (local.get $at) (local.get $end)))
      (br_if $broken (i32.eqz (local.get $at)))
      (local.set $count (i32.add (local.get $fields) (i32.const 4)))
      (block $done
        (loop $entry
          (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
          ;; Flags are so small that they are one byte.
          (local.set $flags (i32.load8_u (local.get $at)))
          (br_if $broken (i32.gt_u (local.get $flags) (i32.const 3)))
          (br_if $broken (i32.ne (i32.load8_u offset=1 (local.get $at)) (i32.const 1)))
          (local.set $at (i32.add (local.get $at) (i32.const 2)))
          ${step('$at', '$seqAt')}
          ${step('$seqAt', '$restAt')}
          (br_if $broken (call $isText (i32.load8_u (local.get $at))))
          (br_if $broken (call $isText (i32.load8_u (local.get $seqAt))))
          ;; Its fields: those of the master, or its own with their names.
          (if (i32.and (local.get $flags) (i32.const 2))
            (then
              (local.set $own (local.get $fields))
              (local.set $values (local.get $own))
              (local.set $walk (i32.add (local.get $own) (i32.const 3))))
            (else
              (local.set $own (call $small (local.get $restAt)))
              (br_if $broken (i32.lt_s (local.get $own) (i32.const 1)))
              ${step('$restAt', '$restAt')}
              (local.set $values (i32.shl (local.get $own) (i32.const 1)))
              (local.set $walk (i32.add (local.get $values) (i32.const 4)))))
          (loop $value
            ${step('$restAt', '$restAt')}
            (local.set $values (i32.sub (local.get $values) (i32.const 1)))
            (br_if $value (local.get $values)))
          (br_if $broken (i32.ne (call $small (local.get $restAt)) (local.get $walk)))
          ${step('$restAt', '$restAt')}
          ;; Its id, which is after all others.
          (local.set $ms (i64.add (i64.load offset=0 (i32.const 0)) (call $integer (local.get $at))))
          (local.set $seq (i64.add (i64.load offset=8 (i32.const 0)) (call $integer (local.get $seqAt))))
          (if (i32.load offset=48 (i32.const 0))
            (then
              (br_if $broken (i64.gt_u (i64.load offset=16 (i32.const 0)) (local.get $ms)))
              (if (i64.eq (i64.load offset=16 (i32.const 0)) (local.get $ms))
                (then
                  (br_if $broken
                    (i32.eqz (i64.gt_u (local.get $seq) (i64.load offset=24 (i32.const 0)))))))))
          (i32.store offset=48 (i32.const 0) (i32.const 1))
          (i64.store offset=16 (i32.const 0) (local.get $ms))
          (i64.store offset=24 (i32.const 0) (local.get $seq))
          (if (i32.and (local.get $flags) (i32.const 1))
            (then (local.set $deleted (i32.add (local.get $deleted) (i32.const 1))))
            (else
              (local.set $live (i32.add (local.get $live) (i32.const 1)))
              (if (i32.eqz (i32.load offset=52 (i32.const 0)))
                (then
                  (i32.store offset=52 (i32.const 0) (i32.const 1))
                  (i64.store offset=32 (i32.const 0) (local.get $ms))
                  (i64.store offset=40 (i32.const 0) (local.get $seq))))))
          (local.set $count (i32.add (i32.add (local.get $count) (local.get $walk)) (i32.const 1)))
          (local.set $at (local.get $restAt))
          (br $entry)))
      (local.set $stored (i32.load16_u offset=4 (local.get $start)))
      (if (i32.ne (local.get $stored) (i32.const 0xffff))
        (then (br_if $broken (i32.ne (local.get $stored) (local.get $count)))))
      (br_if $broken (i32.eqz (local.get $live)))
      (br_if $broken (i32.ne (call $small (local.get $liveAt)) (local.get $live)))
      (br_if $broken (i32.ne (call $small (local.get $deletedAt)) (local.get $deleted)))
      (i32.store offset=56 (i32.const 0) (local.get $live))
      (return (i32.const 1)))
    (i32.const 0))
`
