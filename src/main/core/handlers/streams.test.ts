/*
 * What the pane of a stream asks of the backend, against real servers: one that
 * does not tell when a consumer last got something (Redis 7.0), and one that
 * does; and against our own.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findPeer, type PeerName } from '../../../../tests/support/peers.ts'
import {
  keysteadProgram,
  peerProgram,
  type ServerProcess,
  startServer,
} from '../../../../tests/support/server-process.ts'
import { WireClient } from '../../../../tests/support/wire-client.ts'
import type { FieldName, Latin1 } from '../../../shared/contract/types.ts'
import type { StreamId } from '../../../shared/text/stream-id.ts'
import { address as at, bytes, failureOf, openPage, type Page } from './testing/page.ts'

const inGroup = (name: string, group: string) => ({ ...at(name), group: group as Latin1 })
const id = (text: string): StreamId => text as StreamId
const field = (name: string, value: string) => ({ field: name as FieldName, value: bytes(value) })

const SERVERS: readonly (PeerName | 'keystead')[] = ['redis70', 'valkey91', 'keystead']

describe.each(SERVERS)('streams on %s', (name) => {
  const isThere = name === 'keystead' || findPeer(name) !== undefined
  // Our own has one user, who may do anything.
  const hasUsers = name !== 'keystead'
  let server: ServerProcess
  let raw: WireClient
  let page: Page

  beforeAll(async () => {
    if (isThere) server = await startServer(name === 'keystead' ? keysteadProgram() : peerProgram(name))
  })
  afterAll(() => server?.stop())
  beforeEach(async (context) => {
    context.skip(!isThere, `${name} is not on this machine`)
    raw = await WireClient.open({ port: server.port })
    await raw.command('FLUSHALL')
    page = await openPage(server.port)
  })
  afterEach(() => {
    page?.session.close()
    return raw?.close()
  })

  const BATCH = 5_000
  const fill = async (key: string, count: number): Promise<void> => {
    for (let from = 1; from <= count; from += BATCH) {
      const end = Math.min(count, from + BATCH - 1)
      for (let i = from; i <= end; i++) raw.send('XADD', key, `${i}-0`, 'n', String(i), 'text', `value ${i}`)
      for (let i = from; i <= end; i++) await raw.receive()
    }
  }
  const readAll = async (
    key: string,
    order: 'down' | 'up',
    count: number,
    range: { min?: StreamId; max?: StreamId } = {},
  ) => {
    const seen: string[] = []
    let from = range
    for (;;) {
      const got = await page.ask['streams.page']({ ...at(key), order, count, valueBytes: 64, ...from })
      seen.push(...got.entries.map((entry) => entry.id))
      if (got.next === undefined) return seen
      from = order === 'down' ? { ...range, max: got.next } : { ...range, min: got.next }
    }
  }
  const sent = () => page.session.ledger.page(0, 500).rows.map((row) => row.command)

  test('pages meet without a gap or a repetition, in both directions and inside a range', async () => {
    await fill('s', 1_234)
    const all = Array.from({ length: 1_234 }, (_, i) => `${i + 1}-0`)
    for (const count of [1_000, 107]) {
      expect(await readAll('s', 'up', count)).toEqual(all)
      expect(await readAll('s', 'down', count)).toEqual(all.toReversed())
    }
    expect(await readAll('s', 'down', 7, { min: id('20-0'), max: id('50-5') })).toEqual(all.slice(19, 50).toReversed())
    expect(await readAll('s', 'up', 31, { min: id('20-0'), max: id('50-0') })).toEqual(all.slice(19, 50))
    expect(await readAll('s', 'up', 5, { min: id('2000-0') })).toEqual([])
  })

  test('a page of 300,000 entries costs what its rows cost', async () => {
    await fill('big', 300_000)
    const got = await page.ask['streams.page']({ ...at('big'), order: 'down', count: 200, valueBytes: 64 })
    expect(got).toMatchObject({ length: 300_000, next: '299800-18446744073709551615' })
    expect(got.entries).toHaveLength(200)
    const middle = await page.ask['streams.page']({
      ...at('big'),
      order: 'up',
      min: id('150000-0'),
      count: 2,
      valueBytes: 64,
    })
    expect(middle.entries.map((entry) => entry.id)).toEqual(['150000-0', '150001-0'])
    expect(sent().filter((command) => /^X(REV)?RANGE/.test(command))).toEqual([
      'XRANGE big 150000-0 + COUNT 2',
      'XREVRANGE big 299980-18446744073709551615 - COUNT 180',
      'XREVRANGE big + - COUNT 20',
    ])
  })

  test('entries of megabytes make pages of few, and their values come shortened', async () => {
    const large = Buffer.alloc(300_000, 'x')
    for (let i = 1; i <= 60; i++) await raw.command('XADD', 's', `${i}-0`, 'small', 'v', 'large', large)
    const got = await page.ask['streams.page']({ ...at('s'), order: 'up', count: 200, valueBytes: 10 })
    expect(got.entries.length).toBe(20)
    expect(got.next).toBe('20-1')
    expect(got.entries[0]).toEqual({
      id: '1-0',
      fieldCount: 2,
      fields: [
        { field: 'small', value: bytes('v'), valueSize: 1 },
        { field: 'large', value: bytes('xxxxxxxxxx'), valueSize: large.length },
      ],
    })
    const part = await page.ask['streams.read']({ ...at('s'), id: id('7-0'), index: 1, offset: 299_998, count: 10 })
    expect(part).toEqual({ bytes: bytes('xx'), offset: 299_998, total: 300_000 })
  })

  test('names and values are bytes, names may repeat, and many fields are told of', async () => {
    const odd = '\x00\xff\r\n'
    await raw.command('XADD', 's', '1-1', bytes(odd), bytes('\xfe'), bytes(odd), '', 'z', 'é')
    expect(await page.ask['streams.entry']({ ...at('s'), id: id('1-1'), valueBytes: 100 })).toEqual({
      id: '1-1',
      fieldCount: 3,
      fields: [
        { ...field(odd, '\xfe'), valueSize: 1 },
        { ...field(odd, ''), valueSize: 0 },
        { ...field('z', '\xc3\xa9'), valueSize: 2 },
      ],
    })
    await raw.command('XADD', 's', '2-1', ...(Array.from({ length: 400 }, (_, i) => `x${i}`) as [string]))
    const wide = await page.ask['streams.page']({ ...at('s'), order: 'down', count: 1, valueBytes: 9 })
    expect(wide.entries[0]).toMatchObject({ id: '2-1', fieldCount: 200 })
    expect(wide.entries[0]!.fields).toHaveLength(64)
    expect((await page.ask['streams.entry']({ ...at('s'), id: id('2-1'), valueBytes: 9 })).fields).toHaveLength(200)
    const gone = page.ask['streams.entry']({ ...at('s'), id: id('9-9'), valueBytes: 9 })
    expect(await failureOf(gone)).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('adds entries without ever creating the stream, and words an ID that is too low', async () => {
    await raw.command('XADD', 's', '5-0', 'a', '1')
    const fields = [field('\xff', '\x00')]
    expect(await page.ask['streams.add']({ ...at('s'), id: '7', fields })).toEqual({ id: '7-0' })
    expect(await page.ask['streams.add']({ ...at('s'), id: '7-*', fields })).toEqual({ id: '7-1' })
    const trim = { by: 'maxlen', keep: 2, approximate: false } as const
    expect(await page.ask['streams.add']({ ...at('s'), id: '*', fields, trim })).toMatchObject({
      id: expect.stringMatching(/^\d{13}-0$/),
    })
    expect(sent()).toContain('XADD s NOMKSTREAM MAXLEN = 2 * "\\xff" "\\x00"')
    expect(await raw.command('XLEN', 's')).toBe(2)
    expect(await failureOf(page.ask['streams.add']({ ...at('s'), id: '1-1', fields }))).toMatchObject({
      message: expect.stringContaining('only grow'),
      detail: expect.stringContaining('ERR'),
    })
    expect(await failureOf(page.ask['streams.add']({ ...at('gone'), id: '*', fields }))).toMatchObject({
      code: 'KEY_MISSING',
    })
    expect(await raw.command('EXISTS', 'gone')).toBe(0)
  })

  test('deletes and trims, and says how many went', async () => {
    await fill('s', 1_000)
    expect(await page.ask['streams.remove']({ ...at('s'), ids: [id('3-0'), id('3-1')] })).toEqual({ removed: 1 })
    const trim = (by: 'maxlen' | 'minid', keep: number | string, approximate = false) =>
      page.ask['streams.trim']({ ...at('s'), trim: { by, keep, approximate } as never })
    expect(await trim('minid', '11-0')).toEqual({ removed: 9 })
    expect((await trim('maxlen', 900, true)).removed).toBeLessThanOrEqual(90)
    await trim('maxlen', 5)
    expect(await readAll('s', 'up', 9)).toEqual(['996-0', '997-0', '998-0', '999-0', '1000-0'])
    expect(sent()).toContain('XTRIM s MAXLEN ~ 900')
  })

  test('counts a range by windows, for no command tells', async () => {
    await fill('s', 1_000)
    const first = await page.ask['streams.count']({ ...at('s'), max: id('700-0'), count: 400 })
    expect(first).toEqual({ counted: 400, next: '400-1' })
    const rest = await page.ask['streams.count']({ ...at('s'), min: first.next, max: id('700-0'), count: 2_000 })
    expect(rest).toEqual({ counted: 300, next: undefined })
  })

  test('tells what the stream knows of itself, an empty one too', async () => {
    await fill('s', 5)
    await raw.command('XDEL', 's', '3-0', '5-0')
    await raw.command('XGROUP', 'CREATE', 's', 'g', '0')
    expect(await page.ask['streams.info'](at('s'))).toEqual({
      length: 3,
      groups: 1,
      first: '1-0',
      last: '4-0',
      lastGenerated: '5-0',
      maxDeleted: '5-0',
      entriesAdded: 5,
    })
    await raw.command('XTRIM', 's', 'MAXLEN', '0')
    expect(await page.ask['streams.info'](at('s'))).toMatchObject({ length: 0, groups: 1, lastGenerated: '5-0' })
    expect(await page.ask['streams.page']({ ...at('s'), order: 'down', count: 9, valueBytes: 9 })).toEqual({
      entries: [],
      next: undefined,
      length: 0,
    })
    for (const call of [
      page.ask['streams.info'](at('gone')),
      page.ask['streams.groups'](at('gone')),
      page.ask['streams.createGroup']({ ...inGroup('gone', 'g'), after: '$' }),
      page.ask['streams.page']({ ...at('gone'), order: 'down', count: 9, valueBytes: 9 }),
    ]) {
      expect(await failureOf(call)).toMatchObject({ code: 'KEY_MISSING' })
    }
    expect(await raw.command('EXISTS', 'gone')).toBe(0)
  })

  test('shows groups, consumers and pending entries without changing them', async () => {
    await fill('s', 10)
    await raw.command('XGROUP', 'CREATE', 's', bytes('\xffg'), '0')
    await raw.command('XREADGROUP', 'GROUP', bytes('\xffg'), 'c1', 'COUNT', '4', 'STREAMS', 's', '>')
    await raw.command('XREADGROUP', 'GROUP', bytes('\xffg'), 'c2', 'COUNT', '2', 'STREAMS', 's', '>')
    await raw.command('XGROUP', 'CREATECONSUMER', 's', bytes('\xffg'), 'new')
    const group = inGroup('s', '\xffg')
    const told = { name: '\xffg', consumers: 3, pending: 6, lastDelivered: '6-0', entriesRead: 6, lag: 4 }
    expect(await page.ask['streams.groups'](at('s'))).toEqual([told])
    const consumers = await page.ask['streams.consumers'](group)
    expect(consumers.map(({ name, pending }) => [name, pending])).toEqual([
      ['c1', 4],
      ['c2', 2],
      ['new', 0],
    ])
    expect(consumers[2]!.inactiveMs).toBe(name === 'redis70' ? undefined : null)
    const first = await page.ask['streams.pending']({ ...group, count: 4 })
    expect(first.entries.map((entry) => [entry.id, entry.consumer, entry.deliveries])).toEqual([
      ['1-0', 'c1', 1],
      ['2-0', 'c1', 1],
      ['3-0', 'c1', 1],
      ['4-0', 'c1', 1],
    ])
    const rest = await page.ask['streams.pending']({ ...group, min: first.next, count: 4 })
    expect(rest.entries.map((entry) => entry.id)).toEqual(['5-0', '6-0'])
    expect(rest.next).toBeUndefined()
    const ofOne = await page.ask['streams.pending']({ ...group, consumer: 'c2' as Latin1, minIdleMs: 0, count: 9 })
    expect(ofOne.entries).toHaveLength(2)
    expect((await page.ask['streams.pending']({ ...group, minIdleMs: 3_600_000, count: 9 })).entries).toEqual([])
    expect(await page.ask['streams.groups'](at('s'))).toEqual([told])
    expect(sent().some((command) => /XREADGROUP|XAUTOCLAIM/.test(command))).toBe(false)
  })

  test('a group whose lag the server cannot know says null, not zero', async () => {
    await fill('s', 5)
    await raw.command('XDEL', 's', '3-0')
    expect(await page.ask['streams.createGroup']({ ...inGroup('s', 'g'), after: id('2-0') })).toEqual({ created: true })
    expect(await page.ask['streams.groups'](at('s'))).toMatchObject([{ entriesRead: null, lag: null }])
    expect(await page.ask['streams.setGroupPlace']({ ...inGroup('s', 'g'), after: '$' })).toEqual({ set: true })
    expect(await page.ask['streams.groups'](at('s'))).toMatchObject([{ lastDelivered: '5-0' }])
    const again = page.ask['streams.createGroup']({ ...inGroup('s', 'g'), after: '$' })
    expect(await failureOf(again)).toMatchObject({ code: 'KEY_EXISTS', detail: expect.stringContaining('BUSYGROUP') })
  })

  test('acknowledges and claims what it is told to, and nothing else', async () => {
    await fill('s', 6)
    await raw.command('XGROUP', 'CREATE', 's', 'g', '0')
    await raw.command('XREADGROUP', 'GROUP', 'g', 'c1', 'STREAMS', 's', '>')
    const group = inGroup('s', 'g')
    expect(await page.ask['streams.acknowledge']({ ...group, ids: [id('1-0'), id('9-0')] })).toEqual({
      acknowledged: 1,
    })
    await raw.command('XDEL', 's', '3-0')
    const claim = { ...group, consumer: '\xffnew' as Latin1, minIdleMs: 0, ids: [id('2-0'), id('3-0')] }
    expect(await page.ask['streams.claim'](claim)).toEqual({ claimed: ['2-0'] })
    const left = await page.ask['streams.pending']({ ...group, count: 9 })
    expect(left.entries.map((entry) => [entry.id, entry.consumer, entry.deliveries])).toEqual([
      ['2-0', '\xffnew', 1],
      ['4-0', 'c1', 1],
      ['5-0', 'c1', 1],
      ['6-0', 'c1', 1],
    ])
    const busy = await page.ask['streams.claim']({ ...claim, minIdleMs: 3_600_000, ids: [id('4-0')] })
    expect(busy).toEqual({ claimed: [] })
    expect(await page.ask['streams.removeConsumer']({ ...group, consumer: 'c1' as Latin1 })).toEqual({ pendingLost: 3 })
    expect(await page.ask['streams.removeGroup'](group)).toEqual({ removed: true })
    expect(await page.ask['streams.removeGroup'](group)).toEqual({ removed: false })
    for (const call of [
      page.ask['streams.consumers'](group),
      page.ask['streams.pending']({ ...group, count: 9 }),
      page.ask['streams.setGroupPlace']({ ...group, after: '$' }),
      page.ask['streams.claim'](claim),
    ]) {
      expect(await failureOf(call)).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('group') })
    }
  })

  test('creates a stream with its first entry, and never adds to one that is there', async () => {
    const value = { type: 'stream', id: '3-1', fields: [field('\xff', 'v')] } as const
    expect(await page.ask['keys.create']({ ...at('new'), value: value as never, ttlMs: 90_000 })).toMatchObject({
      exists: true,
      type: 'stream',
      length: 1,
    })
    expect(await raw.command('XRANGE', 'new', '-', '+')).toEqual([['3-1', [Buffer.from([0xff]), 'v']]])
    expect(await raw.command('PTTL', 'new')).toBeGreaterThan(80_000)
    const again = page.ask['keys.create']({ ...at('new'), value: { ...value, id: '*' } as never })
    expect(await failureOf(again)).toMatchObject({ code: 'KEY_EXISTS' })
    expect(await raw.command('XLEN', 'new')).toBe(1)
  })

  test('says so when the key holds another type', async () => {
    await raw.command('SET', 'text', 'v')
    for (const call of [
      page.ask['streams.page']({ ...at('text'), order: 'down', count: 9, valueBytes: 9 }),
      page.ask['streams.info'](at('text')),
      page.ask['streams.groups'](at('text')),
      page.ask['streams.add']({ ...at('text'), id: '*', fields: [field('a', 'b')] }),
      page.ask['streams.trim']({ ...at('text'), trim: { by: 'maxlen', keep: 0, approximate: false } }),
    ]) {
      expect(await failureOf(call)).toMatchObject({ code: 'WRONG_TYPE' })
    }
  })

  test.runIf(hasUsers)('says which right is missing, and reads what may be read', async () => {
    await fill('s', 3)
    await raw.command('ACL', 'SETUSER', 'low', 'reset', 'on', '>p', '~*', '+ping', '+xlen', '+xrevrange')
    const low = await openPage(server.port, { username: 'low', password: 'p' })
    const got = await low.ask['streams.page']({ ...at('s'), order: 'down', count: 9, valueBytes: 9 })
    expect(got.entries).toHaveLength(3)
    expect(await failureOf(low.ask['streams.groups'](at('s')))).toMatchObject({
      code: 'NO_PERMISSION',
      message: expect.stringContaining('XINFO GROUPS'),
      hint: expect.stringContaining('+xinfo|groups'),
    })
    low.session.close()
  })
})
