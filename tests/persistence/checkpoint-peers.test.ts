/*
 * What a rewind and a branch leave in the append-only file, as real servers read it.
 */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kill, type Started, withDataFolders } from '../support/data-folders.ts'
import { findPeer } from '../support/peers.ts'
import { keysteadProgram, type Program, peerProgram } from '../support/server-process.ts'

const folders = withDataFolders()

async function start(program: Program, dir: string): Promise<Started> {
  const options = { appendonly: 'yes', appendfsync: 'always', 'aof-timestamp-enabled': 'yes' }
  const started = await folders.start(program, { dir, ...options })
  await started.server.says('Ready to accept connections') // Before that it may be loading.
  return started
}

for (const name of ['redis80', 'valkey91'] as const) {
  test.skipIf(findPeer(name) === undefined)(
    `${name} reads what a rewind and a branch leave, and changes no checkpoint`,
    async () => {
      const dir = folders.newFolder()
      const ours = await start(keysteadProgram(), dir)
      await ours.client.command('SET', 'a', '1')
      await ours.client.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'then')
      await ours.client.command('SET', 'a', '2')
      await ours.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'then')
      await ours.client.command('SET', 'b', '3')
      await ours.client.command('KEYSTEAD.BRANCH', 'CREATE', 'branch')
      await kill(ours)
      for (const folder of [dir, join(dir, 'branches', 'branch')]) {
        const theirs = await start(peerProgram(name), folder)
        expect(await theirs.client.command('MGET', 'a', 'b')).toEqual(['1', '3'])
        await theirs.client.command('SET', 'theirs', '1')
        await kill(theirs)
      }
      const again = await start(keysteadProgram(), dir)
      expect(await again.client.command('MGET', 'a', 'b', 'theirs')).toEqual(['1', '3', '1'])
      expect(await again.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'then')).toBe('OK')
      expect(await again.client.command('MGET', 'a', 'b', 'theirs')).toEqual(['1', null, null])
    },
  )
}
