/*
 * Finding keys: KEYS, which looks at all of them at once, and SCAN, which goes
 * through them in steps.
 */
import { globMatches } from '../base/glob.ts'
import { Slice } from '../base/slice.ts'
import { defineCommand } from '../exec/command.ts'
import type { Database } from '../keyspace/database.ts'
import type { Ref } from '../memory/layout.ts'
import { typeNameOf } from '../types/opaque-value.ts'
import { parseCursor, parseScanOptions, type ScanOptions, scanFilter } from './scan-options.ts'

const STAR = 42
/** Groups that SCAN visits at most for every element asked for, so that a sparse table does not hold everybody up. */
const GROUPS_PER_ELEMENT = 10

/** Where key names are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()

const isAlive = (db: Database, ref: Ref): boolean => {
  const time = db.expiresAt(ref)
  return time < 0 || time >= db.keyspace.now
}

export const KEYS = defineCommand({
  name: 'keys',
  usage: 'pattern',
  summary: 'Returns all keys that match a pattern.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(N) in the number of keys of the database',
  arity: 2,
  flags: ['readonly'],
  categories: ['keyspace', 'dangerous'],
  tips: ['request_policy:all_shards', 'nondeterministic_output_order'],
  run(c) {
    const { db, reply } = c
    const pattern = c.argv[1]
    const matchesAll = pattern.size === 1 && pattern.buf[pattern.at] === STAR
    const mark = reply.mark()
    let count = 0
    const visit = (ref: Ref): void => {
      const key = db.keyOf(ref, found)
      if (!(matchesAll || globMatches(pattern, key)) || !isAlive(db, ref)) return
      reply.bulk(key)
      count++
    }
    for (let cursor = db.scan(0, visit); cursor !== 0; ) cursor = db.scan(cursor, visit)
    reply.insertArray(mark, count)
  },
})

export const SCAN = defineCommand({
  name: 'scan',
  usage: 'cursor:integer [MATCH pattern] [COUNT count:integer] [TYPE type]',
  summary: 'Goes through the keys of the database, a few at a time.',
  group: 'generic',
  since: '2.8.0',
  complexity: 'O(1) for every call, O(N) for a whole walk',
  history: [['6.0.0', 'Added the `TYPE` option.']],
  arity: -2,
  flags: ['readonly'],
  tips: ['nondeterministic_output', 'request_policy:special', 'response_policy:special'],
  run(c) {
    // Parse.
    let cursor = parseCursor(c, 1)
    if (cursor === undefined) return
    const options = parseScanOptions(c, 2, { type: true })
    if (options === undefined) return
    // Look up. What is visited counts towards COUNT, whether it passes the filters or not.
    const { db, reply } = c
    const refs: Ref[] = []
    const expired: Ref[] = []
    let visited = 0
    const visit = (ref: Ref): void => {
      visited++
      if (passes(db, ref, options)) (isAlive(db, ref) ? refs : expired).push(ref)
    }
    let groups = 0
    do {
      cursor = db.scan(cursor, visit)
      groups++
    } while (cursor !== 0 && visited < options.count && groups < options.count * GROUPS_PER_ELEMENT)
    // Effects: what is found to be over goes, as by any other look at it.
    for (const ref of expired) db.peek(db.keyOf(ref, found))
    // Reply.
    reply.array(2)
    reply.bulkInteger(cursor)
    reply.array(refs.length)
    for (const ref of refs) reply.bulk(db.keyOf(ref, found))
  },
})

function passes(db: Database, ref: Ref, options: ScanOptions): boolean {
  if (options.type !== undefined && !options.type.is(typeNameOf(db, ref).toLowerCase())) return false
  return scanFilter(options, db.keyOf(ref, found))
}
