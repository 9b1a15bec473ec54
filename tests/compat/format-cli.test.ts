/*
 * What we print against what redis-cli 7.0 prints, for random replies: a server
 * of this test answers each line of input with the next of them, and redis-cli
 * is told to format as for a terminal.
 *
 * Left out, because redis-cli 7.0 ends the program there: attributes, big
 * numbers, bulk errors and NaN. What it prints for those is nothing to copy.
 */
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { CliText, formatCli } from '../../src/shared/resp/format-cli.ts'
import type { RespPairs, RespValue } from '../../src/shared/resp/value.ts'
import { bytesToLatin1, utf8ToBytes } from '../../src/shared/text/bytes.ts'
import { findProgram } from '../support/peers.ts'
import { type Random, random } from '../support/random.ts'

const cli = findProgram(['redis-cli'])

function randomReply(r: Random, depth: number, isResp3: boolean): RespValue {
  const items = (): RespValue[] =>
    Array.from({ length: r.pick([0, 1, 1, 2, 3, 10, 12]) }, () => randomReply(r, depth - 1, isResp3))
  const pairs = (): RespPairs =>
    Array.from(
      { length: r.pick([0, 1, 1, 2, 3, 10]) },
      () => [randomReply(r, depth - 1, isResp3), randomReply(r, depth - 1, isResp3)] as const,
    )
  const scalars = isResp3 ? 10 : 6
  // redis-cli gives up at more than nine levels; no reply of a server comes near.
  const kind = depth === 0 || r.chance(0.2) ? r.below(scalars) : r.pick(isResp3 ? [10, 11, 12] : [10])
  switch (kind) {
    case 0:
      return { type: 'simple', text: r.pick(['OK', '', 'QUEUED']) }
    case 1:
      return { type: 'error', text: r.pick(['ERR no', 'WRONGTYPE Operation']) }
    case 2:
      return { type: 'integer', value: r.pick([0, -1, 42, 2n ** 63n - 1n]) }
    case 3:
      return { type: 'bulk', bytes: r.bytes(12) }
    case 4:
      return { type: 'null' }
    case 5:
      return { type: 'nullArray' }
    case 6:
      return { type: 'boolean', value: r.chance(0.5) }
    case 7:
      return { type: 'double', value: 0, text: r.pick(['3.141', '1e+300', 'inf', '-inf', '-0']) }
    case 8:
      return { type: 'null' }
    case 9:
      return { type: 'verbatim', format: 'txt', bytes: utf8ToBytes(r.pick(['', 'one', 'two\nlines', 'a\n\nb\n'])) }
    case 10:
      return { type: 'array', items: items() }
    case 11:
      return { type: 'map', entries: pairs() }
    default:
      return { type: 'set', items: items() }
  }
}

function wire(value: RespValue, isResp3: boolean): string {
  const all = (values: readonly RespValue[]): string => values.map((item) => wire(item, isResp3)).join('')
  switch (value.type) {
    case 'simple':
      return `+${value.text}\r\n`
    case 'error':
      return `-${value.text}\r\n`
    case 'integer':
      return `:${value.value}\r\n`
    case 'bulk':
      return `$${value.bytes.length}\r\n${bytesToLatin1(value.bytes)}\r\n`
    case 'null':
      return isResp3 ? '_\r\n' : '$-1\r\n'
    case 'nullArray':
      return '*-1\r\n'
    case 'boolean':
      return value.value ? '#t\r\n' : '#f\r\n'
    case 'double':
      return `,${value.text}\r\n`
    case 'verbatim':
      return `=${value.bytes.length + 4}\r\ntxt:${bytesToLatin1(value.bytes)}\r\n`
    case 'array':
      return `*${value.items.length}\r\n${all(value.items)}`
    case 'set':
      return `~${value.items.length}\r\n${all(value.items)}`
    case 'map':
      return `%${value.entries.length}\r\n${all(value.entries.flat())}`
    default:
      throw new Error(`no ${value.type} here`)
  }
}

/** What redis-cli prints for these replies, one after the other. */
async function printed(replies: readonly RespValue[], isResp3: boolean): Promise<string> {
  const answers = replies.map((reply) => wire(reply, isResp3))
  const server = createServer((socket) => {
    socket.on('error', () => {}) // redis-cli leaves when its input ends.
    // One request at a time, and small: redis-cli waits for each answer.
    socket.on('data', (chunk) => {
      const request = chunk.toString('latin1')
      if (request.includes('NEXT')) socket.write(answers.shift() ?? '-ERR no more\r\n', 'latin1')
      else if (request.includes('HELLO')) socket.write('%1\r\n+proto\r\n:3\r\n')
      else socket.write('-ERR unknown command\r\n') // It looks for COMMAND DOCS.
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  try {
    const { port } = server.address() as { port: number }
    const args = ['-p', String(port), '--no-raw', ...(isResp3 ? ['-3'] : [])]
    const child = spawn(cli!, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stdin.end('NEXT\n'.repeat(replies.length))
    await new Promise((closed) => child.once('close', closed))
    return Buffer.concat(output).toString('utf8')
  } finally {
    server.close()
  }
}

for (const isResp3 of [false, true]) {
  test.skipIf(!cli)(`RESP${isResp3 ? 3 : 2} replies print as redis-cli prints them`, { timeout: 60_000 }, async () => {
    const r = random()
    for (let round = 0; round < 40; round++) {
      const replies = Array.from({ length: 20 }, () => randomReply(r, r.below(5), isResp3))
      const expected = await printed(replies, isResp3)
      const got = replies.map((reply) => formatCli(reply)).join('')
      expect(got, `seed ${r.seed}, round ${round}`).toBe(expected)
    }
  })
}

test('lines can be had one by one, and make up the whole', () => {
  const r = random()
  for (let round = 0; round < 300; round++) {
    const text = new CliText(randomReply(r, 4, true), { isText: r.chance(0.2) })
    const lines = Array.from({ length: text.lineCount }, (_, i) => text.lineText(i))
    expect(`${lines.join('\n')}\n`.split('\n'), `seed ${r.seed}, round ${round}`).toHaveLength(text.lineCount + 1)
  }
})
