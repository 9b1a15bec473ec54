/*
 * A disk that fails under the append-only file and the saves of a whole server: what
 * clients are told, what is on disk meanwhile, and how it goes on when the disk works
 * again. A folder that cannot be written to fails like a file that cannot be opened.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { WireClient } from '../../tests/support/wire-client.ts'
import { systemClock } from './base/clock.ts'
import { Log } from './base/log.ts'
import { type Disk, type DiskFile, systemDisk, type WriteAtOnce } from './persistence/disk.ts'
import { directivesOf, type StartedServer, startServer } from './server.ts'

const folders: string[] = []
const servers: StartedServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

type Fault = 'none' | 'open' | 'write' | 'half' | 'sync' | 'rename' | 'replace'

/** The system's disk, but for the fault it is told to have: in all files, or in new ones alone. */
class FaultyDisk implements Disk {
  fault: Fault = 'none'
  onlyNew = false
  readonly remove = systemDisk.remove
  readonly atOnce = systemDisk.atOnce

  async open(path: string, isNew: boolean) {
    if (!this.onlyNew) this.fail('open')
    return this.faulty(await systemDisk.open(path, isNew), () => !this.onlyNew)
  }

  async create(path: string) {
    this.fail('open')
    return this.faulty(await systemDisk.create(path), () => true)
  }

  async rename(from: string, to: string) {
    this.fail('rename')
    await systemDisk.rename(from, to)
  }

  async replace(path: string, text: string) {
    this.fail('replace')
    await systemDisk.replace(path, text)
  }

  writeAtOnce(path: string, temporary: string, write: WriteAtOnce) {
    systemDisk.writeAtOnce(path, temporary, (send) => {
      const head = write(send)
      if (this.fault !== 'none') throw full()
      return head
    })
  }

  private fail(fault: Fault): void {
    if (this.fault === fault) throw full()
  }

  private faulty<File extends Pick<DiskFile, 'write' | 'sync'>>(file: File, isFaulty: () => boolean): File {
    return {
      ...file,
      write: async (bytes: Uint8Array) => {
        if (isFaulty() && this.fault === 'half') await file.write(bytes.subarray(0, bytes.length >> 1))
        if (isFaulty() && (this.fault === 'half' || this.fault === 'write')) throw full()
        await file.write(bytes)
      },
      sync: async () => {
        if (isFaulty()) this.fail('sync')
        await file.sync()
      },
    }
  }
}

const full = (): Error => Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28 })

interface Started {
  readonly dir: string
  readonly client: () => Promise<WireClient>
}

async function start(disk: Disk, more: Readonly<Record<string, string>>, dir = newFolder()): Promise<Started> {
  const options = { bind: '127.0.0.1', port: '0', save: '', dir, 'enable-debug-command': 'yes', ...more }
  const server = await startServer({
    directives: directivesOf(options),
    log: new Log({ write() {} }, systemClock),
    disk,
  })
  servers.push(server)
  return { dir, client: () => WireClient.open({ port: server.port }) }
}

function newFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'keystead-disk-'))
  folders.push(dir)
  return dir
}

/** What a server finds that starts with the files as they are now. */
async function digestOnDisk(dir: string, options: Readonly<Record<string, string>>): Promise<unknown> {
  const copy = newFolder()
  cpSync(dir, copy, { recursive: true })
  const { client } = await start(systemDisk, options, copy)
  return (await client()).command('DEBUG', 'DIGEST')
}

async function until(r: WireClient, fact: string): Promise<void> {
  while (!String(await r.command('INFO', 'persistence')).includes(fact)) {}
}

/** A disk that has failed is not trusted: when it works again, a rewrite begins by itself. */
async function untilRewritten(r: WireClient): Promise<void> {
  await until(r, 'aof_rewrite_scheduled:0')
  await until(r, 'aof_rewrite_in_progress:0')
}

/** No file is renamed or removed while a folder is copied. */
async function untilNothingTemporary(r: WireClient, dir: string): Promise<void> {
  while (readdirSync(join(dir, 'appendonlydir')).some((name) => name.startsWith('temp-'))) await r.command('INFO')
}

const untilWritable = (r: WireClient): Promise<void> => until(r, 'aof_last_write_status:ok')

for (const fault of ['write', 'half', 'sync'] as const) {
  test(`with always, what cannot be kept (${fault}) is not acknowledged, and writes are refused until it can`, async () => {
    const disk = new FaultyDisk()
    const { dir, client } = await start(disk, { appendonly: 'yes', appendfsync: 'always' })
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

for (const fault of ['write', 'half', 'sync'] as const) {
  test(`with everysec, writes are refused from the first error on (${fault}), and none is lost that was acknowledged`, async () => {
    const disk = new FaultyDisk()
    const options = { appendonly: 'yes', appendfsync: 'everysec' }
    const { dir, client } = await start(disk, options)
    const r = await client()
    disk.fault = fault
    expect(await r.command('SET', 'a', '1')).toBe('OK')
    await until(r, 'aof_last_write_status:err')
    await expect(r.command('SET', 'a', '2')).rejects.toThrow('MISCONF Errors writing to the AOF file: No space left')
    expect(await r.command('GET', 'a')).toBe('1')
    disk.fault = 'none'
    await untilWritable(r)
    expect(await r.command('SET', 'b', '3')).toBe('OK')
    await until(r, 'aof_buffer_length:0')
    expect(await digestOnDisk(dir, options)).toBe(await r.command('DEBUG', 'DIGEST'))
  })
}

test('writes go on without the append-only file when it is turned off on a disk that fails, and with it again', async () => {
  const disk = new FaultyDisk()
  const options = { appendonly: 'yes', appendfsync: 'everysec' }
  const { dir, client } = await start(disk, options)
  const r = await client()
  const waiting = await client()
  disk.fault = 'write'
  await waiting.command('SET', 'a', '1')
  const waited = expect(waiting.command('WAITAOF', 1, 0, 0)).rejects.toThrow(
    'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.',
  )
  await until(r, 'aof_last_write_status:err')
  await r.command('CONFIG', 'SET', 'appendonly', 'no')
  await waited
  expect(await r.command('SET', 'a', '2')).toBe('OK')
  disk.fault = 'none'
  await r.command('CONFIG', 'SET', 'appendonly', 'yes')
  await until(r, 'aof_enabled:1')
  await untilRewritten(r)
  expect(await r.command('SET', 'b', '3')).toBe('OK')
  expect(await r.command('WAITAOF', 1, 0, 0)).toEqual([1, 0])
  expect(await digestOnDisk(dir, options)).toBe(await r.command('DEBUG', 'DIGEST'))
})

test('an append-only file that cannot be begun is not told to be on, and can be asked for again', async () => {
  const disk = new FaultyDisk()
  const { client } = await start(disk, { appendonly: 'no' })
  const r = await client()
  const isOn = async (): Promise<unknown> => ((await r.command('CONFIG', 'GET', 'appendonly')) as unknown[])[1]
  disk.fault = 'open'
  await expect(r.command('CONFIG', 'SET', 'appendonly', 'yes', 'maxmemory', '100mb')).rejects.toThrow(
    "ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check server logs.",
  )
  expect(await isOn()).toBe('no')
  expect(await r.command('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '0'])
  expect(await r.command('INFO', 'persistence')).toMatch(
    /aof_enabled:0\r\naof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/,
  )
  disk.fault = 'none'
  await r.command('CONFIG', 'SET', 'appendonly', 'yes')
  expect(await r.command('INFO', 'persistence')).toContain('aof_enabled:1')
  expect(await isOn()).toBe('yes')
})

test('with always, replies come as soon after the append-only file was turned off and on as before', async () => {
  const { client } = await start(systemDisk, { appendonly: 'yes', appendfsync: 'always' })
  const r = await client()
  for (let i = 0; i < 100; i++) await r.command('SET', `key:${i}`, i)
  await r.command('CONFIG', 'SET', 'appendonly', 'no')
  await until(r, 'aof_enabled:0')
  await r.command('CONFIG', 'SET', 'appendonly', 'yes')
  await until(r, 'aof_enabled:1')
  expect(await r.command('SET', 'a', '1')).toBe('OK')
})

for (const fault of ['open', 'write', 'half', 'sync', 'rename', 'replace'] as const) {
  test(`a rewrite of the append-only file that fails (${fault}) loses nothing, and the next one makes up for it`, async () => {
    const disk = new FaultyDisk()
    const options = { appendonly: 'yes', appendfsync: 'always', 'auto-aof-rewrite-percentage': '0' }
    const { dir, client } = await start(disk, options)
    const r = await client()
    for (let i = 0; i < 100; i++) await r.command('SET', `key:${i}`, i)
    disk.fault = fault
    disk.onlyNew = true
    await r.command('BGREWRITEAOF')
    await until(r, fault === 'replace' ? 'aof_last_write_status:err' : 'aof_last_bgrewrite_status:err')
    // It is acknowledged when commands go to the next file; where that cannot be, nothing can be written.
    if (fault !== 'replace') await r.command('SET', 'meanwhile', '1')
    await untilNothingTemporary(r, dir)
    expect(await digestOnDisk(dir, options)).toBe(await r.command('DEBUG', 'DIGEST'))
    disk.fault = 'none'
    await untilWritable(r)
    await untilRewritten(r)
    expect(await r.command('SET', 'after', '1')).toBe('OK')
    expect(await digestOnDisk(dir, options)).toBe(await r.command('DEBUG', 'DIGEST'))
    await r.command('BGREWRITEAOF')
    await until(r, 'aof_rewrite_in_progress:0')
    await until(r, 'aof_last_bgrewrite_status:ok')
    expect(await digestOnDisk(dir, options)).toBe(await r.command('DEBUG', 'DIGEST'))
    expect(readdirSync(join(dir, 'appendonlydir')).length).toBe(3)
  })
}

for (const fault of ['open', 'write', 'half', 'sync', 'rename'] as const) {
  test(`a save that fails (${fault}) leaves the old file, and writes are refused until one succeeds`, async () => {
    const disk = new FaultyDisk()
    const { dir, client } = await start(disk, { save: '900 100000' })
    const file = join(dir, 'dump.rdb')
    const r = await client()
    await r.command('DEBUG', 'POPULATE', 3_000)
    await r.command('SAVE')
    const before = readFileSync(file)
    disk.fault = fault
    expect(await r.command('SET', 'a', '1')).toBe('OK')
    await r.command('BGSAVE')
    await until(r, 'rdb_last_bgsave_status:err')
    await until(r, 'rdb_bgsave_in_progress:0')
    const refusal = 'MISCONF Redis is configured to save RDB snapshots'
    await expect(r.command('SET', 'a', '2')).rejects.toThrow(refusal)
    await expect(r.command('SAVE')).rejects.toThrow('ERR')
    await expect(r.command('DEL', 'a')).rejects.toThrow(refusal)
    expect(await r.command('GET', 'a')).toBe('1')
    expect(readFileSync(file)).toEqual(before)
    expect(readdirSync(dir)).toEqual(['dump.rdb'])
    disk.fault = 'none'
    await r.command('BGSAVE')
    await until(r, 'rdb_last_bgsave_status:ok')
    expect(await r.command('SET', 'b', '2')).toBe('OK')
    await r.command('SAVE')
    expect(await digestOnDisk(dir, {})).toBe(await r.command('DEBUG', 'DIGEST'))
  })
}
