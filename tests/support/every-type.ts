/*
 * Data to keep and to find again: every type, in its small and its big encoding.
 * All of it is known to every server since Redis 7.0.
 */
import type { WireClient } from './wire-client.ts'

/** How much there is. */
export interface Amount {
  readonly strings: number
  /** Elements of a big collection. */
  readonly many: number
  /** Bytes of a big element. */
  readonly long: number
}

const PLENTY: Amount = { strings: 300, many: 600, long: 20_000 }

/** Keys of several databases, of every type small and big, with expiries and values that compress. */
export async function fill(client: WireClient, { strings, many, long }: Amount = PLENTY): Promise<void> {
  for (const db of [0, 3]) {
    await client.command('SELECT', db)
    for (let i = 0; i < strings; i++)
      await client.command('SET', `key:${i}`, i % 3 === 0 ? i : `value ${i} `.repeat(i % 20))
    await client.command('SET', Buffer.from([0, 255, 13, 10]), Buffer.from([1, 0, 2]))
    await client.command('PEXPIREAT', 'key:7', 4_000_000_000_123)
    for (const [size, count] of [
      ['small', 5],
      ['big', many],
    ] as const) {
      const texts = Array.from({ length: count }, (_, i) => `${i % 7 === 0 ? 'long '.repeat(9) : ''}${i}`)
      await client.command('HSET', `hash ${size}`, ...texts.flatMap((text, i) => [text, i]))
      await client.command('RPUSH', `list ${size}`, ...texts, ...(count > 5 ? ['x'.repeat(long)] : []))
      await client.command('SADD', `set ${size}`, ...texts)
      await client.command('SADD', `integers ${size}`, ...texts.map((_, i) => i * 1_000_003))
      await client.command('ZADD', `zset ${size}`, ...texts.flatMap((text, i) => [i / 8 - 3, text]), '-inf', 'least')
      for (let i = 0; i < count; i++)
        await client.command('XADD', `stream ${size}`, `${i + 1}-7`, 'a', i, `f${i % 3}`, 'x')
      await client.command('XDEL', `stream ${size}`, '2-7')
      await client.command('XGROUP', 'CREATE', `stream ${size}`, 'group', '0')
      await client.command('XGROUP', 'CREATECONSUMER', `stream ${size}`, 'group', 'idle')
      await client.command('XREADGROUP', 'GROUP', 'group', 'me', 'COUNT', 3, 'STREAMS', `stream ${size}`, '>')
      await client.command('PFADD', `hll ${size}`, ...texts)
    }
  }
  await client.command('SELECT', 0)
}
