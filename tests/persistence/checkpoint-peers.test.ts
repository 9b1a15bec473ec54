/*
 * What a rewind and a branch leave in the append-only file, as real servers read it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import {
  keysteadProgram,
  type Program,
  peerProgram,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

const servers: ServerProcess[] = []
const folders: string[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function start(program: Program, dir: string): Promise<{ server: ServerProcess; client: WireClient }> {
  const options = { appendonly: 'yes', appendfsync: 'always', 'aof-timestamp-enabled': 'yes' }
  const server = await startServer(program, { dir, ...options })
  servers.push(server)
  await server.says('Ready to accept connections') // Before that it may be loading.
  return { server, client: await WireClient.open({ port: server.port }) }
}

for (const name of ['redis80', 'valkey91'] as const) {
  test.skipIf(findPeer(name) === undefined)(
    `${name} reads what a rewind and a branch leave, and changes no checkpoint`,
    async () => {
      const dir = mkdtempSync(join(tmpdir(), 'keystead-checkpoints-'))
      folders.push(dir)
      const ours = await start(keysteadProgram(), dir)
      await ours.client.command('SET', 'a', '1')
      await ours.client.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'then')
      await ours.client.command('SET', 'a', '2')
      await ours.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'then')
      await ours.client.command('SET', 'b', '3')
      await ours.client.command('KEYSTEAD.BRANCH', 'CREATE', 'branch')
      ours.server.signal('SIGKILL')
      await ours.server.exited
      for (const folder of [dir, join(dir, 'branches', 'branch')]) {
        const theirs = await start(peerProgram(name), folder)
        expect(await theirs.client.command('MGET', 'a', 'b')).toEqual(['1', '3'])
        await theirs.client.command('SET', 'theirs', '1')
        theirs.server.signal('SIGKILL')
        await theirs.server.exited
      }
      const again = await start(keysteadProgram(), dir)
      expect(await again.client.command('MGET', 'a', 'b', 'theirs')).toEqual(['1', '3', '1'])
      expect(await again.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'then')).toBe('OK')
      expect(await again.client.command('MGET', 'a', 'b', 'theirs')).toEqual(['1', null, null])
    },
  )
}
