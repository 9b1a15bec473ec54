/*
 * Digests of values and of all data, as DEBUG DIGEST of real servers makes them:
 * equal for equal data, whatever the encodings and the order of what has none.
 * So two servers are compared by 20 bytes.
 *
 * Two ways to take something in, where H is SHA-1 and the digest begins as zeros:
 *
 *   xor:  digest ^= H(bytes)                 order does not matter
 *   mix:  digest  = H(digest ^ H(bytes))     order does
 *
 *   value    mix the type as 4 bytes, most significant first; then
 *            string: mix it. list: mix each element. set: xor each member.
 *            hash, zset: xor the digest of each pair, made by mixing its two texts.
 *            stream: mix each entry's id as ms.seq, then its fields and values.
 *            A key that expires: xor "!!expire!!".
 *   data     for each database that has keys: mix its number as 4 bytes; then for each
 *            key xor the digest that begins with mixing the key and goes on as its value.
 *
 * These facts were found by asking servers; tests/wire/debug-digest.test.ts asks them again.
 */
import { createHash } from 'node:crypto'
import { doubleToDigestText } from '../base/double-text.ts'
import { Slice } from '../base/slice.ts'
import { STREAM_ID_SIZE_MAX, StreamId } from '../base/stream-id.ts'
import type { Database } from '../keyspace/database.ts'
import {
  TYPE_ARRAY,
  TYPE_HASH,
  TYPE_LIST,
  TYPE_MODULE,
  TYPE_SET,
  TYPE_STREAM,
  TYPE_STRING,
  TYPE_ZSET,
} from '../keyspace/object.ts'
import type { Ref } from '../memory/layout.ts'
import { hashForEach } from './hash.ts'
import { listForEach } from './list.ts'
import { opaqueBytes } from './opaque-value.ts'
import { setForEach } from './set.ts'
import { StreamRange } from './stream-range.ts'
import { zsetForEach } from './zset.ts'

const DIGEST_SIZE = 20
const EXPIRE_MARK = Buffer.from('!!expire!!')

const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest()

function u32(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(number)
  return bytes
}

class Digest {
  #bytes: Buffer = Buffer.alloc(DIGEST_SIZE)

  xor(bytes: Uint8Array): void {
    const hash = sha1(bytes)
    for (let i = 0; i < DIGEST_SIZE; i++) this.#bytes[i] ^= hash[i]
  }

  mix(bytes: Uint8Array): void {
    this.xor(bytes)
    this.#bytes = sha1(this.#bytes)
  }

  get bytes(): Buffer {
    return this.#bytes
  }
}

function pairDigest(first: Uint8Array, second: Uint8Array): Buffer {
  const pair = new Digest()
  pair.mix(first)
  pair.mix(second)
  return pair.bytes
}

interface DigestedType {
  /** The number that stands for it in real servers. */
  readonly number: number
  add(digest: Digest, db: Database, record: Ref): void
}

const found = new Slice()

const TYPES: Readonly<Record<number, DigestedType>> = {
  [TYPE_STRING]: {
    number: 0,
    add: (digest, db, record) => digest.mix(db.stringOf(record, found).bytes()),
  },
  [TYPE_LIST]: {
    number: 1,
    add: (digest, db, record) => listForEach(db, record, (element) => digest.mix(element.bytes())),
  },
  [TYPE_SET]: {
    number: 2,
    add: (digest, db, record) => setForEach(db, record, (member) => digest.xor(member.bytes())),
  },
  [TYPE_ZSET]: {
    number: 3,
    // Redis before 7.2 takes 17 digits of a score instead of as many as are needed.
    add: (digest, db, record) =>
      zsetForEach(db, record, (member, score) =>
        digest.xor(pairDigest(member.bytes(), Buffer.from(doubleToDigestText(score)))),
      ),
  },
  [TYPE_HASH]: {
    number: 4,
    add: (digest, db, record) =>
      hashForEach(db, record, (field, value) => digest.xor(pairDigest(field.bytes(), value.bytes()))),
  },
  [TYPE_MODULE]: {
    number: 5,
    add: addOpaque,
  },
  [TYPE_STREAM]: {
    number: 6,
    add: addStream,
  },
  [TYPE_ARRAY]: {
    number: 7,
    add: addOpaque,
  },
}

/** A module would say what to take in; here it is all that was written, and of arrays as well. */
function addOpaque(digest: Digest, db: Database, record: Ref): void {
  digest.mix(opaqueBytes(db, record, found).bytes())
}

const range = new StreamRange()
const idText = Buffer.alloc(STREAM_ID_SIZE_MAX)

/** Entries alone: groups, and what they have read, are no part of it. */
function addStream(digest: Digest, db: Database, record: Ref): void {
  range.seek(db.memory, db.valueRef(record), new StreamId().setMin(), new StreamId().setMax())
  while (range.next()) {
    const id = idText.subarray(0, range.id.write(idText, 0)).toString()
    digest.mix(Buffer.from(id.replace('-', '.')))
    range.forEachField((field, value) => {
      digest.mix(field.bytes())
      digest.mix(value.bytes())
    })
  }
}

function addValue(digest: Digest, db: Database, record: Ref): void {
  const type = TYPES[db.typeOf(record)]
  digest.mix(u32(type.number))
  type.add(digest, db, record)
  if (db.expiresAt(record) >= 0) digest.xor(EXPIRE_MARK)
}

/** The digest of one value, its expiry included but not its key: 40 hexadecimal digits. */
export function valueDigest(db: Database, record: Ref): string {
  const digest = new Digest()
  addValue(digest, db, record)
  return digest.bytes.toString('hex')
}

/** The digest of a value that is not there. */
export const NO_DIGEST = '0'.repeat(2 * DIGEST_SIZE)

/** The digest of all keys of all databases: 40 hexadecimal digits. */
export function dataDigest(databases: readonly Database[]): string {
  const data = new Digest()
  for (const db of databases.filter(({ size }) => size > 0)) {
    data.mix(u32(db.index))
    const visit = (record: Ref): void => {
      const one = new Digest()
      one.mix(db.keyOf(record, found).bytes())
      addValue(one, db, record)
      data.xor(one.bytes)
    }
    for (let cursor = db.scan(0, visit); cursor !== 0; ) cursor = db.scan(cursor, visit)
  }
  return data.bytes.toString('hex')
}
