/*
 * A disk that fails under the checkpoints of a whole server: what is told, and that
 * the data is what it was, in memory and after the next start.
 */
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { WireClient } from '../../tests/support/wire-client.ts'
import { systemClock } from './base/clock.ts'
import { Log } from './base/log.ts'
import { type Disk, systemDisk } from './persistence/disk.ts'
import { directivesOf, type StartedServer, type StartOptions, startServer } from './server.ts'

const folders: string[] = []
const servers: StartedServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-checkpoints-'))
  folders.push(folder)
  return folder
}

const KEPT = { rdb: { save: '3600 1000000' }, aof: { save: '', appendonly: 'yes', appendfsync: 'always' } } as const
type Kept = keyof typeof KEPT
const ALL_KEPT = Object.keys(KEPT) as Kept[]

async function start(
  kept: Kept,
  dir: string,
  faults: Partial<StartOptions> = {},
  options: Readonly<Record<string, string>> = {},
): Promise<WireClient> {
  const server = await startServer({
    directives: directivesOf({ bind: '127.0.0.1', port: '0', dir, ...KEPT[kept], ...options }),
    log: new Log({ write() {} }, systemClock),
    ...faults,
  })
  servers.push(server)
  return WireClient.open({ port: server.port })
}

/** As a crash would: nothing is saved. */
const end = async (): Promise<void> => servers.pop()!.close()

const diskWith = (atOnce: Partial<Disk['atOnce']>): Disk => ({
  ...systemDisk,
  atOnce: { ...systemDisk.atOnce, ...atOnce },
})

const failure = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'link', errno: -1 })

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** A log, and what is written to it. */
function newLog(): { readonly log: Log; readonly lines: readonly string[] } {
  const lines: string[] = []
  return { log: new Log({ write: (line) => void lines.push(line) }, systemClock), lines }
}

/** The record of a checkpoint is written anew when its files of commands have been added up. */
async function untilAddedUp(r: WireClient, folder: string): Promise<void> {
  while (!/"sum":"[0-9a-f]{16}"/.test(readFileSync(join(folder, 'checkpoint.json'), 'utf8'))) await r.command('PING')
}

describe.each(ALL_KEPT)('kept as %s', (kept) => {
  test('where the disk has no links, copies are made', async () => {
    const dir = newFolder()
    const link = (): never => {
      throw failure('EPERM')
    }
    const r = await start(kept, dir, { disk: diskWith({ link }) })
    await r.command('SET', 'a', 'old')
    if (kept === 'rdb') await r.command('SAVE')
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
    await r.command('SET', 'a', 'new')
    await r.command('KEYSTEAD.BRANCH', 'CREATE', 'b', 'FROM', 'c')
    await r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')
    expect(await r.command('GET', 'a')).toBe('old')
    await r.command('FLUSHALL')
    const linked = filesUnder(dir).filter((file) => (statSync(file, { throwIfNoEntry: false })?.nlink ?? 0) > 1)
    expect(linked).toEqual([])
    await end()
    const branch = await start(kept, join(dir, 'branches', 'b'))
    expect(await branch.command('GET', 'a')).toBe('old')
  })

  test('what cannot be kept before a flush is not deleted', async () => {
    const dir = newFolder()
    const r = await start(kept, dir)
    await r.command('SET', 'a', '1')
    writeFileSync(join(dir, 'checkpoints'), 'no folder')
    await expect(r.command('FLUSHALL')).rejects.toThrow('ERR Nothing was deleted')
    expect(await r.command('GET', 'a')).toBe('1')
    rmSync(join(dir, 'checkpoints'))
    expect(await r.command('FLUSHALL')).toBe('OK')
  })

  test('a checkpoint that cannot be linked is told of, and nothing is left of it', async () => {
    const dir = newFolder()
    let isFull = false
    const link = (from: string, to: string): void => {
      if (isFull) throw failure('ENOSPC')
      writeFileSync(to, readFileSync(from))
    }
    const r = await start(kept, dir, { disk: diskWith({ link }) })
    await r.command('SET', 'a', '1')
    if (kept === 'rdb') await r.command('SAVE')
    isFull = true
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')).rejects.toThrow('ERR the disk says ENOSPC')
    expect(readdirSync(join(dir, 'checkpoints'))).toEqual([])
    isFull = false
    await r.command('SET', 'a', '2')
    expect(await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')).toBe('OK')
  })

  test('when neither the checkpoint nor what was before can be loaded nobody sees keys, and the files keep them', async () => {
    const dir = newFolder()
    let isBroken = false
    const link = (from: string, to: string): void =>
      writeFileSync(to, isBroken ? Buffer.alloc(statSync(from).size, 'x') : readFileSync(from))
    const r = await start(kept, dir, { disk: diskWith({ link }) })
    await r.command('SET', 'a', 'then')
    if (kept === 'rdb') await r.command('SAVE')
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
    for (const file of filesUnder(join(dir, 'checkpoints'))) {
      if (!file.endsWith('.json') && !file.endsWith('.manifest'))
        writeFileSync(file, Buffer.alloc(statSync(file).size, 'x'))
    }
    isBroken = true
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')).rejects.toThrow('start it again (SHUTDOWN NOSAVE)')
    await expect(r.command('GET', 'a')).rejects.toThrow('LOADING')
    expect(await servers.at(-1)!.shutDown({ save: true })).toContain('the files have it')
    await end()
    const again = await start(kept, dir)
    expect(await again.command('GET', 'a')).toBe('then')
  })
})

test('a rewind whose manifest was replaced, but may not last, leaves the old data in memory and on disk', async () => {
  const dir = newFolder()
  let fails = 0
  const disk = {
    ...systemDisk,
    async replace(path: string, text: string) {
      await systemDisk.replace(path, text)
      // The record of a checkpoint whose files have been added up is replaced too, whenever that is.
      if (path.endsWith('.manifest') && fails > 0 && fails-- > 0) throw failure('EIO')
    },
  }
  const r = await start('aof', dir, { disk })
  await r.command('SET', 'a', 'then')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
  await r.command('SET', 'a', 'now')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'now') // So that the rewind itself has no file to end.
  fails = 1
  await expect(r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')).rejects.toThrow('The data is as it was before')
  expect(await r.command('GET', 'a')).toBe('now')
  await r.command('SET', 'b', '1')
  await end()
  const again = await start('aof', dir)
  expect(await again.command('MGET', 'a', 'b')).toEqual(['now', '1'])
  expect(await again.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')).toBe('OK')
  expect(await again.command('GET', 'a')).toBe('then')
})

test('a rewind on a disk that dies while the manifest is changed is given up, and no write is taken until it works', async () => {
  const dir = newFolder()
  let isDead = false
  const disk = {
    ...systemDisk,
    async replace(path: string, text: string) {
      await systemDisk.replace(path, text)
      if (isDead) throw failure('EIO')
    },
  }
  const r = await start('aof', dir, { disk })
  await r.command('SET', 'a', 'then')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
  await r.command('SET', 'a', 'now')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'now') // So that the rewind itself has no file to end.
  isDead = true
  await expect(r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')).rejects.toThrow('The data is as it was before')
  expect(await r.command('GET', 'a')).toBe('now')
  await expect(r.command('SET', 'a', 'lost')).rejects.toThrow('MISCONF')
  expect(await servers.at(-1)!.shutDown({})).toBe('Operation not permitted')
  isDead = false
  while (String(await r.command('INFO', 'persistence')).includes('aof_last_write_status:err')) {}
  await r.command('SET', 'b', '1')
  await end()
  const again = await start('aof', dir)
  expect(await again.command('MGET', 'a', 'b')).toEqual(['now', '1'])
})

test('links of a rewind that came to its end with the machine are gone after the next start, and nothing else is', async () => {
  const dir = newFolder()
  const r = await start('aof', dir)
  await r.command('SET', 'a', '1')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
  await r.command('SET', 'a', '2')
  await end()
  const folder = join(dir, 'appendonlydir')
  const files = readdirSync(folder).toSorted()
  const kept = join(dir, 'checkpoints', 'c', 'appendonlydir')
  linkSync(join(kept, 'appendonly.aof.1.base.rdb'), join(folder, 'appendonly.aof.2.base.rdb'))
  linkSync(join(kept, 'appendonly.aof.1.incr.aof'), join(folder, 'appendonly.aof.3.incr.aof'))
  writeFileSync(join(folder, 'appendonly.aof.4.incr.aof'), '')
  const others = ['appendonly.aof.9.incr.aof', 'notes', 'other.aof.3.incr.aof']
  for (const name of others) writeFileSync(join(folder, name), 'of somebody')
  const again = await start('aof', dir)
  expect(await again.command('GET', 'a')).toBe('2')
  expect(readdirSync(folder).toSorted()).toEqual([...files, ...others].toSorted())
})

test('bytes of a checkpoint that have become others are noticed, although they still are commands', async () => {
  const dir = newFolder()
  const r = await start('aof', dir)
  await r.command('SET', 'a', 'then')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
  await r.command('SET', 'a', 'now')
  const folder = join(dir, 'checkpoints', 'c')
  await untilAddedUp(r, folder)
  const file = join(folder, 'appendonlydir', 'appendonly.aof.1.incr.aof')
  const bytes = readFileSync(file, 'latin1')
  rmSync(file) // The server's own file has the same bytes.
  writeFileSync(file, bytes.replace('then', 'them'), 'latin1')
  await expect(r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')).rejects.toThrow('its checksum is wrong')
  await expect(r.command('KEYSTEAD.BRANCH', 'CREATE', 'b', 'FROM', 'c')).rejects.toThrow('its checksum is wrong')
  expect(await r.command('GET', 'a')).toBe('now')
  writeFileSync(file, bytes, 'latin1')
  expect(await r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')).toBe('OK')
  expect(await r.command('GET', 'a')).toBe('then')
})

/** What VERIFY tells of the files that are broken: name, problem, offset. */
async function broken(r: WireClient, name: string): Promise<unknown[]> {
  const checks = (await r.command('KEYSTEAD.CHECKPOINT', 'VERIFY', name)) as unknown[][]
  return checks.filter((check) => check[5] !== '').map((check) => [check[1], check[5], check[7]])
}

test('VERIFY says of each file of a checkpoint what is wrong with it and where', async () => {
  const dir = newFolder()
  const r = await start('aof', dir)
  await r.command('SET', 'a', 'then')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
  await r.command('SET', 'a', 'now')
  const folder = join(dir, 'checkpoints', 'c')
  await untilAddedUp(r, folder)
  expect(await broken(r, 'c')).toEqual([])
  const name = 'appendonlydir/appendonly.aof.1.incr.aof'
  const file = join(folder, name)
  const bytes = readFileSync(file, 'latin1')
  rmSync(file) // The server's own file has the same bytes.
  const put = (text: string): void => writeFileSync(file, text, 'latin1')
  const changed = 'has other bytes than when the checkpoint was made (its checksum is wrong)'
  put(bytes.replace('then', 'them'))
  expect(await broken(r, 'c')).toEqual([[name, changed, -1]])
  put(bytes.replace('*3', '*x'))
  const [[, problem, offset]] = (await broken(r, 'c')) as [[string, string, number]]
  expect([problem.slice(0, changed.length), offset]).toEqual([changed, bytes.indexOf('*3')])
  put(bytes.slice(0, -3))
  expect(await broken(r, 'c')).toEqual([
    [name, `has ${bytes.length - 3} bytes instead of ${bytes.length}`, bytes.length - 3],
  ])
  rmSync(file)
  expect(await broken(r, 'c')).toEqual([[name, 'is missing', -1]])
  expect(await r.command('GET', 'a')).toBe('now')
  await expect(r.command('KEYSTEAD.CHECKPOINT', 'VERIFY', 'd')).rejects.toThrow('ERR no such checkpoint')
})

test.each(['yes', 'no'])(
  'an RDB file of a checkpoint that is broken is told of, with rdbchecksum %s',
  async (rdbchecksum) => {
    const dir = newFolder()
    const r = await start('rdb', dir, {}, { rdbchecksum })
    await r.command('SET', 'a', 'then')
    await r.command('SET', 'b', 'then')
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
    const folder = join(dir, 'checkpoints', 'c')
    if (rdbchecksum === 'no') await untilAddedUp(r, folder)
    expect(await broken(r, 'c')).toEqual([])
    const file = join(folder, 'dump.rdb')
    const bytes = readFileSync(file)
    const at = bytes.indexOf('then')
    rmSync(file)
    writeFileSync(file, Buffer.concat([bytes.subarray(0, at), Buffer.from('them'), bytes.subarray(at + 4)]))
    expect(await broken(r, 'c')).toEqual([['dump.rdb', expect.stringContaining('checksum is wrong'), -1]])
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')).rejects.toThrow('checksum is wrong')
    await expect(r.command('KEYSTEAD.BRANCH', 'CREATE', 'b', 'FROM', 'c')).rejects.toThrow('checksum is wrong')
  },
)

test('a rewrite that is given up for DEBUG LOADAOF is made after it', async () => {
  const r = await start('aof', newFolder(), {}, { 'enable-debug-command': 'yes' })
  await r.command('SET', 'a', '1')
  r.send('BGREWRITEAOF')
  r.send('DEBUG', 'LOADAOF')
  expect(await r.receive()).toBe('Background append only file rewriting started')
  expect(await r.receive()).toBe('OK')
  while (!String(await r.command('INFO', 'persistence')).includes('aof_rewrites:1\r\n')) await r.command('PING')
  expect(await r.command('GET', 'a')).toBe('1')
})

interface SummedFile {
  readonly name: string
  readonly sum?: string
  readonly stamp?: string
}

/** What the record of a checkpoint says of its files. */
const summedFiles = (dir: string, name: string): readonly SummedFile[] =>
  JSON.parse(readFileSync(join(dir, 'checkpoints', name, 'checkpoint.json'), 'utf8')).files

test.each([
  { what: 'files that checkpoints share are added up once', isReplaced: false },
  { what: 'what was added up of a file is not believed of it when another has taken its place', isReplaced: true },
])('$what', async ({ isReplaced }) => {
  const dir = newFolder()
  const r = await start('aof', dir)
  await r.command('SET', 'a', '1')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'one')
  const folder = join(dir, 'checkpoints', 'one')
  await untilAddedUp(r, folder)
  const shared = 'appendonlydir/appendonly.aof.1.incr.aof'
  const first = summedFiles(dir, 'one').find(({ name }) => name === shared)
  // What is remembered is believed without a look: that is how to see that nobody has looked.
  await end()
  const wrong = '0123456789abcdef'
  const record = join(folder, 'checkpoint.json')
  writeFileSync(record, readFileSync(record, 'utf8').replace(first!.sum!, wrong))
  if (isReplaced) {
    const bytes = readFileSync(join(folder, shared))
    rmSync(join(folder, shared))
    writeFileSync(join(folder, shared), bytes)
  }
  const again = await start('aof', dir)
  await again.command('SET', 'a', '2')
  await again.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'two')
  await untilAddedUp(again, join(dir, 'checkpoints', 'two'))
  const second = summedFiles(dir, 'two').find(({ name }) => name === shared)
  expect(second).toMatchObject({ stamp: first!.stamp, sum: isReplaced ? first!.sum : wrong })
})

test('where the disk has no links, no file is taken for another one', async () => {
  const dir = newFolder()
  const link = (): never => {
    throw failure('EPERM')
  }
  const r = await start('aof', dir, { disk: diskWith({ link }) })
  await r.command('SET', 'a', '1')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
  await untilAddedUp(r, join(dir, 'checkpoints', 'c'))
  expect(summedFiles(dir, 'c').some(({ stamp }) => stamp !== undefined)).toBe(false)
})

test('a checkpoint can be deleted while its files are added up, and nobody looks for them then', async () => {
  const dir = newFolder()
  const { log, lines } = newLog()
  const r = await start('aof', dir, { log })
  await r.command('SET', 'long', Buffer.alloc(32 << 20))
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'before')
  await untilAddedUp(r, join(dir, 'checkpoints', 'before'))
  await r.command('SET', 'a', '1')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
  await r.command('KEYSTEAD.CHECKPOINT', 'DELETE', 'c')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'after')
  await untilAddedUp(r, join(dir, 'checkpoints', 'after'))
  expect(lines.filter((line) => line.includes('has no checksums yet'))).toEqual([])
})

test('a checkpoint before a flush that cannot be made is told of once in the log', async () => {
  const { log, lines } = newLog()
  let isFull = false
  const link = (from: string, to: string): void => {
    if (isFull) throw failure('ENOSPC')
    linkSync(from, to)
  }
  const r = await start('aof', newFolder(), { disk: diskWith({ link }), log })
  await r.command('SET', 'a', '1')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c') // So that the flush has no file to end.
  isFull = true
  await expect(r.command('FLUSHALL')).rejects.toThrow('ERR Nothing was deleted')
  expect(lines.filter((line) => line.includes('could not be made')).length).toBe(1)
})
