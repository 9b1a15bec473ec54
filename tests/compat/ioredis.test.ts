/*
 * ioredis as applications use it: defaults, pipelines, transactions, buffers,
 * scan streams, both protocols. It is somebody else's reading of the protocol.
 */
import { Redis, type RedisOptions } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

const open: Redis[] = []

afterEach(() => {
  for (const client of open.splice(0)) client.disconnect()
})

for (const protocol of [2, 3] as const) {
  describe(`ioredis in RESP${protocol}`, () => {
    const connect = withServer()
    const client = (options: RedisOptions = {}): Redis => {
      const redis = new Redis({ port: connect.port(), host: '127.0.0.1', protocol, ...options })
      open.push(redis)
      return redis
    }

    test('becomes ready with its own checks on', async () => {
      const redis = client({ lazyConnect: true, connectionName: 'compat' })
      await redis.connect()
      expect(redis.status).toBe('ready')
      expect(await redis.client('GETNAME')).toBe('compat')
    })

    test('reads what it wrote, text and bytes', async () => {
      const redis = client()
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
      expect(await redis.set('text', 'naïve', 'EX', 1000)).toBe('OK')
      expect(await redis.get('text')).toBe('naïve')
      await redis.set(bytes, bytes)
      expect(await redis.getBuffer(bytes)).toEqual(bytes)
      expect(await redis.get('missing')).toBeNull()
    })

    test('maps hashes to objects', async () => {
      const redis = client()
      expect(await redis.hset('h', { a: 1, b: 'two' })).toBe(2)
      expect(await redis.hgetall('h')).toEqual({ a: '1', b: 'two' })
      expect(await redis.hincrbyfloat('h', 'a', 0.5)).toBe('1.5')
    })

    test('pipelines thousands of commands and gets their answers in order', async () => {
      const redis = client()
      const pipeline = redis.pipeline()
      for (let i = 0; i < 5_000; i++) pipeline.set(`k:${i}`, i).get(`k:${i}`)
      const results = (await pipeline.exec()) ?? []
      expect(results).toHaveLength(10_000)
      expect(results.filter(([error]) => error !== null)).toEqual([])
      expect(results.filter((_, i) => i % 2 === 1).map(([, value]) => Number(value))).toEqual([...Array(5_000).keys()])
    })

    test('runs a transaction, and sees it fail when a watched key changed', async () => {
      const redis = client()
      const other = client()
      await redis.watch('n')
      await other.set('n', '1')
      expect(await redis.multi().incr('n').exec()).toBeNull()
      expect(await redis.multi().incr('n').get('n').exec()).toEqual([
        [null, 2],
        [null, '2'],
      ])
    })

    test('scans every key once in a stable keyspace', async () => {
      const redis = client()
      await redis.mset(Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`scan:${i}`, 'x'])))
      const found = new Set<string>()
      for await (const keys of redis.scanStream({ match: 'scan:*', count: 50 })) {
        for (const key of keys as string[]) found.add(key)
      }
      expect(found.size).toBe(1_000)
    })

    test('passes the server its errors on as errors', async () => {
      const redis = client()
      await redis.set('s', 'text')
      await expect(redis.incr('s')).rejects.toThrow('ERR value is not an integer or out of range')
      await expect(redis.hget('s', 'f')).rejects.toThrow('WRONGTYPE')
    })
  })
}
