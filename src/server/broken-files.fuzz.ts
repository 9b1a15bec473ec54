/*
 * Files of real servers and of ours, broken at random: bytes changed, put in, taken
 * out, files cut off. A server that finds such a file refuses to start with a reason,
 * or starts with data that holds together. It never dies of it and never hangs.
 *
 * BROKEN_FILES_ROUNDS=<n> breaks each of them n times.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fill } from '../../tests/support/every-type.ts'
import { findPeer } from '../../tests/support/peers.ts'
import { type Random, random } from '../../tests/support/random.ts'
import { keysteadProgram, type Program, peerProgram, startServer } from '../../tests/support/server-process.ts'
import { WireClient } from '../../tests/support/wire-client.ts'
import { systemClock } from './base/clock.ts'
import { Log } from './base/log.ts'
import { LoadFailure } from './persistence/load.ts'
import { directivesOf, startServer as startServerHere } from './server.ts'
import { dataDigest } from './types/digest.ts'

const ROUNDS = Number(process.env['BROKEN_FILES_ROUNDS'] ?? 12)
const PEERS = ['redis70', 'redis80', 'valkey81', 'valkey91'] as const
const folders: string[] = []

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-broken-'))
  folders.push(folder)
  return folder
}

/** A folder as a server left it: data, then more data in an append-only file, if there is one. */
async function folderOf(program: Program, appendonly: string): Promise<string> {
  const dir = newFolder()
  // Without checksums, or hardly a change would come as far as to what reads the values.
  const server = await startServer(program, { dir, appendonly, rdbchecksum: 'no' })
  try {
    const client = await WireClient.open({ port: server.port })
    await fill(client)
    if (appendonly === 'no') await client.command('SAVE')
    else {
      await client.command('BGREWRITEAOF')
      while (!/aof_rewrite_in_progress:0\r/.test(String(await client.command('INFO', 'persistence')))) {}
      await fill(client).catch(() => undefined) // The ids of its stream entries are used.
      await client.command('SPOP', 'set big', 10)
      await client.command('XADD', 'stream big', '*', 'a', 'b')
      await client.command('CONFIG', 'SET', 'appendfsync', 'always')
      await client.command('SET', 'last', '1')
    }
  } finally {
    server.signal('SIGKILL')
    await server.exited
  }
  return dir
}

function files(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
}

/** Breaks a file in one place or a few; what was done, in words. */
function breakFile(path: string, r: Random): string {
  let bytes = Uint8Array.from(readFileSync(path))
  const done: string[] = []
  for (let changes = r.between(1, 3); changes > 0 && bytes.length > 0; changes--) {
    const at = r.below(bytes.length)
    const how = r.below(5)
    if (how <= 1) bytes[at] ^= 1 << r.below(8)
    else if (how === 2) bytes[at] = r.below(256)
    else if (how === 3) bytes = bytes.slice(0, at)
    else bytes = Uint8Array.from([...bytes.subarray(0, at), ...r.bytes(6), ...bytes.subarray(at + r.below(6))])
    done.push(`change ${how} at ${at}`)
  }
  writeFileSync(path, bytes)
  return `${path.slice(path.lastIndexOf('/') + 1)}: ${done.join(', ')}`
}

/** Starts a server on a folder, in this process; how it went. */
async function outcome(dir: string, appendonly: string, recover: string): Promise<'refused' | 'started'> {
  const options = { bind: '127.0.0.1', port: '0', save: '', dir, appendonly, recover, appendfsync: 'no' }
  try {
    const running = await startServerHere({
      directives: directivesOf(options),
      log: new Log({ write() {} }, systemClock),
    })
    try {
      const { keyspace } = running.server
      keyspace.check()
      dataDigest(keyspace.databases)
    } finally {
      await running.close()
    }
    return 'started'
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error
    return 'refused'
  }
}

const WRITERS: readonly Program[] = [
  keysteadProgram(),
  ...PEERS.filter((name) => findPeer(name) !== undefined).map(peerProgram),
]

describe.each(WRITERS)('files of $name', (program) => {
  for (const appendonly of ['no', 'yes']) {
    test(
      appendonly === 'yes' ? 'append-only, broken' : 'saved, broken',
      async () => {
        const r = random()
        const whole = await folderOf(program, appendonly)
        expect(await outcome(whole, appendonly, 'no')).toBe('started')
        const counts = { refused: 0, started: 0 }
        for (let round = 0; round < ROUNDS; round++) {
          const dir = newFolder()
          cpSync(whole, dir, { recursive: true })
          const what = `seed ${r.seed}, round ${round}: ${breakFile(r.pick(files(dir)), r)}`
          try {
            const how = await outcome(dir, appendonly, 'no')
            counts[how]++
            // One that is refused with a reason can still be asked for what is good of it.
            if (how === 'refused' && round % 4 === 0) await outcome(dir, appendonly, 'yes')
          } catch (error) {
            throw new Error(what, { cause: error })
          }
          rmSync(dir, { recursive: true, force: true })
          folders.pop()
        }
        expect(counts.refused).toBeGreaterThan(0)
      },
      60_000 + ROUNDS * 500,
    )
  }
})
