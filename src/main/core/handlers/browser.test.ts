/*
 * What the browser asks of the backend, against real servers: an older one
 * without field expiry and NOVALUES (Redis 7.0), and a newer one with both.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findPeer, type PeerName } from '../../../../tests/support/peers.ts'
import { peerProgram, type ServerProcess, startServer } from '../../../../tests/support/server-process.ts'
import { WireClient } from '../../../../tests/support/wire-client.ts'
import type { FieldName, KeyName, Latin1 } from '../../../shared/contract/types.ts'
import { address as at, bytes, failureOf, openPage as open, type Page } from './testing/page.ts'

const key = (name: string): KeyName => name as KeyName
const field = (name: string): FieldName => name as FieldName
const BINARY = '\x00\xff\r\n:\xc3\x28' as KeyName

const PEERS: readonly PeerName[] = ['redis70', 'valkey91']

describe.each(PEERS)('the browser on %s', (name) => {
  const isThere = findPeer(name) !== undefined
  const hasFieldExpiry = name !== 'redis70'
  let server: ServerProcess
  let raw: WireClient
  let page: Page

  beforeAll(async () => {
    if (isThere) server = await startServer(peerProgram(name))
  })
  afterAll(() => server?.stop())
  beforeEach(async (context) => {
    context.skip(!isThere, `${name} is not on this machine`)
    raw = await WireClient.open({ port: server.port })
    await raw.command('FLUSHALL')
    page = await open(server.port)
  })
  afterEach(() => {
    page?.session.close()
    return raw?.close()
  })

  const scanAll = async (request: { match?: string; types?: string[] } = {}) => {
    const { browseId } = await page.ask['browse.start']({
      sessionId: 's',
      db: 0,
      ...request,
      match: request.match as Latin1 | undefined,
    })
    return page.until(browseId, ({ state }) => state === 'complete')
  }
  const names = async (browseId: string, sort: 'name' | 'found' = 'name') =>
    (await page.ask['browse.list']({ browseId, offset: 0, count: 1_000, sort })).rows.map((row) => row.key)

  test('a scan finds every key once, binary and long ones too, and says it is complete', async () => {
    const long = 'x'.repeat(4_096)
    for (const one of [BINARY, long, 'user', 'user:1', 'a::b', ':x', 'x:']) await raw.command('SET', bytes(one), 'v')
    const progress = await scanAll()
    expect(progress).toMatchObject({ found: 7, scanned: 7, total: 7, skipped: 0 })
    expect(await names(progress.browseId)).toEqual([BINARY, ':x', 'a::b', 'user', 'user:1', 'x:', long].sort())
    const open = ['user:', 'a:', 'a::', ':', 'x:'] as Latin1[]
    const tree = await page.ask['browse.tree']({ browseId: progress.browseId, expanded: open, offset: 0, count: 50 })
    expect(tree.rows.map((row) => [row.kind, row.path, row.label, row.depth])).toEqual([
      ['folder', ':', '', 0],
      ['key', ':x', 'x', 1],
      ['folder', '\x00\xff\r\n:', '\x00\xff\r\n', 0],
      ['folder', 'a:', 'a', 0],
      ['folder', 'a::', '', 1],
      ['key', 'a::b', 'b', 2],
      ['folder', 'user:', 'user', 0],
      ['key', 'user:1', '1', 1],
      ['folder', 'x:', 'x', 0],
      ['key', 'x:', '', 1],
      ['key', 'user', 'user', 0],
      ['key', long, long, 0],
    ])
    expect(tree).toMatchObject({ total: 12, complete: true })
  })

  test('a scan of 200,000 keys can be paused, resumed, and tells no more than it may', async () => {
    await raw.command('DEBUG', 'POPULATE', '200000', 'key', '1')
    const { browseId } = await page.ask['browse.start']({ sessionId: 's', db: 0 })
    await page.until(browseId, ({ found }) => found > 0)
    expect(await page.ask['browse.pause']({ browseId })).toMatchObject({ state: 'paused' })
    const paused = await page.ask['browse.list']({ browseId, offset: 0, count: 10, sort: 'name' })
    expect(paused).toMatchObject({ complete: false })
    await page.ask['browse.resume']({ browseId })
    const done = await page.until(browseId, ({ state }) => state === 'complete')
    expect(done).toMatchObject({ found: 200_000, scanned: 200_000 })
    const tree = await page.ask['browse.tree']({ browseId, expanded: [], offset: 0, count: 10 })
    expect(tree.rows).toMatchObject([{ kind: 'folder', path: 'key:', count: 200_000, complete: true }])
  })

  test('filters by glob and by one or several types', async () => {
    await raw.command('SET', 'user:1', 'v')
    await raw.command('HSET', 'user:2', 'f', 'v')
    await raw.command('RPUSH', 'user:3', 'v')
    await raw.command('SET', 'other', 'v')
    expect(await names((await scanAll({ match: 'user:[12]' })).browseId)).toEqual(['user:1', 'user:2'])
    expect(await names((await scanAll({ types: ['string'] })).browseId)).toEqual(['other', 'user:1'])
    expect(await names((await scanAll({ types: ['hash', 'list'] })).browseId)).toEqual(['user:2', 'user:3'])
  })

  test('a list follows what the app itself creates, renames and deletes', async () => {
    await raw.command('SET', 'a', 'v')
    const { browseId } = await scanAll({ match: '[a-c]*' })
    await page.ask['keys.create']({ ...at('b:1'), value: { type: 'string', bytes: bytes('v') } })
    await page.ask['keys.create']({ ...at('zzz'), value: { type: 'string', bytes: bytes('v') } })
    await page.ask['keys.rename']({ ...at('a'), to: key('c'), overwrite: false })
    expect(await names(browseId)).toEqual(['b:1', 'c'])
    expect(await page.ask['keys.remove']({ sessionId: 's', db: 0, keys: [key('c')] })).toEqual({ removed: 1 })
    expect(await names(browseId)).toEqual(['b:1'])
  })

  test('describes keys, vanished ones too, and types of many in their order', async () => {
    await raw.command('SET', bytes(BINARY), '12')
    await raw.command('HSET', 'h', 'f', 'v')
    await raw.command('PEXPIRE', 'h', '100000')
    expect(await page.ask['keys.describe'](at(BINARY))).toMatchObject({
      exists: true,
      type: 'string',
      encoding: 'int',
      ttlMs: -1,
      length: 2,
    })
    expect(await page.ask['keys.describe'](at('gone'))).toEqual({ exists: false })
    const rows = await page.ask['keys.types']({ sessionId: 's', db: 0, keys: [key('gone'), key('h'), BINARY] })
    expect(rows.map(({ type }) => type)).toEqual(['none', 'hash', 'string'])
    expect(rows[1]!.ttlMs).toBeGreaterThan(0)
  })

  test('renames, creates and expires without ever overwriting silently', async () => {
    await raw.command('SET', 'a', '1')
    await raw.command('SET', 'b', '2')
    const taken = page.ask['keys.rename']({ ...at('a'), to: key('b'), overwrite: false })
    expect(await failureOf(taken)).toMatchObject({ code: 'KEY_EXISTS' })
    expect(await raw.command('GET', 'b')).toBe('2')
    await page.ask['keys.rename']({ ...at('a'), to: key('b'), overwrite: true })
    expect(await raw.command('GET', 'b')).toBe('1')
    const gone = page.ask['keys.rename']({ ...at('a'), to: key('c'), overwrite: false })
    expect(await failureOf(gone)).toMatchObject({ code: 'KEY_MISSING' })
    for (const value of [
      { type: 'string', bytes: bytes('new') },
      { type: 'hash', fields: [{ field: field('f'), value: bytes('new') }] },
    ] as const) {
      expect(await failureOf(page.ask['keys.create']({ ...at('b'), value: value as never }))).toMatchObject({
        code: 'KEY_EXISTS',
      })
    }
    expect(await raw.command('GET', 'b')).toBe('1')
    const fields = [{ field: field('\x00f'), value: bytes('\xff') }]
    const made = await page.ask['keys.create']({ ...at('h'), value: { type: 'hash', fields }, ttlMs: 90_000 })
    expect(made).toMatchObject({ exists: true, type: 'hash', length: 1 })
    expect(await raw.command('PTTL', 'h')).toBeGreaterThan(80_000)
    expect(await page.ask['keys.persist'](at('h'))).toEqual({ done: true })
    expect(await page.ask['keys.expire']({ ...at('h'), ttlMs: 5_000 })).toEqual({ done: true })
    expect(await page.ask['keys.expire']({ ...at('gone'), ttlMs: 5_000 })).toEqual({ done: false })
  })

  test('reads a string by range and writes it only over what was read', async () => {
    const value = bytes('\xff\x00value')
    await raw.command('SET', 's', value, 'PX', '100000')
    expect(await page.ask['strings.read']({ ...at('s'), offset: 1, count: 3 })).toEqual({
      bytes: bytes('\x00va'),
      offset: 1,
      total: 7,
    })
    const write = { ...at('s'), bytes: bytes('new'), keepTtl: true }
    for (const expected of [bytes('other'), bytes('\xff\x00valu'), bytes('\xff\x00values')]) {
      expect(await failureOf(page.ask['strings.write']({ ...write, expected }))).toMatchObject({
        code: 'CHANGED_MEANWHILE',
      })
    }
    expect(await page.ask['strings.write']({ ...write, expected: value })).toEqual({ total: 3 })
    expect(await raw.command('GET', 's')).toBe('new')
    expect(await raw.command('PTTL', 's')).toBeGreaterThan(0)
    // Two at once: both read the same value, one of them wins.
    const race = await Promise.allSettled(
      ['x', 'y'].map((text) => page.ask['strings.write']({ ...write, bytes: bytes(text), expected: bytes('new') })),
    )
    expect(race.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await raw.command('DEL', 's')
    expect(await failureOf(page.ask['strings.write'](write))).toMatchObject({ code: 'KEY_MISSING' })
    expect(await failureOf(page.ask['strings.read']({ ...at('s'), offset: 0, count: 9 }))).toMatchObject({
      code: 'KEY_MISSING',
    })
    await raw.command('SET', 's', '')
    expect(await page.ask['strings.read']({ ...at('s'), offset: 0, count: 9 })).toMatchObject({ total: 0 })
  })

  test('a HyperLogLog is counted and added to, and never created by that', async () => {
    await raw.command('PFADD', 'h', 'a', 'b')
    expect(await page.ask['strings.distinct'](at('h'))).toEqual({ count: 2 })
    expect(await page.ask['strings.addDistinct']({ ...at('h'), element: bytes('\xff') })).toEqual({ changed: true })
    expect(await page.ask['strings.addDistinct']({ ...at('h'), element: bytes('\xff') })).toEqual({ changed: false })
    expect(await raw.command('PFCOUNT', 'h')).toBe(3)
    await raw.command('DEL', 'h')
    const gone = page.ask['strings.addDistinct']({ ...at('h'), element: bytes('a') })
    expect(await failureOf(gone)).toMatchObject({ code: 'KEY_MISSING' })
    expect(await raw.command('EXISTS', 'h')).toBe(0)
    await raw.command('SET', 'h', 'no HyperLogLog')
    expect(await failureOf(page.ask['strings.distinct'](at('h')))).toMatchObject({ code: 'WRONG_TYPE' })
  })

  test('says so when a key holds another type of value', async () => {
    await raw.command('HSET', 'h', 'f', 'v')
    await raw.command('SET', 's', 'v')
    const calls = [
      () => page.ask['strings.read']({ ...at('h'), offset: 0, count: 9 }),
      () => page.ask['strings.write']({ ...at('h'), bytes: bytes('x'), keepTtl: true }),
      () => page.ask['strings.write']({ ...at('h'), bytes: bytes('x'), expected: bytes('y'), keepTtl: true }),
      () => page.ask['hashes.page']({ ...at('s'), cursor: '0', count: 9, valueBytes: 9 }),
      () => page.ask['hashes.set']({ ...at('s'), field: field('f'), value: bytes('x'), create: false }),
    ]
    for (const call of calls) expect(await failureOf(call())).toMatchObject({ code: 'WRONG_TYPE' })
    expect(await raw.command('GET', 's')).toBe('v')
  })

  test('pages a hash of a million fields within bounds', async () => {
    await raw.command(
      'EVAL',
      "for i=1,1000000,1000 do local t={} for j=i,i+999 do t[#t+1]='f'..j t[#t+1]='v'..j end redis.call('HSET',KEYS[1],unpack(t)) end",
      '1',
      'big',
    )
    const seen = new Set<string>()
    let cursor = '0'
    for (let i = 0; i < 20; i++) {
      const got = await page.ask['hashes.page']({ ...at('big'), cursor, count: 100, valueBytes: 64 })
      expect(got.length).toBe(1_000_000)
      expect(got.fields.length).toBeLessThan(400)
      for (const row of got.fields) {
        seen.add(row.field)
        expect(Buffer.from(row.value).toString()).toBe(`v${row.field.slice(1)}`)
      }
      cursor = got.cursor
    }
    expect(seen.size).toBeGreaterThan(1_900)
    const one = await page.ask['hashes.page']({
      ...at('big'),
      cursor: '0',
      count: 2_000,
      match: 'f77777' as Latin1,
      valueBytes: 64,
    })
    expect(one.fields.length).toBeLessThanOrEqual(1)
  })

  test('does not fetch a value of megabytes for a table', async () => {
    const large = Buffer.alloc(4 << 20, 'x')
    for (let i = 0; i < 3; i++) await raw.command('HSET', 'h', `big${i}`, large, `small${i}`, 'v'.repeat(100))
    const rows = new Map<string, number>()
    let cursor = '0'
    do {
      const got = await page.ask['hashes.page']({ ...at('h'), cursor, count: 100, valueBytes: 10 })
      for (const row of got.fields) {
        rows.set(row.field, row.valueSize)
        expect(row.value.length).toBeLessThanOrEqual(10)
      }
      cursor = got.cursor
    } while (cursor !== '0')
    expect(Object.fromEntries(rows)).toMatchObject({ big0: large.length, small0: 100 })
    expect(rows.size).toBe(6)
    const part = await page.ask['hashes.read']({
      ...at('h'),
      field: field('big1'),
      offset: large.length - 3,
      count: 10,
    })
    expect(part).toMatchObject({ bytes: bytes('xxx'), total: large.length })
  })

  test('writes a field only over what was read, creates it only where there is none', async () => {
    await raw.command('HSET', 'h', bytes('\xff'), 'old')
    const set = { ...at('h'), field: field('\xff'), value: bytes('new'), create: false }
    expect(await failureOf(page.ask['hashes.set']({ ...set, expected: bytes('other') }))).toMatchObject({
      code: 'CHANGED_MEANWHILE',
    })
    const gone = { ...set, field: field('gone'), expected: bytes('old') }
    expect(await failureOf(page.ask['hashes.set'](gone))).toMatchObject({
      code: 'KEY_MISSING',
      message: 'This field no longer exists. Nothing was written.',
    })
    expect(await raw.command('HEXISTS', 'h', 'gone')).toBe(0)
    expect(await failureOf(page.ask['hashes.set']({ ...set, create: true }))).toMatchObject({ code: 'KEY_EXISTS' })
    expect(await page.ask['hashes.set']({ ...set, expected: bytes('old') })).toEqual({ added: false })
    expect(await page.ask['hashes.set']({ ...set, field: field('g'), create: true })).toEqual({ added: true })
    expect(await raw.command('HGET', 'h', bytes('\xff'))).toBe('new')
    expect(await page.ask['hashes.remove']({ ...at('h'), fields: [field('\xff'), field('none')] })).toEqual({
      removed: 1,
    })
    expect(
      await failureOf(page.ask['hashes.set']({ ...at('gone'), field: field('f'), value: bytes('v'), create: true })),
    ).toMatchObject({ code: 'KEY_MISSING' })
    expect(await raw.command('EXISTS', 'gone')).toBe(0)
  })

  test('fields expire where the server can, and else it says what is lacking', async () => {
    await raw.command('HSET', 'h', 'f', 'v')
    const expire = { ...at('h'), field: field('f'), ttlMs: 100_000 }
    const pageOf = () => page.ask['hashes.page']({ ...at('h'), cursor: '0', count: 9, valueBytes: 9 })
    if (!hasFieldExpiry) {
      expect(await failureOf(page.ask['hashes.expireField'](expire))).toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('Redis 7.0'),
        hint: expect.stringMatching(/Redis.*7\.4.*Valkey.*9\.0/),
      })
      expect((await pageOf()).fieldExpiry).toMatchObject({ supported: false, why: expect.stringContaining('7.4') })
      return
    }
    expect(await page.ask['hashes.expireField'](expire)).toEqual({ done: true })
    expect((await pageOf()).fields[0]!.ttlMs).toBeGreaterThan(90_000)
    const due = await raw.command('HPEXPIRETIME', 'h', 'FIELDS', '1', 'f')
    await page.ask['hashes.set']({
      ...at('h'),
      field: field('f'),
      value: bytes('w'),
      expected: bytes('v'),
      create: false,
    })
    expect(await raw.command('HPEXPIRETIME', 'h', 'FIELDS', '1', 'f')).toEqual(due)
    expect(await page.ask['hashes.persistField']({ ...at('h'), field: field('f') })).toEqual({ done: true })
    expect((await pageOf()).fields[0]!.ttlMs).toBe(-1)
    expect(await page.ask['hashes.expireField']({ ...expire, field: field('none') })).toEqual({ done: false })
  })

  test('a user with few rights is told which one is missing and the rule that grants it', async () => {
    await raw.command(
      'ACL',
      'SETUSER',
      'low',
      'reset',
      'on',
      '>p',
      '~a*',
      '+ping',
      '+scan',
      '+get',
      '+strlen',
      '+getrange',
    )
    await raw.command('SET', 'a', 'v')
    await raw.command('SET', 'b', 'v')
    const low = await open(server.port, { username: 'low', password: 'p' })
    const { browseId } = await low.ask['browse.start']({ sessionId: 's', db: 0 })
    expect(await low.until(browseId, ({ state }) => state === 'complete')).toMatchObject({ found: 2, total: undefined })
    expect(await failureOf(low.ask['keys.describe'](at('a')))).toMatchObject({
      code: 'NO_PERMISSION',
      message: expect.stringContaining('TYPE'),
      hint: expect.stringMatching(name === 'redis70' ? /ACL SETUSER <user> \+type/ : /ACL SETUSER low \+type/),
      detail: expect.stringContaining('NOPERM'),
    })
    expect(await low.ask['strings.read']({ ...at('a'), offset: 0, count: 9 })).toMatchObject({ total: 1 })
    expect(await failureOf(low.ask['strings.read']({ ...at('b'), offset: 0, count: 9 }))).toMatchObject({
      code: 'NO_PERMISSION',
      hint: expect.stringContaining('~pattern'),
    })
    low.session.close()
  })

  test('a scan goes on after the connection was cut', async () => {
    await raw.command('DEBUG', 'POPULATE', '300000', 'key', '1')
    const { browseId } = await page.ask['browse.start']({ sessionId: 's', db: 0 })
    await page.until(browseId, ({ found }) => found > 0)
    await raw.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    expect(await page.until(browseId, ({ state }) => state === 'complete')).toMatchObject({ found: 300_000 })
  })
})
