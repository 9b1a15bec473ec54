/*
 * What the panes of lists, sets and sorted sets ask of the backend, against
 * Keystead's own database and an older and a newer real server.
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
import type { ListElement, ListEnd } from '../../../shared/contract/lists.ts'
import type { Latin1 } from '../../../shared/contract/types.ts'
import { bytesToLatin1 } from '../../../shared/text/bytes.ts'
import { address as at, bytes, failureOf, openPage, type Page } from './testing/page.ts'

const SERVERS: readonly ('keystead' | PeerName)[] = ['keystead', 'redis70', 'valkey91']

describe.each(SERVERS)('collections on %s', (name) => {
  const isThere = name === 'keystead' || findPeer(name) !== undefined
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

  /** A million elements, a thousand by each command. */
  const fillMillion = async (command: string, key: string, element: (i: number) => readonly string[]) => {
    const thousands = Array.from({ length: 1_000 }, (_, thousand) =>
      raw.command(command, key, ...Array.from({ length: 1_000 }, (_, i) => element(1_000 * thousand + i + 1)).flat()),
    )
    await Promise.all(thousands)
  }
  const sentSince = (count: number): readonly string[] =>
    page.session.ledger
      .page(0, page.session.ledger.commandsSent - count)
      .rows.filter(({ source }) => source === 'browser')
      .map(({ command }) => command)
      .toReversed()

  describe('lists', () => {
    const windowOf = (offset: number, count: number, from: ListEnd = 'head') =>
      page.ask['lists.window']({ ...at('l'), from, offset, count, valueBytes: 16 })
    const texts = (rows: readonly ListElement[]) => rows.map(({ index, value }) => [index, bytesToLatin1(value)])
    const elementAt = async (index: number): Promise<ListElement> => {
      const from = index < 0 ? 'tail' : 'head'
      return (await windowOf(index < 0 ? -index - 1 : index, 1, from)).rows[0]!
    }
    const whole = () => raw.command('LRANGE', 'l', '0', '-1')

    test('are read in windows from either end, and each element says its index from that end', async () => {
      await raw.command('RPUSH', 'l', 'a', 'b', 'c', bytes('\xff\x00'), 'e')
      expect(texts((await windowOf(1, 2)).rows)).toEqual([
        [1, 'b'],
        [2, 'c'],
      ])
      expect(texts((await windowOf(0, 3, 'tail')).rows)).toEqual([
        [-1, 'e'],
        [-2, '\xff\x00'],
        [-3, 'c'],
      ])
      expect(texts((await windowOf(4, 9, 'tail')).rows)).toEqual([[-5, 'a']])
      expect(await windowOf(5, 9)).toEqual({ rows: [], offset: 5, total: 5 })
      expect((await windowOf(5, 9, 'tail')).rows).toEqual([])
    })

    test('shorten long elements for a table, and read one whole', async () => {
      const long = bytes('\xfe'.repeat(100_000))
      await raw.command('RPUSH', 'l', long)
      const { digest, ...row } = await elementAt(0)
      expect(row).toEqual({ index: 0, value: long.slice(0, 16), size: 100_000 })
      expect(await page.ask['lists.read']({ ...at('l'), index: 0, digest })).toEqual({ bytes: long })
    })

    test('of a million elements open by one window and are never read whole', async () => {
      await fillMillion('RPUSH', 'l', (i) => [`v${i}`])
      const before = page.session.ledger.commandsSent
      expect(texts((await windowOf(500_000, 2)).rows)).toEqual([
        [500_000, 'v500001'],
        [500_001, 'v500002'],
      ])
      expect(texts((await windowOf(0, 1, 'tail')).rows)).toEqual([[-1, 'v1000000']])
      expect(sentSince(before)).toEqual(['LLEN l', 'LRANGE l 500000 500001', 'LLEN l', 'LRANGE l -1 -1'])
    })

    test('are searched in turns that say how far they came, from either end', async () => {
      for (let i = 0; i < 40_000; i += 1_000)
        await raw.command('RPUSH', 'l', ...Array.from({ length: 1_000 }, (_, j) => `user:${i + j}`))
      for (const from of ['head', 'tail'] as const) {
        const found: number[] = []
        let looked = 0
        let next: number | null = 0
        while (next !== null) {
          const turn = await page.ask['lists.search']({
            ...at('l'),
            from,
            offset: next,
            match: '*r:3999*' as Latin1,
            valueBytes: 64,
          })
          found.push(...turn.rows.map(({ index }) => index))
          looked += turn.looked
          expect(turn.next === null || turn.next === looked).toBe(true)
          expect(turn.length).toBe(40_000)
          next = turn.next
        }
        expect(looked).toBe(40_000)
        const indexes = [3_999, ...Array.from({ length: 10 }, (_, i) => 39_990 + i)]
        expect(found).toEqual(from === 'head' ? indexes : indexes.map((index) => index - 40_000).reverse())
      }
    })

    test('take elements at either end, and beside one of several that are equal', async () => {
      await raw.command('RPUSH', 'l', 'x', 'x', 'x')
      expect(await page.ask['lists.push']({ ...at('l'), end: 'head', value: bytes('h') })).toEqual({ length: 4 })
      expect(await page.ask['lists.push']({ ...at('l'), end: 'tail', value: bytes('t') })).toEqual({ length: 5 })
      const insert = async (index: number, side: 'before' | 'after', value: string) =>
        page.ask['lists.insert']({
          ...at('l'),
          index,
          digest: (await elementAt(index)).digest,
          side,
          value: bytes(value),
        })
      expect(await insert(2, 'before', 'b')).toEqual({})
      expect(await whole()).toEqual(['h', 'x', 'b', 'x', 'x', 't'])
      expect(await insert(3, 'after', 'a')).toEqual({})
      expect(await whole()).toEqual(['h', 'x', 'b', 'x', 'a', 'x', 't'])
      await insert(-2, 'before', 'c')
      expect(await whole()).toEqual(['h', 'x', 'b', 'x', 'a', 'c', 'x', 't'])
      await insert(-1, 'after', 'last')
      await insert(0, 'before', 'first')
      expect(await whole()).toEqual(['first', 'h', 'x', 'b', 'x', 'a', 'c', 'x', 't', 'last'])
    })

    test('lose exactly the element that was meant, whichever are equal to it', async () => {
      for (const index of [0, 1, 2, 3, 4, -1, -2, -4]) {
        await raw.command('DEL', 'l')
        await raw.command('RPUSH', 'l', 'x', 'y', 'x', 'y', 'x')
        const { digest } = await elementAt(index)
        expect(await page.ask['lists.remove']({ ...at('l'), index, digest })).toEqual({})
        const left = ['x', 'y', 'x', 'y', 'x']
        left.splice(index, 1)
        expect(await whole(), `without ${index}`).toEqual(left)
      }
    })

    test('refuse a change where another element has come to stand, and say where the one meant is', async () => {
      await raw.command('RPUSH', 'l', 'a', 'b', 'c')
      const { digest } = await elementAt(1)
      await raw.command('LPUSH', 'l', 'new')
      const changes = [
        () => page.ask['lists.remove']({ ...at('l'), index: 1, digest }),
        () => page.ask['lists.insert']({ ...at('l'), index: 1, digest, side: 'after', value: bytes('v') }),
        () => page.ask['lists.set']({ ...at('l'), index: 1, expected: bytes('b'), value: bytes('v') }),
        () => page.ask['lists.read']({ ...at('l'), index: 1, digest }),
      ]
      for (const change of changes) {
        expect(await failureOf(change())).toMatchObject({
          code: 'CHANGED_MEANWHILE',
          message: expect.stringContaining('index 1'),
          hint: expect.stringContaining('stands at index 2 now'),
        })
      }
      expect(await whole()).toEqual(['new', 'a', 'b', 'c'])
      await raw.command('LTRIM', 'l', '0', '0')
      expect(await failureOf(changes[0]!())).toMatchObject({
        code: 'CHANGED_MEANWHILE',
        message: expect.stringContaining('too short'),
      })
      await raw.command('DEL', 'l')
      expect(await failureOf(changes[0]!())).toMatchObject({ code: 'KEY_MISSING' })
      expect(await raw.command('EXISTS', 'l')).toBe(0)
    })

    test('counted from the tail are found again after a push there', async () => {
      await raw.command('RPUSH', 'l', 'a', 'b', 'c')
      const { digest } = await elementAt(-2)
      await raw.command('RPUSH', 'l', 'new')
      expect(await failureOf(page.ask['lists.remove']({ ...at('l'), index: -2, digest }))).toMatchObject({
        hint: expect.stringContaining('stands at index -3 now'),
      })
    })

    test('that serve as a queue can be edited while others push', async () => {
      await raw.command('RPUSH', 'l', 'mine')
      const other = await WireClient.open({ port: server.port })
      let pushing = true
      const pushes = (async () => {
        while (pushing) await other.command('RPUSH', 'l', 'x')
      })()
      const edits = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          page.ask['lists.set']({
            ...at('l'),
            index: 0,
            expected: bytes(i === 0 ? 'mine' : `v${i - 1}`),
            value: bytes(`v${i}`),
          }),
        ),
      )
      pushing = false
      await pushes
      await other.close()
      // Each edit is made or refused in words; the element is what the last one that was made says.
      const made = edits.findLastIndex(({ status }) => status === 'fulfilled')
      expect(await raw.command('LINDEX', 'l', '0')).toBe(made < 0 ? 'mine' : `v${made}`)
    })

    test('are never created by a push', async () => {
      const push = page.ask['lists.push']({ ...at('gone'), end: 'tail', value: bytes('v') })
      expect(await failureOf(push)).toMatchObject({ code: 'KEY_MISSING' })
      expect(await raw.command('EXISTS', 'gone')).toBe(0)
      expect(
        await failureOf(page.ask['lists.window']({ ...at('gone'), from: 'head', offset: 0, count: 1, valueBytes: 1 })),
      ).toMatchObject({ code: 'KEY_MISSING' })
    })
  })

  describe('sets', () => {
    const pages = async (match?: string) => {
      const seen = new Set<string>()
      let cursor = '0'
      let looked = 0
      do {
        const got = await page.ask['sets.page']({ ...at('s'), cursor, count: 500, match: match as Latin1 | undefined })
        for (const { member } of got.members) seen.add(bytesToLatin1(member))
        cursor = got.cursor
        looked += got.looked
      } while (cursor !== '0')
      return { seen, looked }
    }

    test('are read by cursor, binary members too, and searched by glob', async () => {
      for (let i = 0; i < 20_000; i += 1_000)
        await raw.command('SADD', 's', ...Array.from({ length: 1_000 }, (_, j) => `user:${i + j}`))
      await raw.command('SADD', 's', bytes('\xff\x00'))
      const all = await pages()
      expect(all.seen.size).toBe(20_001)
      expect(all.seen.has('\xff\x00')).toBe(true)
      expect((await pages('*:1999?')).seen.size).toBe(10)
      const first = await page.ask['sets.page']({ ...at('s'), cursor: '0', count: 100 })
      expect(first.length).toBe(20_001)
      expect(first.members.length).toBeLessThan(400)
    })

    test('shorten a member that is too long to be carried, and say how long it is', async () => {
      await raw.command('SADD', 's', Buffer.alloc(100_000, 'x'))
      const { members } = await page.ask['sets.page']({ ...at('s'), cursor: '0', count: 10 })
      expect(members).toMatchObject([{ member: bytes('x'.repeat(1_024)), size: 100_000 }])
    })

    test('read a member whole that is too long to be carried, after others came in too', async () => {
      const long = Array.from({ length: 30 }, (_, i) => Buffer.alloc(70_000, `${i} `))
      await raw.command('SADD', 's', ...long)
      const { members } = await page.ask['sets.page']({ ...at('s'), cursor: '0', count: 1_000 })
      for (let i = 0; i < 20; i++) {
        await raw.command('SADD', 's', ...Array.from({ length: 100 }, (_, n) => `member ${i} ${n}`))
      }
      for (const { member, size, found } of members) {
        const whole = await page.ask['members.read']({ ...at('s'), found: found! })
        expect(whole.bytes.length).toBe(size)
        expect(whole.bytes.subarray(0, member.length)).toEqual(member)
      }
      await raw.command('DEL', 's')
      await raw.command('SADD', 's', 'another')
      const failure = await failureOf(page.ask['members.read']({ ...at('s'), found: members[0]!.found! }))
      expect(failure).toMatchObject({
        code: 'CHANGED_MEANWHILE',
        message: 'This member is no longer where it was found.',
      })
    })

    test('gain, rename and lose members, and keep their time to live', async () => {
      await raw.command('SADD', 's', bytes('\xff'))
      await raw.command('PEXPIRE', 's', '100000')
      expect(await page.ask['sets.rename']({ ...at('s'), from: bytes('\xff'), to: bytes('\xfe\x00') })).toEqual({})
      expect(await raw.command('SISMEMBER', 's', bytes('\xfe\x00'))).toBe(1)
      expect(await raw.command('PTTL', 's')).toBeGreaterThan(0)
      expect(await page.ask['sets.add']({ ...at('s'), member: bytes('a') })).toEqual({ added: true })
      expect(await page.ask['sets.add']({ ...at('s'), member: bytes('a') })).toEqual({ added: false })
      const taken = page.ask['sets.rename']({ ...at('s'), from: bytes('a'), to: bytes('\xfe\x00') })
      expect(await failureOf(taken)).toMatchObject({ code: 'KEY_EXISTS' })
      const gone = page.ask['sets.rename']({ ...at('s'), from: bytes('none'), to: bytes('b') })
      expect(await failureOf(gone)).toMatchObject({ code: 'KEY_MISSING' })
      expect(await page.ask['sets.remove']({ ...at('s'), members: [bytes('a'), bytes('none')] })).toEqual({
        removed: 1,
      })
      expect(await raw.command('SCARD', 's')).toBe(1)
      expect(await failureOf(page.ask['sets.add']({ ...at('gone'), member: bytes('a') }))).toMatchObject({
        code: 'KEY_MISSING',
      })
      expect(await raw.command('EXISTS', 'gone')).toBe(0)
    })
  })

  describe('sorted sets', () => {
    test('read a member whole that is too long to be carried, by its rank or from a search', async () => {
      const long = bytes('long '.repeat(20_000))
      await raw.command('ZADD', 'z', '1', 'a', '2', long, '3', 'b')
      const window = await page.ask['zsets.window']({
        ...at('z'),
        first: 'highest',
        offset: 1,
        count: 1,
        min: '-inf',
        max: '+inf',
      })
      const search = await page.ask['zsets.search']({
        ...at('z'),
        cursor: '0',
        count: 10,
        match: 'long*' as Latin1,
        min: '-inf',
        max: '+inf',
      })
      for (const { size, found } of [window.rows[0]!, search.members[0]!]) {
        expect(size).toBe(long.length)
        expect((await page.ask['members.read']({ ...at('z'), found: found! })).bytes).toEqual(long)
      }
      await raw.command('ZADD', 'z', '0', 'before')
      const failure = await failureOf(page.ask['members.read']({ ...at('z'), found: window.rows[0]!.found! }))
      expect(failure.code).toBe('CHANGED_MEANWHILE')
    })

    const windowOf = async (
      offset: number,
      count: number,
      {
        first = 'lowest',
        min = '-inf',
        max = '+inf',
      }: { first?: 'lowest' | 'highest'; min?: string; max?: string } = {},
    ) => {
      const got = await page.ask['zsets.window']({ ...at('z'), first, offset, count, min, max })
      return { ...got, rows: got.rows.map(({ member, score, rank }) => `${rank} ${bytesToLatin1(member)} ${score}`) }
    }

    test('are read by rank from either end', async () => {
      await raw.command('ZADD', 'z', '-inf', 'a', '1.5', bytes('\xff'), '2', 'c', 'inf', 'd')
      expect(await windowOf(0, 9)).toEqual({
        rows: ['0 a -inf', '1 \xff 1.5', '2 c 2', '3 d inf'],
        offset: 0,
        total: 4,
        length: 4,
      })
      expect((await windowOf(1, 2, { first: 'highest' })).rows).toEqual(['2 c 2', '1 \xff 1.5'])
      expect((await windowOf(4, 2)).rows).toEqual([])
    })

    test('are read within a range of scores, with the ranks they have in the whole', async () => {
      for (let i = 0; i < 100; i++) await raw.command('ZADD', 'z', String(i), `m${i}`)
      expect(await windowOf(0, 3, { min: '10', max: '20' })).toMatchObject({
        rows: ['10 m10 10', '11 m11 11', '12 m12 12'],
        total: 11,
        length: 100,
      })
      expect((await windowOf(0, 2, { min: '(10', max: '(20' })).rows).toEqual(['11 m11 11', '12 m12 12'])
      expect((await windowOf(7, 9, { min: '(10', max: '(20' })).rows).toEqual(['18 m18 18', '19 m19 19'])
      expect((await windowOf(0, 2, { first: 'highest', min: '10', max: '20' })).rows).toEqual([
        '20 m20 20',
        '19 m19 19',
      ])
      expect((await windowOf(10, 5, { first: 'highest', min: '10', max: '20' })).rows).toEqual(['10 m10 10'])
      expect(await windowOf(0, 5, { min: '200' })).toMatchObject({ rows: [], total: 0, length: 100 })
      expect(await windowOf(0, 5, { min: '20', max: '10' })).toMatchObject({ rows: [], total: 0 })
    })

    test('of a million members open anywhere by rank, in a range too', async () => {
      await fillMillion('ZADD', 'z', (i) => [String(i), `m${i}`])
      const before = page.session.ledger.commandsSent
      expect((await windowOf(600_000, 1)).rows).toEqual(['600000 m600001 600001'])
      expect((await windowOf(500_000, 1, { min: '(300000' })).rows).toEqual(['800000 m800001 800001'])
      expect(sentSince(before)).toEqual([
        'ZCARD z',
        'ZRANGE z 600000 600000 WITHSCORES',
        'ZCARD z',
        'ZCOUNT z (300000 +inf',
        'ZCOUNT z -inf 300000',
        'ZRANGE z 800000 800000 WITHSCORES',
      ])
    })

    test('are searched by glob, within the range of scores', async () => {
      await raw.command(
        'ZADD',
        'z',
        ...Array.from({ length: 6_000 }, (_, i) => (i % 2 ? `m${i >> 1}` : String(i >> 1))),
      )
      const found: string[] = []
      let cursor = '0'
      do {
        const got = await page.ask['zsets.search']({
          ...at('z'),
          cursor,
          count: 1_000,
          match: 'm29?' as Latin1,
          min: '(292',
          max: 'inf',
        })
        found.push(...got.members.map(({ member, score }) => `${bytesToLatin1(member)} ${score}`))
        expect(got.length).toBe(3_000)
        cursor = got.cursor
      } while (cursor !== '0')
      expect(found.sort()).toEqual([3, 4, 5, 6, 7, 8, 9].map((i) => `m29${i} 29${i}`))
    })

    test('keep the exact text of a score, and its value through a rename', async () => {
      await raw.command('ZADD', 'z', '0.1', 'a', '9007199254740993', 'b')
      const before = await windowOf(0, 9)
      await page.ask['zsets.rename']({ ...at('z'), from: bytes('a'), to: bytes('\xff') })
      await page.ask['zsets.rename']({ ...at('z'), from: bytes('b'), to: bytes('c') })
      expect((await windowOf(0, 9)).rows).toEqual(
        before.rows.map((row) => row.replace(' a ', ' \xff ').replace(' b ', ' c ')),
      )
      const score = { ...at('z'), member: bytes('c') }
      expect(await page.ask['zsets.score']({ ...score, score: '-inf', expected: '9007199254740992' })).toEqual({
        score: '-inf',
      })
      expect(await page.ask['zsets.score']({ ...score, score: '1e3', expected: '-inf' })).toEqual({ score: '1000' })
      expect(await failureOf(page.ask['zsets.score']({ ...score, score: '1', expected: '999' }))).toMatchObject({
        code: 'CHANGED_MEANWHILE',
        message: expect.stringContaining('1000'),
      })
      expect(await raw.command('ZSCORE', 'z', 'c')).toBe('1000')
    })

    test('gain and lose members without changing the score of one that is there', async () => {
      await raw.command('ZADD', 'z', '1', 'a')
      expect(await page.ask['zsets.add']({ ...at('z'), member: bytes('\x00'), score: '+inf' })).toEqual({})
      const taken = page.ask['zsets.add']({ ...at('z'), member: bytes('a'), score: '2' })
      expect(await failureOf(taken)).toMatchObject({ code: 'KEY_EXISTS', hint: expect.stringContaining('1') })
      const clash = page.ask['zsets.rename']({ ...at('z'), from: bytes('\x00'), to: bytes('a') })
      expect(await failureOf(clash)).toMatchObject({ code: 'KEY_EXISTS' })
      const gone = page.ask['zsets.score']({ ...at('z'), member: bytes('none'), score: '2' })
      expect(await failureOf(gone)).toMatchObject({ code: 'KEY_MISSING' })
      expect(await page.ask['zsets.remove']({ ...at('z'), members: [bytes('\x00'), bytes('none')] })).toEqual({
        removed: 1,
      })
      expect((await windowOf(0, 9)).rows).toEqual(['0 a 1'])
    })
  })

  test('of every type are created where there is none, and only there', async () => {
    const values = [
      { type: 'list', values: [bytes('a'), bytes('\xff'), bytes('a')] },
      { type: 'set', members: [bytes('a'), bytes('\xff')] },
      { type: 'zset', members: [{ member: bytes('\xff'), score: '-inf' }] },
    ] as const
    for (const value of values) {
      const make = { ...at(value.type), value: value as never, ttlMs: 90_000 }
      expect(await page.ask['keys.create'](make)).toMatchObject({ exists: true, type: value.type })
      expect(await raw.command('PTTL', value.type)).toBeGreaterThan(80_000)
      expect(await failureOf(page.ask['keys.create'](make))).toMatchObject({ code: 'KEY_EXISTS' })
    }
    expect(await raw.command('LRANGE', 'list', '0', '-1')).toEqual(['a', Buffer.of(0xff), 'a'])
    expect(await raw.command('ZSCORE', 'zset', bytes('\xff'))).toBe('-inf')
  })

  test('say so when a key holds another type of value, and write nothing', async () => {
    await raw.command('SET', 'k', 'v')
    const calls = [
      () => page.ask['lists.window']({ ...at('k'), from: 'head', offset: 0, count: 1, valueBytes: 1 }),
      () => page.ask['lists.push']({ ...at('k'), end: 'head', value: bytes('v') }),
      () => page.ask['lists.set']({ ...at('k'), index: 0, expected: bytes('v'), value: bytes('w') }),
      () => page.ask['sets.page']({ ...at('k'), cursor: '0', count: 1 }),
      () => page.ask['sets.add']({ ...at('k'), member: bytes('v') }),
      () => page.ask['sets.rename']({ ...at('k'), from: bytes('v'), to: bytes('w') }),
      () => page.ask['zsets.window']({ ...at('k'), first: 'lowest', offset: 0, count: 1, min: '1', max: '2' }),
      () => page.ask['zsets.add']({ ...at('k'), member: bytes('v'), score: '1' }),
      () => page.ask['zsets.score']({ ...at('k'), member: bytes('v'), score: '1' }),
    ]
    for (const call of calls) expect(await failureOf(call())).toMatchObject({ code: 'WRONG_TYPE' })
    expect(await raw.command('GET', 'k')).toBe('v')
  })

  test('name the right that is missing', async (context) => {
    context.skip(name === 'keystead', 'it has no users yet')
    await raw.command('ACL', 'SETUSER', 'low', 'reset', 'on', '>p', '~*', '+@read', '+@connection', '+@transaction')
    await raw.command('RPUSH', 'l', 'a')
    const low = await openPage(server.port, { username: 'low', password: 'p' })
    const push = low.ask['lists.push']({ ...at('l'), end: 'tail', value: bytes('v') })
    expect(await failureOf(push)).toMatchObject({
      code: 'NO_PERMISSION',
      message: expect.stringContaining('RPUSHX'),
      hint: expect.stringContaining('+rpushx'),
    })
    const set = low.ask['lists.set']({ ...at('l'), index: 0, expected: bytes('a'), value: bytes('b') })
    expect(await failureOf(set)).toMatchObject({ code: 'NO_PERMISSION', hint: expect.stringContaining('+lset') })
    expect(await raw.command('LINDEX', 'l', '0')).toBe('a')
    low.session.close()
  })
})
