/*
 * RdbFileReader: a whole RDB file into a keyspace, some keys at a time, so that
 * whoever reads a big one can do other things in between. Files of every version
 * that Redis up to 8.8 and Valkey up to 9.1 write are read; of what has no place
 * here (functions, values of modules) `skipped` says what it was and how much.
 *
 * What is broken throws an RdbError; `isPartial` readers keep what they have read
 * until then. Keys whose time is over are not loaded.
 */
import { Slice } from '../../base/slice.ts'
import { type Database, NEVER } from '../../keyspace/database.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import { NIL } from '../../memory/layout.ts'
import {
  MODULE_DOUBLE,
  MODULE_END,
  MODULE_FLOAT,
  MODULE_SIGNED,
  MODULE_STRING,
  MODULE_UNSIGNED,
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
  RDB_MODULE,
} from './format.ts'
import { RdbInput, type RdbSource } from './input.ts'
import { type Family, readerOf } from './value-format.ts'

const MAGIC_SIZE = 9
const REDIS_MAGIC = /^REDIS(\d{4})$/
const VALKEY_MAGIC = /^VALKEY(\d{3})$/
/** Since this version a file ends with a checksum. */
const CHECKSUM_SINCE = 5
const KEYS_PER_LOOK = 64
/** A form, an empty name and an empty value. */
const KEY_BYTES_MIN = 3

/** The arena cannot hold what the file has. */
export class ArenaFull extends Error {
  override readonly name = 'ArenaFull'
}

export class RdbFileReader {
  /** Named facts about the server that wrote the file. */
  readonly aux = new Map<string, string>()
  /** What has no place here, and how often it came. */
  readonly skipped = new Map<string, number>()
  keys = 0
  expired = 0
  version = 0
  family: Family = 'redis'

  private readonly input: RdbInput
  private readonly keyspace: Keyspace
  private readonly keepsExpired: boolean
  private db: Database
  private readonly key = new Slice()
  // Of the key that comes next.
  private expiresAt = NEVER
  private idleSeconds: number | undefined
  private frequency: number | undefined

  /** `keepsExpired`: commands follow, which may have made a key stay whose time is over. */
  constructor(source: RdbSource | Slice, keyspace: Keyspace, keepsExpired = false) {
    this.keepsExpired = keepsExpired
    this.input = new RdbInput(source)
    this.keyspace = keyspace
    this.db = keyspace.databases[0]
  }

  /** Bytes that have been read. */
  get offset(): number {
    return this.input.offset
  }

  /** Reads on while `hasTime`; true at the end of the file. */
  step(hasTime: () => boolean): boolean {
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
  }

  private readEnd(): void {
    const { input } = this
    for (const db of this.keyspace.databases) db.giveBackRoom()
    if (this.version >= CHECKSUM_SINCE && !input.checksum()) input.fail('the checksum is wrong')
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
        input.string()
        this.skip('function library')
        return true
      case OP_FUNCTION_OLD:
        return input.fail('functions of a release candidate of Redis 7.0 cannot be read')
      case OP_MODULE_AUX:
        this.skip(`module data of ${moduleName(input.bigLength())}`)
        input.length()
        input.length()
        this.skipModuleValue()
        return true
      case OP_SLOT_IMPORT_OR_KEY_META:
        this.readSlotImport()
        return true
      default:
        return false
    }
  }

  /** A file that says to have more keys than it has bytes for is not believed. */
  private expect(keys: number, expiring: number): void {
    if (keys * KEY_BYTES_MIN <= this.input.left && expiring <= keys) this.db.expect(keys, expiring)
  }

  private readSlotImport(): void {
    const { input } = this
    if (this.family === 'redis') input.fail('keys with metadata of modules cannot be read')
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
    if (form === RDB_MODULE) {
      this.skip(`value of module type ${moduleName(input.bigLength())}`)
      return this.skipModuleValue()
    }
    const read = readerOf(form, this.family)
    if (read === undefined) return input.fail(`the value of '${key.text()}' is of the unknown form ${form}`)
    if (db.peek(key) !== NIL) input.fail(`the key '${key.text()}' is there twice`)
    if (!read(input, db, key)) throw new ArenaFull(`the memory of this database cannot hold the key '${key.text()}'`)
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

  private skip(what: string): void {
    this.skipped.set(what, (this.skipped.get(what) ?? 0) + 1)
  }

  private skipModuleValue(): void {
    const { input } = this
    for (;;) {
      switch (input.length()) {
        case MODULE_END:
          return
        case MODULE_SIGNED:
        case MODULE_UNSIGNED:
          input.bigLength()
          break
        case MODULE_FLOAT:
          input.bytes(4)
          break
        case MODULE_DOUBLE:
          input.bytes(8)
          break
        case MODULE_STRING:
          input.string()
          break
        default:
          input.fail('data of a module is broken')
      }
    }
  }
}

const MODULE_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const MODULE_NAME_SIZE = 9

/** A module type's number is nine letters of six bits and ten bits of a version. */
function moduleName(id: bigint): string {
  let name = ''
  for (let i = 0; i < MODULE_NAME_SIZE; i++) {
    name = MODULE_LETTERS[Number((id >> BigInt(10 + 6 * i)) & 63n)] + name
  }
  return name
}
