/*
 * What RDB files of Redis have that has no place here as it is, and is not lost for
 * that: values of modules, arrays (8.8), what nobody has any more of a stream (8.8);
 * and streams of before 7.0, and hashes in forms of release candidates of 7.4. No
 * server at hand writes these: the bytes are put together from the descriptions of the
 * formats.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { withDataFolders } from '../support/data-folders.ts'
import { ARRAY_VALUE } from '../support/opaque-values.ts'
import { findPeer } from '../support/peers.ts'
import { keysteadProgram, type Program, peerProgram } from '../support/server-process.ts'

const { newFolder, start } = withDataFolders()

const file = (folder: string): string => join(folder, 'dump.rdb')
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const u64le = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
const u64be = (value: number): Buffer => u64le(value).reverse()
const u32le = (value: number): Buffer => u64le(value).subarray(0, 4)
/** A length of 64 bits. */
const long = (value: number): Buffer => Buffer.concat([latin1('\x81'), u64be(value)])

/** A folder with a file of these keys, whatever stands before them. */
function folderWith(version: string, ...parts: readonly Buffer[]): string {
  const dir = newFolder()
  writeFileSync(file(dir), Buffer.concat([latin1(`REDIS${version}\xfe\0`), ...parts, latin1('\xff\0\0\0\0\0\0\0\0')]))
  return dir
}

/** A string key `a` with the value 1, behind what is looked at: whether reading goes on there. */
const NEXT_KEY = latin1('\x00\x01a\x011')
const FUTURE = 4_000_000_000_000

describe('values of modules', () => {
  /** What RedisBloom writes: the id of `MBbloom--`, version 4, then integers, a double and strings, then the end. */
  const id = Buffer.from('813016e5a289bef804', 'hex')
  const value = Buffer.from('\x02\x05\x05\x03abc\x04\0\0\0\0\0\0\xf0\x3f\x01\x81\xff\0\0\0\0\0\0\x01\x00', 'latin1')
  const bytes = Buffer.concat([
    Buffer.from('REDIS0011\xfe\x00\xfb\x02\x00\x07\x05bloom', 'latin1'),
    id,
    value,
    Buffer.from('\x00\x01a\x011\xff\0\0\0\0\0\0\0\0', 'latin1'),
  ])

  test('are kept as they are, with what any key can do, and saved again', async () => {
    const dir = newFolder()
    writeFileSync(file(dir), bytes)
    const { client, server } = await start(keysteadProgram(), { dir })
    await server.says('Kept as they are, for a server that knows what they mean: 1 x value of module type MBbloom--')
    expect(await client.command('TYPE', 'bloom')).toBe('MBbloom--')
    await expect(client.command('GET', 'bloom')).rejects.toThrow('WRONGTYPE')
    await expect(client.command('SADD', 'bloom', 'a')).rejects.toThrow('WRONGTYPE')
    expect(await client.command('OBJECT', 'ENCODING', 'bloom')).toBe('raw')
    expect(await client.command('COPY', 'bloom', 'copy')).toBe(1)
    expect(await client.command('EXPIRE', 'copy', 1000)).toBe(1)
    expect(await client.command('SCAN', '0', 'TYPE', 'mbbloom--')).toEqual(['0', expect.toSatisfy(hasBoth)])
    const dump = await client.reply('DUMP', 'bloom')
    expect(dump).toMatchObject({
      type: 'bulk',
      bytes: expect.toSatisfy((b: Uint8Array) => Buffer.from(b).includes(value)),
    })
    await client.command('DEBUG', 'RELOAD')
    expect(await client.reply('DUMP', 'copy')).toEqual(dump)
    expect(readFileSync(file(dir)).includes(Buffer.concat([Buffer.from('\x07\x05bloom', 'latin1'), id, value]))).toBe(
      true,
    )
    expect(await client.command('DEL', 'bloom', 'copy', 'a')).toBe(3)
  })
  const hasBoth = (keys: string[]): boolean => keys.toSorted().join() === 'bloom,copy'

  test('are left out when that is asked for, and counted', async () => {
    const dir = newFolder()
    writeFileSync(file(dir), bytes)
    const { client, server } = await start(keysteadProgram(), { dir, 'skip-module-values': 'yes' })
    await server.says('Not loaded, for want of a place for it: 1 x value of module type MBbloom--')
    expect(await client.command('KEYS', '*')).toEqual(['a'])
  })
})

describe('arrays of Redis 8.8', () => {
  const key = Buffer.concat([latin1('\x1c\x03arr'), ARRAY_VALUE])

  test('are kept as they are, with what any key can do, and saved again', async () => {
    const dir = folderWith('0014', key, NEXT_KEY)
    const { client, server } = await start(keysteadProgram(), { dir })
    await server.says('Kept as they are, for a server that knows what they mean: 1 x array of Redis 8.8')
    expect(await client.command('TYPE', 'arr')).toBe('array')
    expect(await client.command('OBJECT', 'ENCODING', 'arr')).toBe('sliced-array')
    await expect(client.command('LRANGE', 'arr', 0, -1)).rejects.toThrow('WRONGTYPE')
    expect(await client.command('COPY', 'arr', 'copy')).toBe(1)
    expect(await client.command('SCAN', '0', 'TYPE', 'array')).toEqual(['0', expect.arrayContaining(['arr', 'copy'])])
    const dump = (await client.reply('DUMP', 'arr')) as { readonly bytes: Uint8Array }
    expect(Buffer.from(dump.bytes).includes(Buffer.from(ARRAY_VALUE))).toBe(true)
    expect(await client.command('RESTORE', 'again', 0, Buffer.from(dump.bytes))).toBe('OK')
    await client.command('DEBUG', 'RELOAD')
    expect(await client.reply('DUMP', 'again')).toEqual(dump)
    expect(readFileSync(file(dir)).includes(key)).toBe(true)
    expect(await client.command('DEL', 'arr', 'copy', 'again', 'a')).toBe(4)
  })

  test('that are broken are refused, and passed over with --recover', async () => {
    const broken = Buffer.concat([latin1('\x1c\x03arr\x01\x00\x00\x09\x01x')])
    const dir = folderWith('0014', broken, NEXT_KEY)
    await expect(start(keysteadProgram(), { dir })).rejects.toThrow('an element of an array is of the unknown form 9')
    const { client } = await start(keysteadProgram(), { dir, recover: 'yes' })
    expect(await client.command('KEYS', '*')).toEqual(['a'])
  })
})

test('metadata that modules keep of a key is passed over and counted', async () => {
  const metadata = latin1('\xf3\x02AAAA\x02\x05\x00BBBB\x05\x03abc\x00')
  const { client, server } = await start(keysteadProgram(), { dir: folderWith('0013', metadata, NEXT_KEY) })
  expect(await client.command('GET', 'a')).toBe('1')
  await server.says('Not loaded, for want of a place for it: 2 x metadata of modules for a key')
})

describe('hashes of release candidates of Redis 7.4', () => {
  const hash = (form: string, ...value: readonly Buffer[]): Buffer =>
    Buffer.concat([latin1(`${form}\x04hash`), ...value])

  test.each([
    ['one by one', hash('\x16', latin1('\x02'), long(FUTURE), latin1('\x01f\x011'), latin1('\x00\x01g\x012'))],
    [
      'in a listpack',
      hash(
        '\x17',
        latin1('\x1d'),
        u32le(29),
        latin1('\x06\x00\x81f\x02\x01\x01'),
        latin1('\xf4'),
        u64le(FUTURE),
        latin1('\x09\x81g\x02\x02\x01\x00\x01\xff'),
      ),
    ],
  ])('%s keep their fields and when they expire', async (_, key) => {
    const { client } = await start(keysteadProgram(), { dir: folderWith('0012', key, NEXT_KEY) })
    expect(await client.command('HMGET', 'hash', 'f', 'g')).toEqual(['1', '2'])
    expect(await client.command('HPEXPIRETIME', 'hash', 'FIELDS', 2, 'f', 'g')).toEqual([FUTURE, -1])
    expect(await client.command('GET', 'a')).toBe('1')
  })

  test('with a field twice are refused, and passed over with --recover', async () => {
    const dir = folderWith('0012', hash('\x16', latin1('\x02\x00\x01f\x011\x00\x01f\x012')), NEXT_KEY)
    await expect(start(keysteadProgram(), { dir })).rejects.toThrow('a hash has a field twice')
    const { client } = await start(keysteadProgram(), { dir, recover: 'yes' })
    expect(await client.command('KEYS', '*')).toEqual(['a'])
  })
})

describe('a stream of before Redis 7.0', () => {
  /** Entries 5-0 and 6-0 of one field, and four groups of which it has to be inferred what they have read. */
  const stream = Buffer.concat([
    latin1('\x0f\x06stream\x01\x10'),
    u64be(5),
    u64be(0),
    latin1('\x28'),
    u32le(40),
    latin1('\x0f\x00\x02\x01\x00\x01\x01\x01\x81f\x02\x00\x01'),
    latin1('\x02\x01\x00\x01\x00\x01\x81v\x02\x04\x01'),
    latin1('\x02\x01\x01\x01\x00\x01\x81w\x02\x04\x01\xff'),
    latin1('\x02\x06\x00\x04'),
    ...['\x05\x00', '\x00\x00', '\x06\x00', '\x05\x05'].map((last, i) => latin1(`\x02g${i}${last}\x00\x00`)),
  ])
  const readBy = async (program: Program): Promise<unknown> => {
    const { client } = await start(program, { dir: folderWith('0009', stream, NEXT_KEY) })
    return client.reply('XINFO', 'GROUPS', 'stream')
  }

  test.skipIf(findPeer('redis70') === undefined || findPeer('valkey91') === undefined)(
    'has groups that have read as much as other servers say',
    async () => {
      const groups = await readBy(keysteadProgram())
      expect(groups).toEqual(await readBy(peerProgram('redis70')))
      expect(groups).toEqual(await readBy(peerProgram('valkey91')))
    },
  )
})

describe('a stream of Redis 8.8', () => {
  const id = (ms: number): Buffer => Buffer.concat([u64be(ms), u64be(0)])

  /** Without entries, but with three that are pending: 1 with a consumer, 2 and 3 with nobody. */
  function stream(released: readonly number[]): Buffer {
    const delivered = Buffer.concat([1, 2, 3].flatMap((ms) => [id(ms), u64le(ms === 1 ? 1000 : 0), latin1('\x02')]))
    return Buffer.concat([
      latin1('\x1b\x06stream\x00\x00\x03\x00\x00\x00\x03\x00\x03'),
      latin1('\x01\x05group\x03\x00\x03\x03'),
      delivered,
      latin1('\x01\x03one'),
      u64le(1000),
      u64le(1000),
      latin1('\x01'),
      id(1),
      Buffer.from([released.length]),
      ...released.map(id),
      // What producers have sent: for 100 seconds, of up to 100, by one of them a single one.
      latin1('\x40\x64\x40\x64\x01\x01p\x01\x01i\x03\x00\x01\x00'),
    ])
  }

  test('has what was given back with a consumer from which it can be claimed', async () => {
    const { client } = await start(keysteadProgram(), { dir: folderWith('0014', stream([2, 3]), NEXT_KEY) })
    expect(await client.command('XPENDING', 'stream', 'group')).toEqual([
      3,
      '1-0',
      '3-0',
      [
        ['nacked', '2'],
        ['one', '1'],
      ],
    ])
    const pending = (await client.command('XPENDING', 'stream', 'group', '-', '+', 10, 'nacked')) as unknown[][]
    expect(pending.map(([entry, owner, , times]) => [entry, owner, times])).toEqual([
      ['2-0', 'nacked', 2],
      ['3-0', 'nacked', 2],
    ])
    expect(await client.command('GET', 'a')).toBe('1')
  })

  test.each([
    ['that was not pending', [2, 3, 4], 'an entry was given back that is not pending'],
    ['that a consumer has', [1, 2, 3], 'an entry was given back that a consumer has'],
    ['and one is forgotten', [2], 'a pending entry has no consumer'],
  ])('with an entry given back %s is refused, and passed over with --recover', async (_, released, reason) => {
    const dir = folderWith('0014', stream(released), NEXT_KEY)
    await expect(start(keysteadProgram(), { dir })).rejects.toThrow(reason)
    const { client } = await start(keysteadProgram(), { dir, recover: 'yes' })
    expect(await client.command('KEYS', '*')).toEqual(['a'])
  })
})
