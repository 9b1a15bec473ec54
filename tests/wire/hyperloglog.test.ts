/*
 * HyperLogLogs over the wire, once per form. Nothing here imports src/server: the
 * suite also runs against a real server, which is how we know that the bytes are right.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

const forms = {
  sparse: { 'hll-sparse-max-bytes': '3000' },
  dense: { 'hll-sparse-max-bytes': '0' },
}

const CORRUPTED = 'INVALIDOBJ Corrupted HLL object detected'
const NO_HYPERLOGLOG = 'WRONGTYPE Key is not a valid HyperLogLog string value.'

/** A sparse value whose registers are these bytes, with a cardinality that is to be computed. */
const sparseOf = (...runs: number[]): Uint8Array =>
  Uint8Array.from([72, 89, 76, 76, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, ...runs])

for (const [form, config] of Object.entries(forms)) {
  describe(`a ${form} HyperLogLog`, () => {
    const connect = withServer(config)

    test('PFADD tells whether the estimate may have changed, PFCOUNT what it is', async () => {
      const r = await connect()
      expect(await r.command('PFADD', 'p', 'a', 'b', 'c')).toBe(1)
      expect(await r.command('PFADD', 'p', 'a', 'b')).toBe(0)
      expect(await r.command('PFADD', 'p', '')).toBe(1)
      expect(await r.command('PFCOUNT', 'p')).toBe(4)
      expect(await r.command('PFDEBUG', 'ENCODING', 'p')).toBe(form)
      expect(await r.command('TYPE', 'p')).toBe('string')
      expect(await r.command('OBJECT', 'ENCODING', 'p')).toBe('raw')
    })

    test('PFADD keeps the time to live', async () => {
      const r = await connect()
      await r.command('PFADD', 'p', 'a')
      await r.command('EXPIRE', 'p', '1000')
      await r.command('PFADD', 'p', 'b')
      expect(await r.command('TTL', 'p')).toBeGreaterThan(900)
    })

    test('many elements are estimated as every server estimates them', async () => {
      const r = await connect()
      for (let i = 0; i < 50; i++) {
        await r.command('PFADD', 'p', ...Array.from({ length: 100 }, (_, j) => `element:${i * 100 + j}`))
      }
      expect(await r.command('PFCOUNT', 'p')).toBe(5005)
      expect(await r.command('PFDEBUG', 'ENCODING', 'p')).toBe('dense')
    })

    test('PFCOUNT and PFMERGE unite several, and what is not there is empty', async () => {
      const r = await connect()
      await r.command('PFADD', 'a', '1', '2', '3')
      await r.command('PFADD', 'b', '3', '4')
      expect(await r.command('PFCOUNT', 'a', 'nope', 'b')).toBe(4)
      expect(await r.command('PFCOUNT', 'nope')).toBe(0)
      expect(await r.command('PFCOUNT', 'nope', 'other')).toBe(0)
      expect(await r.command('PFMERGE', 'd', 'a', 'b', 'nope')).toBe('OK')
      expect(await r.command('PFCOUNT', 'd')).toBe(4)
      expect(await r.command('PFADD', 'd', '1', '4')).toBe(0)
      await r.command('PFADD', 'c', '5')
      expect(await r.command('PFMERGE', 'd', 'c')).toBe('OK')
      expect(await r.command('PFCOUNT', 'd')).toBe(5)
    })

    test('PFDEBUG GETREG shows registers, and makes them dense', async () => {
      const r = await connect()
      await r.command('PFADD', 'p', 'a', 'b', 'c')
      const registers = (await r.command('PFDEBUG', 'GETREG', 'p')) as number[]
      expect(registers).toHaveLength(16384)
      expect(registers.flatMap((value, i) => (value > 0 ? [[i, value]] : []))).toEqual([
        [8436, 1],
        [12_711, 2],
        [15_780, 1],
      ])
      expect(await r.command('PFDEBUG', 'ENCODING', 'p')).toBe('dense')
      expect(await r.command('PFDEBUG', 'TODENSE', 'p')).toBe(0)
      expect(await r.command('STRLEN', 'p')).toBe(12_304)
      await expect(r.command('PFDEBUG', 'DECODE', 'p')).rejects.toThrow('ERR HLL encoding is not sparse')
    })
  })
}

describe('the bytes of a HyperLogLog', () => {
  const connect = withServer()

  test('are those of every server', async () => {
    const r = await connect()
    await r.command('PFADD', 'p', 'a', 'b', 'c')
    expect(await r.replyText('GET', 'p')).toBe(
      '$27\r\nHYLL\x01\0\0\0\0\0\0\0\0\0\0\x80\x60\xf3\x80\x50\xb1\x84\x4b\xfb\x80\x42\x5a\r\n',
    )
    expect(await r.command('PFDEBUG', 'DECODE', 'p')).toBe('Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603')
  })

  test('keep the estimate until registers change', async () => {
    const r = await connect()
    await r.command('PFADD', 'p')
    expect(await r.replyText('GET', 'p')).toBe('$18\r\nHYLL\x01\0\0\0\0\0\0\0\0\0\0\x80\x7f\xff\r\n')
    expect(await r.command('PFCOUNT', 'p')).toBe(0)
    expect(await r.replyText('GET', 'p')).toBe('$18\r\nHYLL\x01\0\0\0\0\0\0\0\0\0\0\0\x7f\xff\r\n')
    expect(await r.command('PFADD', 'p', 'a')).toBe(1)
    expect(await r.command('PFCOUNT', 'p')).toBe(1)
    const known = sparseOf(0x7f, 0xff)
    known[8] = 5
    known[15] = 0
    await r.command('SET', 'q', known)
    expect(await r.command('PFCOUNT', 'q')).toBe(5)
    expect(await r.command('PFCOUNT', 'q', 'nope')).toBe(0)
  })

  test('PFCOUNT that computes is a change for those who watch, and one that knows is not', async () => {
    const [r, other] = [await connect(), await connect()]
    await r.command('PFADD', 'p', 'a')
    await r.command('WATCH', 'p')
    await other.command('PFCOUNT', 'p')
    await r.command('MULTI')
    expect(await r.command('EXEC')).toBe(null)
    await r.command('WATCH', 'p')
    await other.command('PFCOUNT', 'p')
    await r.command('MULTI')
    expect(await r.command('EXEC')).toEqual([])
  })

  test('PFMERGE of nothing makes an empty one', async () => {
    const r = await connect()
    expect(await r.command('PFMERGE', 'p')).toBe('OK')
    expect(await r.command('PFDEBUG', 'DECODE', 'p')).toBe('Z:16384')
  })

  test('become dense beyond the limit, and PFDEBUG TODENSE makes them so', async () => {
    const r = await connect()
    await r.command('PFADD', 'p', 'a')
    expect(await r.command('PFDEBUG', 'TODENSE', 'p')).toBe(1)
    expect(await r.command('PFDEBUG', 'ENCODING', 'p')).toBe('dense')
    expect(await r.command('PFCOUNT', 'p')).toBe(1)
    await r.command('PFADD', 'q', 'b')
    await r.command('PFMERGE', 'q', 'p')
    expect(await r.command('PFDEBUG', 'ENCODING', 'q')).toBe('dense')
    expect(await r.command('PFCOUNT', 'q')).toBe(2)
  })
})

describe('what is no HyperLogLog', () => {
  const connect = withServer()

  test('is refused by all commands and left alone', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'a', '1')
    const odd = ['', 'abc', 'HYLL', sparseOf(0x7f, 0xff).fill(2, 4, 5), sparseOf().fill(0, 4, 5)]
    for (const value of odd) {
      await r.command('SET', 's', value)
      for (const args of [
        ['PFADD', 's', 'a'],
        ['PFADD', 's'],
        ['PFCOUNT', 's'],
        ['PFCOUNT', 'nope', 's'],
        ['PFMERGE', 'd', 's'],
        ['PFMERGE', 's', 'd'],
        ['PFDEBUG', 'NOSUCH', 's'],
      ] as [string, ...string[]][]) {
        await expect(r.command(...args)).rejects.toThrow(NO_HYPERLOGLOG)
      }
    }
    for (const args of [
      ['PFADD', 'h', 'a'],
      ['PFCOUNT', 'h'],
      ['PFMERGE', 'h', 'd'],
      ['PFDEBUG', 'ENCODING', 'h'],
    ] as [string, ...string[]][]) {
      await expect(r.command(...args)).rejects.toThrow('WRONGTYPE Operation against a key')
    }
    expect(await r.command('EXISTS', 'd')).toBe(0)
  })

  test('or has registers that do not add up, is called corrupted', async () => {
    const r = await connect()
    await r.command('PFADD', 'p', 'a')
    for (const value of [sparseOf(), sparseOf(0xff, 0xff), sparseOf(0x7f, 0xfe), sparseOf(0x7f, 0xff, 0xff)]) {
      await r.command('SET', 's', value)
      await expect(r.command('PFCOUNT', 's')).rejects.toThrow(CORRUPTED)
      await expect(r.command('PFCOUNT', 'p', 's')).rejects.toThrow(CORRUPTED)
      await expect(r.command('PFMERGE', 'd', 's')).rejects.toThrow(CORRUPTED)
      await expect(r.command('PFMERGE', 's', 'p')).rejects.toThrow(CORRUPTED)
      await expect(r.command('PFDEBUG', 'TODENSE', 's')).rejects.toThrow(CORRUPTED)
    }
    await r.command('SET', 's', sparseOf(0xff, 0xff))
    await expect(r.command('PFADD', 's', 'a')).rejects.toThrow(CORRUPTED)
  })

  test('a write that comes to nothing leaves a raw string', async () => {
    const r = await connect()
    for (const [command, value] of [
      [['PFCOUNT', 's'], sparseOf(0xff, 0xff)],
      [['PFADD', 's', 'a'], sparseOf(0xff, 0xff)],
      [['PFADD', 's'], sparseOf(0x7f, 0xff)],
      [['PFDEBUG', 'GETREG', 's'], sparseOf(0xff, 0xff)],
      [['PFDEBUG', 'ENCODING', 's'], sparseOf(0x7f, 0xff)],
    ] as [[string, ...string[]], Uint8Array][]) {
      await r.command('SET', 's', value)
      expect(await r.command('OBJECT', 'ENCODING', 's')).toBe('embstr')
      await r.reply(...command)
      expect(await r.command('OBJECT', 'ENCODING', 's'), command.join(' ')).toBe('raw')
    }
  })

  test('PFDEBUG refuses unknown subcommands and keys', async () => {
    const r = await connect()
    await r.command('PFADD', 'p', 'a')
    await expect(r.command('PFDEBUG', 'nosuch', 'p')).rejects.toThrow("ERR Unknown PFDEBUG subcommand 'nosuch'")
    await expect(r.command('PFDEBUG', 'nosuch', 'nope')).rejects.toThrow('ERR The specified key does not exist')
  })

  test('PFSELFTEST is content', async () => {
    const r = await connect()
    expect(await r.command('PFSELFTEST')).toBe('OK')
  })
})
