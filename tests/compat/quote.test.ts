/*
 * Our cutting of lines against that of a real server, which takes inline
 * commands by the same rules: it is asked to return the arguments it saw.
 */
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { RespDecoder } from '../../src/shared/resp/decode.ts'
import type { RespOf } from '../../src/shared/resp/value.ts'
import { bytesToLatin1 } from '../../src/shared/text/bytes.ts'
import { splitLine } from '../../src/shared/text/quote.ts'
import { findPeer } from '../support/peers.ts'
import { random } from '../support/random.ts'
import { peerProgram, startServer } from '../support/server-process.ts'

/** The arguments as the server saw them, or undefined when it refused the line. */
function askServer(port: number, line: string): Promise<string[] | undefined> {
  return new Promise((resolve, reject) => {
    const decoder = new RespDecoder()
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(`EVAL "return ARGV" 0 ${line}\n`))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      decoder.push(chunk)
      const reply = decoder.next()
      if (reply === undefined) return
      socket.destroy()
      if (reply.type === 'array') resolve(reply.items.map((item) => bytesToLatin1((item as RespOf<'bulk'>).bytes)))
      else if (reply.type === 'error' && reply.text.includes('unbalanced quotes')) resolve(undefined)
      else reject(new Error(JSON.stringify(reply)))
    })
  })
}

test.skipIf(!findPeer('redis70'))('lines are cut as a server cuts inline commands', { timeout: 60_000 }, async () => {
  const r = random()
  const server = await startServer(peerProgram('redis70'))
  try {
    const parts = [' ', ' ', '"', '"', "'", "'", '\\', '\\', 'a', 'x41', 'xZ', 'n', 'é', '\t', '\v', '\\x00', '\\"']
    for (let round = 0; round < 1_500; round++) {
      const line = Array.from({ length: r.below(12) }, () => r.pick(parts)).join('')
      const ours = splitLine(line)
      const got = ours.ok ? ours.args.map((arg) => bytesToLatin1(arg.bytes)) : undefined
      expect(got, `seed ${r.seed}, line ${JSON.stringify(line)}`).toEqual(await askServer(server.port, line))
    }
  } finally {
    await server.stop()
  }
})
