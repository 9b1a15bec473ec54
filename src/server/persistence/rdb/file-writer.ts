/*
 * RdbFileWriter: a whole RDB file, key by key, in the order in which it is told:
 *
 *   REDIS0011 or VALKEY080 | aux fields | libraries | for each database: its number, how many
 *   keys and expiries there are, the keys | end | CRC-64 of all of it
 *
 * A key is its expiry if it has one, how long or how often it was used where the
 * eviction policy wants to know, its form, its name and its value.
 */
import { CRC64_SIZE } from '../../base/crc64.ts'
import { Slice } from '../../base/slice.ts'
import { type Database, NEVER } from '../../keyspace/database.ts'
import type { Ref } from '../../memory/layout.ts'
import { isBig } from '../../types/value-walks.ts'
import { BigValue } from './big-value.ts'
import {
  OP_AUX,
  OP_END,
  OP_EXPIRY_MS,
  OP_FREQUENCY,
  OP_FUNCTION,
  OP_IDLE,
  OP_RESIZE,
  OP_SELECT,
  RDB_HASH_VALKEY,
  RDB_VERSION,
  RDB_VERSION_7_0,
  VALKEY_VERSION,
} from './format.ts'
import { RdbOutput } from './output.ts'
import { formatOf, type ValueFormat } from './value-format.ts'

/**
 * `rdb-format`: who is to read the file. `redis`: every Redis since 7.2 and every Valkey; it has no form
 * for fields that expire. `redis-7.0`: Redis 7.0 too. `valkey`: Valkey 9. `auto`: the first, or the last
 * when it takes that.
 */
export type RdbFormat = 'auto' | 'redis' | 'redis-7.0' | 'valkey'

/** A hash has fields that expire, which the format asked for cannot tell. */
export class NotInFormat extends Error {
  override readonly name = 'NotInFormat'
}

export interface RdbFileOptions {
  readonly format: RdbFormat
  readonly compresses: boolean
  readonly checksums: boolean
  /** Which clock of a key is written. */
  readonly policy: 'lru' | 'lfu' | 'none'
  /** Takes chunks of the file in their order. */
  readonly send: (chunk: Uint8Array) => void
}

/** Both heads are of one size, so that one can take the other's place. */
const redisHead = (version: number): Uint8Array => Buffer.from(`REDIS${String(version).padStart(4, '0')}`)
const REDIS_HEAD = redisHead(RDB_VERSION)
const REDIS_7_0_HEAD = redisHead(RDB_VERSION_7_0)
const VALKEY_HEAD = Buffer.from(`VALKEY${String(VALKEY_VERSION).padStart(3, '0')}`)

const key = new Slice()

export class RdbFileWriter {
  private readonly out: RdbOutput
  private readonly options: RdbFileOptions
  private selected = -1
  /** Something was written that only Valkey 9's form can tell. */
  private needsValkey = false

  constructor(options: RdbFileOptions) {
    this.options = options
    const version = options.format === 'redis-7.0' ? RDB_VERSION_7_0 : RDB_VERSION
    this.out = new RdbOutput({ ...options, version })
  }

  /** `aux` are named facts about the server; readers skip those they do not know. */
  begin(aux: Readonly<Record<string, string>>): void {
    const { format } = this.options
    const head = format === 'valkey' ? VALKEY_HEAD : format === 'redis-7.0' ? REDIS_7_0_HEAD : REDIS_HEAD
    this.out.bytes(head, 0, head.length)
    for (const [name, value] of Object.entries(aux)) {
      this.out.byte(OP_AUX)
      this.out.string(Slice.of(name))
      this.out.string(Slice.of(value))
    }
  }

  /** The code of a library of functions. They come before all databases. */
  library(code: Uint8Array): void {
    this.out.byte(OP_FUNCTION)
    this.out.string(new Slice(code))
  }

  /** The keys that follow are of this database. The numbers are hints for the reader's tables. */
  database(index: number, keys: number, expiring: number): void {
    this.select(index)
    this.out.byte(OP_RESIZE)
    this.out.length(keys)
    this.out.length(expiring)
  }

  private select(index: number): void {
    this.selected = index
    this.out.byte(OP_SELECT)
    this.out.length(index)
  }

  /** One key with its value, which is of the database `index`. */
  key(index: number, db: Database, record: Ref): void {
    const format = formatOf(db, record)
    const form = this.formOf(format, db, record)
    if (index !== this.selected) this.select(index)
    this.head(this.out, form, db, record)
    format.write(this.out, db, record)
  }

  /** As `key`, but a value that is big is set aside as it is now, for `some` to write it bit by bit. */
  keyUnlessBig(index: number, db: Database, record: Ref): BigValue | undefined {
    if (!isBig(db, record)) {
      this.key(index, db, record)
      return undefined
    }
    const format = formatOf(db, record)
    const form = this.formOf(format, db, record)
    return new BigValue(index, this.out, (outlet) => {
      this.head(outlet.out, form, db, record)
      return format.begin(outlet, db, record)
    })
  }

  /** Writes some more of a value that was set aside; true when that was the last. No other key is written in between. */
  some(big: BigValue): boolean {
    if (big.index !== this.selected) this.select(big.index)
    return big.writeSome(this.out)
  }

  /** Throws NotInFormat. */
  private formOf(format: ValueFormat, db: Database, record: Ref): number {
    const form = format.formOf(db, record, this.out.version)
    if (form !== RDB_HASH_VALKEY) return form
    const { options } = this
    if (options.format === 'redis' || options.format === 'redis-7.0') {
      throw new NotInFormat(
        `the hash '${db.keyOf(record, key).text()}' has fields that expire: rdb-format ${options.format} has no form for it`,
      )
    }
    this.needsValkey = true
    return form
  }

  /** What comes before the value: expiry, access clock, form and name. */
  private head(out: RdbOutput, form: number, db: Database, record: Ref): void {
    const { policy } = this.options
    const expiresAt = db.expiresAt(record)
    if (expiresAt !== NEVER) {
      out.byte(OP_EXPIRY_MS)
      out.milliseconds(expiresAt)
    }
    if (policy === 'lru') {
      out.byte(OP_IDLE)
      out.length(db.idleSeconds(record))
    } else if (policy === 'lfu') {
      out.byte(OP_FREQUENCY)
      out.byte(db.frequency(record))
    }
    out.byte(form)
    out.string(db.keyOf(record, key))
  }

  /** Ends the file. The bytes to put at its beginning, if they turned out to be others. */
  end(): Uint8Array | undefined {
    const { out, options } = this
    const isOtherHead = this.needsValkey && options.format === 'auto'
    out.byte(OP_END)
    if (isOtherHead) out.exchangeHead(REDIS_HEAD.map((byte, i) => byte ^ VALKEY_HEAD[i]))
    if (options.checksums) out.checksum()
    else for (let i = 0; i < CRC64_SIZE; i++) out.byte(0)
    out.flush()
    return isOtherHead ? VALKEY_HEAD : undefined
  }
}
