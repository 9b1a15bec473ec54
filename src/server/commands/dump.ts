/*
 * DUMP and RESTORE: a value as bytes, and back. What the bytes are is in
 * ../persistence/dump.ts.
 */
import { parseExact } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { NEVER } from '../keyspace/database.ts'
import { NIL } from '../memory/layout.ts'
import { dumpValue, isDump, restoreValue } from '../persistence/dump.ts'
import { expiryFrom, MILLISECONDS } from './expiry-argument.ts'

const BUSY_KEY = errorLine('BUSYKEY Target key name already exists.')
const BAD_TTL = errorLine('ERR Invalid TTL value, must be >= 0')
const BAD_IDLE = errorLine('ERR Invalid IDLETIME value, must be >= 0')
const BAD_FREQUENCY = errorLine('ERR Invalid FREQ value, must be >= 0 and <= 255')
const BAD_PAYLOAD = errorLine('ERR DUMP payload version or checksum are wrong')
const BAD_FORMAT = errorLine('ERR Bad data format')
const FREQUENCY_MAX = 255

export const DUMP = defineCommand({
  name: 'dump',
  usage: 'key',
  summary: 'Returns the value at a key as bytes that RESTORE takes.',
  group: 'generic',
  since: '2.6.0',
  complexity: 'O(N) in the size of the value',
  arity: 2,
  flags: ['readonly'],
  keys: [{ at: 1, access: 'ro', does: 'access' }],
  tips: ['nondeterministic_output'],
  run(c) {
    const record = c.db.lookupRead(c.argv[1])
    if (record === NIL) return c.reply.nil()
    c.reply.bulk(dumpValue(c.db, record))
  },
})

interface RestoreOptions {
  replaces: boolean
  isAbsolute: boolean
  idleSeconds: number | undefined
  frequency: number | undefined
}

/** The options from argv[4] on; undefined, having refused. */
function optionsOrRefuse(c: Call): RestoreOptions | undefined {
  const { argv, argc } = c
  const options: RestoreOptions = { replaces: false, isAbsolute: false, idleSeconds: undefined, frequency: undefined }
  for (let i = 4; i < argc; i++) {
    const hasAnother = i + 1 < argc
    let refusal: Uint8Array | undefined
    if (argv[i].is('replace')) options.replaces = true
    else if (argv[i].is('absttl')) options.isAbsolute = true
    else if (argv[i].is('idletime') && hasAnother && options.frequency === undefined) {
      options.idleSeconds = numberIn(argv[++i], Number.POSITIVE_INFINITY)
      if (options.idleSeconds === undefined) refusal = parseExact(argv[i]) === undefined ? Err.notInteger : BAD_IDLE
    } else if (argv[i].is('freq') && hasAnother && options.idleSeconds === undefined) {
      options.frequency = numberIn(argv[++i], FREQUENCY_MAX)
      if (options.frequency === undefined) refusal = parseExact(argv[i]) === undefined ? Err.notInteger : BAD_FREQUENCY
    } else refusal = Err.syntax
    if (refusal === undefined) continue
    c.reply.error(refusal)
    return undefined
  }
  return options
}

/** An integer from 0 to `max`, or undefined. */
function numberIn(text: Slice, max: number): number | undefined {
  const value = parseExact(text)
  return value === undefined || value < 0 || value > max ? undefined : Number(value)
}

/** When the key is to expire, NEVER for a time to live of 0; undefined, having refused. */
function expiryOrRefuse(c: Call, isAbsolute: boolean): number | undefined {
  const count = parseExact(c.argv[2])
  if (count !== undefined && count >= 0) {
    if (count === 0) return NEVER
    return Math.min(expiryFrom(c.argv[2], MILLISECONDS, isAbsolute ? 0 : c.db.keyspace.now), Number.MAX_SAFE_INTEGER)
  }
  c.reply.error(count === undefined ? Err.notInteger : BAD_TTL)
  return undefined
}

export const RESTORE = defineCommand({
  name: 'restore',
  usage: 'key ttl:integer serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds:integer] [FREQ frequency:integer]',
  summary: 'Makes a key of the bytes that DUMP answered.',
  group: 'generic',
  since: '2.6.0',
  complexity: 'O(N) in the size of the value',
  history: [
    ['3.0.0', 'Added the `REPLACE` modifier.'],
    ['5.0.0', 'Added the `ABSTTL` modifier.'],
    ['5.0.0', 'Added the `IDLETIME` and `FREQ` options.'],
  ],
  arity: -4,
  flags: ['write', 'denyoom'],
  categories: ['keyspace', 'dangerous'],
  keys: [{ at: 1, access: 'ow', does: 'update' }],
  run(c) {
    // Parse. Whether the key is taken is told before its time to live is looked at, as by real servers.
    const options = optionsOrRefuse(c)
    if (options === undefined) return
    const { db } = c
    const [, key, , payload] = c.argv
    const exists = db.lookupWrite(key) !== NIL
    if (exists && !options.replaces) return c.reply.error(BUSY_KEY)
    const expiresAt = expiryOrRefuse(c, options.isAbsolute)
    if (expiresAt === undefined) return
    if (!isDump(payload)) return c.reply.error(BAD_PAYLOAD)
    // Work. The value is made aside, so that a broken one leaves what is at the key alone.
    const { staging } = c.server.keyspace
    const restored = restoreValue(staging, key, payload)
    if (restored === 'broken') return c.reply.error(BAD_FORMAT)
    if (restored === 'exhausted') return c.reply.error(Err.arenaFull)
    if (expiresAt !== NEVER && expiresAt <= db.keyspace.deadline) {
      staging.remove(key)
      if (exists) removeOld(c, key)
      return c.reply.ok()
    }
    if (expiresAt !== NEVER && !staging.setExpire(key, expiresAt)) {
      staging.remove(key)
      return c.reply.error(Err.arenaFull)
    }
    if (!staging.moveTo(db, key)) {
      staging.remove(key)
      return c.reply.error(Err.arenaFull)
    }
    const record = db.peek(key)
    if (options.idleSeconds !== undefined) db.setIdleSeconds(record, options.idleSeconds)
    if (options.frequency !== undefined) db.setFrequency(record, options.frequency)
    // Effects and reply.
    c.changed('g', 'restore', key)
    if (c.isRepeated && expiresAt !== NEVER && !options.isAbsolute) {
      c.repeatAs('RESTORE', [key, expiresAt, ...c.argv.slice(3, c.argc), 'ABSTTL'])
    }
    c.reply.ok()
  },
})

/** What is restored is over already: only what it replaces goes. */
function removeOld(c: Call, key: Slice): void {
  c.db.remove(key)
  c.changed('g', 'del', key)
  if (c.isRepeated) c.repeatAs('DEL', [key])
}
