/*
 * RdbFileReader: a whole RDB file into a keyspace, some keys at a time, so that
 * whoever reads a big one can do other things in between. Files of every version
 * that Redis up to 8.8 and Valkey up to 9.1 write are read; of what has no place
 * here (what modules keep beside their values) `skipped` says what it was and how
 * much. Values of modules and libraries of functions are kept as they are, for the
 * next file to have them.
 *
 * What is broken throws an RdbError, and whoever reads keeps what came until then or
 * gives it up. One that `recovers` leaves out a key whose value is broken, if it can be
 * known where that ends, says so in `lost`, and goes on. Keys whose time is over are
 * not loaded.
 */
import { Slice } from '../../base/slice.ts'
import { type Database, NEVER } from '../../keyspace/database.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import { NIL } from '../../memory/layout.ts'
import { moduleName, typeNameOf } from '../../types/opaque-value.ts'
import {
  OP_AUX,
  OP_END,
  OP_EXPIRY_MS,
  OP_EXPIRY_SECONDS,
  OP_FREQUENCY,
  OP_FUNCTION,
  OP_FUNCTION_OLD,
  OP_IDLE,
  OP_MODULE_AUX,
  OP_RESIZE,
  OP_SELECT,
  OP_SLOT_IMPORT_OR_KEY_META,
  OP_SLOT_INFO,
  RDB_ARRAY,
  RDB_MODULE,
} from './format.ts'
import { RdbError, RdbInput, type RdbSource } from './input.ts'
import { skipKeyMetadata, skipModuleData, skipValue } from './skip-value.ts'
import { type Family, type ReadValue, readerOf } from './value-format.ts'

const MAGIC_SIZE = 9
const REDIS_MAGIC = /^REDIS(\d{4})$/
const VALKEY_MAGIC = /^VALKEY(\d{3})$/
/** Since this version a file ends with a checksum. */
const CHECKSUM_SINCE = 5
const KEYS_PER_LOOK = 64
/** A form, an empty name and an empty value. */
const KEY_BYTES_MIN = 3

/** So many keys that were lost are kept by name. */
const LOST_NAMES_MAX = 100

/** A key that the file has and that could not be read. */
export interface LostKey {
  readonly database: number
  readonly key: string
  readonly reason: string
}

export interface RdbReaderOptions {
  /** Commands follow, which may have made a key stay whose time is over. */
  readonly keepsExpired?: boolean
  readonly recovers?: boolean
  /** Values of modules are left out, and counted as skipped. */
  readonly skipsModules?: boolean
}

/** The arena cannot hold what the file has. */
export class ArenaFull extends Error {
  override readonly name = 'ArenaFull'
}

export class RdbFileReader {
  /** Named facts about the server that wrote the file. */
  readonly aux = new Map<string, string>()
  /** What has no place here, and how often it came. */
  readonly skipped = new Map<string, number>()
  /** Values of types that are not of this server, and how many there are. */
  readonly opaque = new Map<string, number>()
  /** The first of the keys that were left out because their values are broken, and how many there are in all. */
  readonly lost: LostKey[] = []
  lostKeys = 0
  /** Everything was read, but a byte of it is not what it was. Only one that recovers goes on to say so. */
  hasWrongSum = false
  /** Keys that the file says to have, in the databases that were begun. */
  announced = 0
  keys = 0
  expired = 0
  version = 0
  family: Family = 'redis'

  private readonly input: RdbInput
  private readonly keyspace: Keyspace
  private readonly keepsExpired: boolean
  private readonly recovers: boolean
  private readonly skipsModules: boolean
  private db: Database
  private readonly key = new Slice()
  // Of the key that comes next.
  private expiresAt = NEVER
  private idleSeconds: number | undefined
  private frequency: number | undefined

  constructor(source: RdbSource | Slice, keyspace: Keyspace, options: RdbReaderOptions = {}) {
    this.keepsExpired = options.keepsExpired ?? false
    this.recovers = options.recovers ?? false
    this.skipsModules = options.skipsModules ?? false
    this.input = new RdbInput(source)
    this.keyspace = keyspace
    this.db = keyspace.databases[0]
  }

  /** Bytes that have been read. */
  get offset(): number {
    return this.input.offset
  }

  /** Bytes that have not. */
  get left(): number {
    return this.input.left
  }

  /** Keys of the databases that were begun, which have not come. */
  get missing(): number {
    let seen = this.keys + this.expired + this.lostKeys
    for (const [what, count] of this.skipped) if (what.startsWith(MODULE_VALUE)) seen += count
    return Math.max(0, this.announced - seen)
  }

  /** Reads on while `hasTime`; true at the end of the file. */
  step(hasTime: () => boolean): boolean {
    try {
      return this.readSome(hasTime)
    } catch (error) {
      this.giveBackRoom()
      throw error
    }
  }

  private readSome(hasTime: () => boolean): boolean {
    if (this.version === 0) this.readMagic()
    for (let i = 1; ; i++) {
      const code = this.input.byte()
      if (code === OP_END) {
        this.readEnd()
        return true
      }
      if (!this.readOther(code)) this.readKey(code)
      if (i % KEYS_PER_LOOK === 0 && !hasTime()) return false
    }
  }

  private readMagic(): void {
    const magic = this.input.bytes(MAGIC_SIZE).text()
    const redis = REDIS_MAGIC.exec(magic)
    const valkey = VALKEY_MAGIC.exec(magic)
    const version = Number((redis ?? valkey)?.[1] ?? 0)
    if (version === 0) this.input.fail('this is no RDB file: it begins with neither REDIS nor VALKEY')
    this.version = version
    this.family = valkey ? 'valkey' : 'redis'
    this.keyspace.libraries = []
  }

  private readEnd(): void {
    const { input } = this
    this.giveBackRoom()
    if (this.version < CHECKSUM_SINCE || input.checksum()) return
    if (!this.recovers) input.fail('the checksum is wrong')
    this.hasWrongSum = true
  }

  private giveBackRoom(): void {
    for (const db of this.keyspace.databases) db.giveBackRoom()
  }

  /** Reads what is no key; false, having read nothing, if `code` is the form of one. */
  private readOther(code: number): boolean {
    const { input } = this
    switch (code) {
      case OP_EXPIRY_MS:
        this.expiresAt = this.moment(input.int64())
        return true
      case OP_EXPIRY_SECONDS:
        this.expiresAt = input.int32() * 1000
        return true
      case OP_IDLE:
        this.idleSeconds = input.length()
        return true
      case OP_FREQUENCY:
        this.frequency = input.byte()
        return true
      case OP_SELECT:
        this.select(input.length())
        return true
      case OP_RESIZE:
        this.expect(input.length(), input.length())
        return true
      case OP_AUX:
        this.aux.set(input.string().text(), input.string().text())
        return true
      case OP_SLOT_INFO:
        for (let i = 0; i < 3; i++) input.length()
        return true
      case OP_FUNCTION:
        this.keyspace.libraries.push(input.string().bytes())
        return true
      case OP_FUNCTION_OLD:
        return input.fail('functions of a release candidate of Redis 7.0 cannot be read')
      case OP_MODULE_AUX:
        this.skip(`module data of ${moduleName(input.bigLength())}`)
        input.length()
        input.length()
        skipModuleData(input)
        return true
      case OP_SLOT_IMPORT_OR_KEY_META:
        if (this.family === 'valkey') this.readSlotImport()
        else this.skip('metadata of modules for a key', skipKeyMetadata(input))
        return true
      default:
        return false
    }
  }

  /** A file that says to have more keys than it has bytes for is not believed. */
  private expect(keys: number, expiring: number): void {
    if (keys * KEY_BYTES_MIN > this.input.left || expiring > keys) return
    this.announced += keys
    this.db.expect(keys, expiring)
  }

  private readSlotImport(): void {
    const { input } = this
    input.string()
    for (let left = input.count(2); left > 0; left--) {
      input.length()
      input.length()
    }
    this.skip('import of slots')
  }

  private select(index: number): void {
    const db = this.keyspace.databases[index]
    if (db === undefined) {
      const { length } = this.keyspace.databases
      this.input.fail(`database ${index} is beyond the ${length} there are: start with --databases ${index + 1}`)
    }
    this.db = db
  }

  private readKey(form: number): void {
    const { input, db, expiresAt, idleSeconds, frequency } = this
    this.expiresAt = NEVER
    this.idleSeconds = undefined
    this.frequency = undefined
    input.releaseAll()
    const key = input.string(this.key)
    input.keep()
    if (form === RDB_MODULE && this.skipsModules) {
      this.skip(`${MODULE_VALUE}${moduleName(input.bigLength())}`)
      return skipModuleData(input)
    }
    const read = readerOf(form, this.family)
    if (read === undefined) return input.fail(`the value of '${key.text()}' is of the unknown form ${form}`)
    const valueAt = input.offset
    try {
      if (db.peek(key) !== NIL) input.fail(`the key '${key.text()}' is there twice`)
      if (!this.readInto(read, db, key)) {
        throw new ArenaFull(`the memory of this database cannot hold the key '${key.text()}'`)
      }
    } catch (error) {
      if (!this.recovers || !(error instanceof RdbError)) throw error
      return this.leaveOut(form, key, valueAt, error)
    }
    this.noteOpaque(form, db, key)
    // Its value had to be read to know where it ends.
    if (expiresAt !== NEVER && expiresAt < this.keyspace.now && !this.keepsExpired) {
      db.remove(key)
      this.expired++
      return
    }
    if (expiresAt !== NEVER && !db.setExpire(key, expiresAt)) throw new ArenaFull('the index of expiries cannot grow')
    if (idleSeconds !== undefined || frequency !== undefined) this.setClock(db, key, idleSeconds, frequency)
    this.keys++
  }

  /** Of a value that is broken nothing is left at the key. */
  private readInto(read: ReadValue, db: Database, key: Slice): boolean {
    try {
      return read(this.input, db, key)
    } catch (error) {
      db.remove(key)
      throw error
    }
  }

  /** Goes on behind a value that is broken; throws if that is not possible. */
  private leaveOut(form: number, key: Slice, valueAt: number, error: RdbError): void {
    this.lostKeys++
    if (this.lost.length < LOST_NAMES_MAX) {
      this.lost.push({ database: this.db.index, key: key.text(), reason: error.message })
    }
    if (!this.input.rewind(valueAt)) throw error
    skipValue(this.input, form, this.family)
  }

  private setClock(db: Database, key: Slice, idleSeconds: number | undefined, frequency: number | undefined): void {
    const record = db.peek(key)
    const { countsFrequency } = this.keyspace.accessClock
    if (frequency !== undefined && countsFrequency) db.setFrequency(record, frequency)
    else if (idleSeconds !== undefined && !countsFrequency) db.setIdleSeconds(record, idleSeconds)
  }

  /** Records hold 53 bits of milliseconds. */
  private moment(time: bigint): number {
    return Math.max(0, Math.min(Number(time), Number.MAX_SAFE_INTEGER))
  }

  private noteOpaque(form: number, db: Database, key: Slice): void {
    if (form === RDB_MODULE) count(this.opaque, `${MODULE_VALUE}${typeNameOf(db, db.peek(key))}`)
    else if (form === RDB_ARRAY) count(this.opaque, 'array of Redis 8.8')
  }

  private skip(what: string, times = 1): void {
    count(this.skipped, what, times)
  }
}

function count(counts: Map<string, number>, what: string, times = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + times)
}

/** How what is said of a module's value begins. */
const MODULE_VALUE = 'value of module type '
