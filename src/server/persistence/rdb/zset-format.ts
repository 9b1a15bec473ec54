/*
 * Sorted sets in RDB files and DUMP: a listpack as it lies, or member and score one
 * by one. Scores that old servers wrote as text, and their ziplists, are read.
 */
import { Slice } from '../../base/slice.ts'
import type { Database } from '../../keyspace/database.ts'
import { KIND_ZSET_LISTPACK } from '../../keyspace/object.ts'
import { NIL, type Ref } from '../../memory/layout.ts'
import { listpackOfValue, listpackTexts } from '../../types/listpack-value.ts'
import { zsetWalk } from '../../types/value-walks.ts'
import { type ComingMember, zsetCreate, zsetFill, zsetForEach, zsetLength } from '../../types/zset.ts'
import { ZSET_ADDED, ZSET_EXHAUSTED } from '../../types/zset-add.ts'
import { RDB_ZSET, RDB_ZSET_LISTPACK, RDB_ZSET_TEXT, RDB_ZSET_ZIPLIST } from './format.ts'
import type { RdbInput } from './input.ts'
import { readZiplist } from './old-blocks.ts'
import type { ValueFormat } from './value-format.ts'

// Sizes of a score's text that stand for what no text can tell.
const TEXT_NAN = 253
const TEXT_INFINITE = 254
const TEXT_NEGATIVE_INFINITE = 255

const block = new Slice()

const formOf = (db: Database, zset: Ref): number =>
  db.kindOf(zset) === KIND_ZSET_LISTPACK ? RDB_ZSET_LISTPACK : RDB_ZSET

/** The member that is being read. */
class Member implements ComingMember {
  member = new Slice()
  score = 0
}

const coming = new Member()

/** Reads `count` members, each of which `next` reads to `coming`, into a new sorted set. */
function readMembers(
  input: RdbInput,
  db: Database,
  key: Slice,
  count: number,
  next: (input: RdbInput) => void,
): boolean {
  if (count === 0) input.fail('a sorted set has no members')
  const zset = zsetCreate(db, key, count)
  if (zset === NIL) return false
  const done = zsetFill(db, zset, count, coming, () => {
    input.release()
    next(input)
    if (Number.isNaN(coming.score)) input.fail('a score is no number')
  })
  if (done === ZSET_ADDED) return true
  db.remove(key)
  return done === ZSET_EXHAUSTED ? false : input.fail('a sorted set has a member twice')
}

function readTexts(input: RdbInput, db: Database, key: Slice, texts: readonly Slice[] | undefined): boolean {
  if (texts === undefined || texts.length % 2 !== 0) return input.fail('the block of a sorted set is broken')
  let at = 0
  return readMembers(input, db, key, texts.length / 2, () => {
    coming.member = texts[at++]
    coming.score = scoreOf(texts[at++].text())
  })
}

/** A score as a server writes it; NaN for what is none. */
function scoreOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY
  if (text === '-inf') return Number.NEGATIVE_INFINITY
  return text.trim() === '' ? Number.NaN : Number(text)
}

function textScore(input: RdbInput): number {
  const size = input.byte()
  if (size === TEXT_INFINITE) return Number.POSITIVE_INFINITY
  if (size === TEXT_NEGATIVE_INFINITE) return Number.NEGATIVE_INFINITY
  return size === TEXT_NAN ? Number.NaN : scoreOf(input.bytes(size).text())
}

function nextDouble(input: RdbInput): void {
  input.string(coming.member)
  coming.score = input.double()
}

function nextText(input: RdbInput): void {
  input.string(coming.member)
  coming.score = textScore(input)
}

export const zsetFormat: ValueFormat = {
  formOf,
  write(out, db, zset) {
    if (formOf(db, zset) === RDB_ZSET_LISTPACK) return out.string(listpackOfValue(db, zset, block))
    out.length(zsetLength(db, zset))
    zsetForEach(db, zset, (member, score) => {
      out.string(member)
      out.double(score)
    })
  },
  begin(outlet, db, zset) {
    outlet.out.length(zsetLength(db, zset))
    const walk = zsetWalk(db, zset, (member, score) => {
      outlet.out.string(member)
      outlet.out.double(score)
    })
    return { walk }
  },
  read: {
    [RDB_ZSET]: (input, db, key) => readMembers(input, db, key, input.count(9), nextDouble),
    [RDB_ZSET_TEXT]: (input, db, key) => readMembers(input, db, key, input.count(2), nextText),
    [RDB_ZSET_ZIPLIST]: (input, db, key) => readTexts(input, db, key, readZiplist(input, input.string())),
    [RDB_ZSET_LISTPACK]: (input, db, key) => readTexts(input, db, key, listpackTexts(input.string())),
  },
}
