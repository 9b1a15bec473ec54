/*
 * A disk that fails under the append-only file of a whole server: what clients
 * are told, and how it goes on when the disk works again.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { WireClient } from '../../tests/support/wire-client.ts'
import { systemClock } from './base/clock.ts'
import { Log } from './base/log.ts'
import { type Disk, systemDisk } from './persistence/aof/disk.ts'
import { directivesOf, type StartedServer, startServer } from './server.ts'

const folders: string[] = []
const servers: StartedServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

type Fault = 'none' | 'write' | 'half' | 'sync'

/** The system's disk, but for the fault it is told to have. */
class FaultyDisk implements Disk {
  fault: Fault = 'none'
  readonly replace = systemDisk.replace
  readonly remove = systemDisk.remove

  async open(path: string, isNew: boolean) {
    const file = await systemDisk.open(path, isNew)
    const full = (): Error => Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28 })
    return {
      ...file,
      write: async (bytes: Uint8Array) => {
        if (this.fault === 'half') await file.write(bytes.subarray(0, bytes.length >> 1))
        if (this.fault === 'half' || this.fault === 'write') throw full()
        await file.write(bytes)
      },
      sync: async () => {
        if (this.fault === 'sync') throw full()
        await file.sync()
      },
    }
  }
}

async function start(disk: Disk, appendfsync: string): Promise<{ dir: string; client: () => Promise<WireClient> }> {
  const dir = mkdtempSync(join(tmpdir(), 'keystead-aof-'))
  folders.push(dir)
  const options = { bind: '127.0.0.1', port: '0', save: '', dir, appendonly: 'yes', appendfsync }
  const server = await startServer({
    directives: directivesOf(options),
    log: new Log({ write() {} }, systemClock),
    disk,
  })
  servers.push(server)
  return { dir, client: () => WireClient.open({ port: server.port }) }
}

async function untilWritable(r: WireClient): Promise<void> {
  while (!String(await r.command('INFO', 'persistence')).includes('aof_last_write_status:ok')) {}
}

for (const fault of ['write', 'half', 'sync'] as const) {
  test(`with always, what cannot be kept (${fault}) is not acknowledged, and writes are refused until it can`, async () => {
    const disk = new FaultyDisk()
    const { dir, client } = await start(disk, 'always')
    const writer = await client()
    const reader = await client()
    expect(await writer.command('SET', 'a', '1')).toBe('OK')
    disk.fault = fault
    await expect(writer.command('SET', 'a', '2')).rejects.toThrow()
    await expect(reader.command('SET', 'b', '1')).rejects.toThrow(
      'MISCONF Errors writing to the AOF file: No space left on device',
    )
    expect(await reader.command('GET', 'b')).toBe(null)
    disk.fault = 'none'
    await untilWritable(reader)
    expect(await reader.command('SET', 'b', '2')).toBe('OK')
    const text = readFileSync(join(dir, 'appendonlydir', 'appendonly.aof.1.incr.aof'), 'latin1')
    expect(text.match(/SET/g)?.length).toBe(3)
    expect(text.endsWith('$1\r\nb\r\n$1\r\n2\r\n')).toBe(true)
  })
}

test('with everysec, writes are refused from the first error on, and go on when the disk works', async () => {
  const disk = new FaultyDisk()
  const { client } = await start(disk, 'everysec')
  const r = await client()
  disk.fault = 'write'
  expect(await r.command('SET', 'a', '1')).toBe('OK')
  while (String(await r.command('INFO', 'persistence')).includes('aof_last_write_status:ok')) {}
  await expect(r.command('SET', 'a', '2')).rejects.toThrow('MISCONF Errors writing to the AOF file: No space left')
  disk.fault = 'none'
  await untilWritable(r)
  expect(await r.command('SET', 'a', '3')).toBe('OK')
})
