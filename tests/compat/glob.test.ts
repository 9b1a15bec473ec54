/*
 * Our glob against KEYS of a real server: random patterns over a small alphabet
 * in which every special character is common, so that most of them are odd.
 */
import { expect, test } from 'vitest'
import { globMatches } from '../../src/shared/text/glob.ts'
import { findPeer } from '../support/peers.ts'
import { random } from '../support/random.ts'
import { peerProgram, startServer } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

test.skipIf(!findPeer('redis70'))('globs select the keys that KEYS of Redis selects', { timeout: 60_000 }, async () => {
  const r = random()
  const server = await startServer(peerProgram('redis70'))
  try {
    const client = await WireClient.open({ port: server.port })
    const word = (alphabet: string, sizeMax: number): string =>
      Array.from({ length: r.below(sizeMax + 1) }, () => r.pick([...alphabet])).join('')
    const names = [...new Set(['', ...Array.from({ length: 300 }, () => word('ab-]^*[\\', 6))])]
    for (const name of names) await client.command('SET', name, '')
    for (let round = 0; round < 1_500; round++) {
      const pattern = word('ab**??[[]]^-\\', 9)
      const expected = ((await client.command('KEYS', pattern)) as string[]).sort()
      const got = names.filter((name) => globMatches(pattern, name)).sort()
      expect(got, `seed ${r.seed}, pattern ${JSON.stringify(pattern)}`).toEqual(expected)
    }
  } finally {
    await server.stop()
  }
})
