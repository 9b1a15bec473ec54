import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { findPeer } from '../../../../../tests/support/peers.ts'
import { freePort } from '../../../../../tests/support/ports.ts'
import { peerProgram, startServer } from '../../../../../tests/support/server-process.ts'
import type { LocalDatabase } from '../../../../shared/contract/databases.ts'
import { FailureError } from '../../../../shared/contract/failure.ts'
import { EventHub } from '../../events.ts'
import type { DatabaseProcessListener, ProcessHost } from '../../host.ts'
import { Notices } from '../notices.ts'
import { DatabasesService } from './databases.ts'
import { listeningInodes } from './port-owner.ts'
import { isFromDatabase, type ToDatabase } from './protocol.ts'

/** Processes that do nothing by themselves: the test is what they say. */
class ScriptedProcesses implements ProcessHost {
  readonly started: { readonly listener: DatabaseProcessListener; readonly told: ToDatabase[]; killed: boolean }[] = []
  /** What a process does when it is told something. By default it serves, and stops when asked. */
  behave = (message: ToDatabase, listener: DatabaseProcessListener): void => {
    if (message.type === 'start') listener.message({ type: 'ready', port: message.port, pid: 4711 })
    else listener.exit({ code: 0, signal: null, output: '' })
  }

  start(listener: DatabaseProcessListener) {
    const process = { listener, told: [] as ToDatabase[], killed: false }
    this.started.push(process)
    return {
      send: (message: ToDatabase) => {
        process.told.push(message)
        queueMicrotask(() => this.behave(message, listener))
      },
      kill: () => {
        process.killed = true
        listener.exit({ code: null, signal: 'SIGKILL', output: '' })
      },
    }
  }
}

let dir: string
let events: EventHub
let processes: ScriptedProcesses
let notices: Notices
let now: number
let defaultPort: number
const listeners: Server[] = []

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'keystead-databases-'))
  events = new EventHub()
  processes = new ScriptedProcesses()
  now = 1_000_000
  notices = new Notices(events, () => now)
  defaultPort = await freePort()
})
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close()
  rmSync(dir, { recursive: true, force: true })
})

const load = () => DatabasesService.load({ dataDir: dir, events, processes, notices, defaultPort })
const create = async (service: DatabasesService, name = 'cache') =>
  service.create({ name, port: await freePort(), autoStart: true, start: true })

function occupy(port: number): Promise<void> {
  const listener = createServer((socket) => socket.destroy())
  listeners.push(listener)
  return new Promise((resolve) => listener.listen(port, '127.0.0.1', resolve))
}

describe('the first run', () => {
  test('creates a database on the default port and starts it', async () => {
    const service = await load()
    await service.startAll()
    expect(service.list()).toMatchObject([
      { name: 'local', port: defaultPort, status: 'running', autoStart: true, pid: 4711 },
    ])
    const [database] = service.list()
    expect(processes.started[0]?.told[0]).toEqual({
      type: 'start',
      port: defaultPort,
      bind: '127.0.0.1',
      dir: database?.dir,
      name: 'local',
      options: { appendonly: 'yes', 'aof-timestamp-enabled': 'yes' },
    })
    expect(existsSync(database?.dir as string)).toBe(true)
  })

  test('takes the next port when the default one is taken, and says by whom', async () => {
    await occupy(defaultPort)
    const service = await load()
    await service.startAll()
    const [database] = service.list()
    expect(database).toMatchObject({ status: 'running' })
    expect(database?.port).toBeGreaterThan(defaultPort)
    expect(notices.list).toMatchObject([
      { level: 'warning', message: expect.stringContaining(`Port ${defaultPort} is taken by`) },
    ])
    if (process.platform === 'linux') expect(notices.list[0]?.message).toContain(`process ${process.pid}`)
  })

  test('is not repeated: a database that was removed stays away', async () => {
    const service = await load()
    await service.startAll()
    await service.remove(service.list()[0]?.id as string, false, undefined)
    const later = await load()
    await later.startAll()
    expect(later.list()).toEqual([])
  })
})

describe('a database', () => {
  test('is started, watched and stopped, and every change is announced', async () => {
    const service = await load()
    const seen: string[] = []
    events.listen((frame) => {
      if (frame.name === 'databases.changed')
        seen.push(frame.payload.map(({ status, keys }) => `${status} ${keys ?? '-'}`).join())
    })
    const { id } = await create(service)
    processes.started[0]?.listener.message({ type: 'stats', keys: 12, usedMemory: 3_000, clients: 2, opsPerSec: 5 })
    expect(service.get(id)).toMatchObject({ status: 'running', keys: 12, memoryUsed: 3_000, clients: 2, opsPerSec: 5 })
    await vi.waitFor(() => expect(seen.at(-1)).toBe('running 12'))
    const stopped = await service.stop(id)
    expect(stopped.status).toBe('stopped')
    expect(stopped.keys).toBeUndefined()
    expect(processes.started[0]?.told[1]).toEqual({ type: 'stop' })
    await vi.waitFor(() => expect(seen.at(-1)).toBe('stopped -'))
  })

  test('starts again with the app when it is meant to', async () => {
    const first = await load()
    const a = await create(first, 'a')
    const b = await first.create({ name: 'b', port: await freePort(), autoStart: false, start: false })
    await first.stopAll()
    const second = await load()
    await second.startAll()
    expect([second.get(a.id).status, second.get(b.id).status]).toEqual(['running', 'stopped'])
  })

  test('says who has its port, and starts on the next one when told to', async () => {
    const service = await load()
    const { id, port } = await service.create({ name: 'x', port: await freePort(), autoStart: true, start: false })
    await occupy(port)
    const failure = await service.start(id).then(
      () => undefined,
      (error: FailureError) => error.failure,
    )
    expect(failure).toMatchObject({ code: 'PORT_TAKEN', port: { port } })
    expect(failure?.hint).toContain(String(failure?.port?.nextFree))
    if (process.platform === 'linux') expect(failure?.port).toMatchObject({ pid: process.pid })
    expect(service.get(id)).toMatchObject({ status: 'failed', failure: { code: 'PORT_TAKEN' } })
    expect(processes.started.length).toBe(0)
    const nextFree = failure?.port?.nextFree as number
    expect(await service.start(id, nextFree)).toMatchObject({ status: 'running', port: nextFree })
    expect((await load()).get(id).port).toBe(nextFree)
  })

  test.runIf(findPeer('redis70'))('knows a Redis that has its port', async () => {
    const server = await startServer(peerProgram('redis70'))
    try {
      const service = await load()
      const { id } = await service.create({ name: 'x', port: server.port, autoStart: false, start: false })
      await expect(service.start(id)).rejects.toMatchObject({
        failure: { code: 'PORT_TAKEN', port: { server: 'redis', version: '7.0.15', pid: server.pid } },
      })
    } finally {
      await server.stop()
    }
  })

  test.runIf(findPeer('redis70'))('knows one that asks for a password', async () => {
    const server = await startServer(peerProgram('redis70'), { requirepass: 'x' })
    try {
      const service = await load()
      const { id } = await service.create({ name: 'x', port: server.port, autoStart: false, start: false })
      await expect(service.start(id)).rejects.toMatchObject({
        failure: { code: 'PORT_TAKEN', port: { server: expect.stringContaining('password') } },
      })
    } finally {
      await server.stop()
    }
  })

  test('reports what its process says about a failed start', async () => {
    processes.behave = (message, listener) => {
      if (message.type === 'stop') listener.exit({ code: 0, signal: null, output: '' })
      else listener.message({ type: 'failed', code: 'BAD_FILE', message: 'Bad file format reading the RDB' })
    }
    const service = await load()
    await expect(create(service)).rejects.toMatchObject({
      failure: { code: 'DATABASE_FAILED', detail: 'Bad file format reading the RDB' },
    })
    expect(service.list()).toMatchObject([{ status: 'failed', failure: { detail: 'Bad file format reading the RDB' } }])
    processes.behave = (_message, listener) => listener.message({ type: 'ready', port: 1, pid: 1 })
    expect(await service.start(service.list()[0]?.id as string)).toMatchObject({
      status: 'running',
      failure: undefined,
    })
  })

  test('reports a process that ends before it serves, with its last words', async () => {
    processes.behave = (_message, listener) => listener.exit({ code: 3, signal: null, output: 'out of luck\n' })
    await expect(create(await load())).rejects.toMatchObject({
      failure: { message: "The database's process ended with code 3.", detail: 'out of luck' },
    })
  })

  test('that a client shuts down has stopped, and did not crash', async () => {
    const service = await load()
    const { id } = await create(service)
    processes.started[0]?.listener.exit({ code: 0, signal: null, output: '' })
    expect(service.get(id).status).toBe('stopped')
    expect([processes.started.length, notices.list.length]).toEqual([1, 0])
  })

  test('that crashes is started again, once a minute at most', async () => {
    const service = await load()
    const { id } = await create(service)
    const crash = () => processes.started.at(-1)?.listener.exit({ code: null, signal: 'SIGSEGV', output: '' })
    crash()
    await vi.waitFor(() => expect(service.get(id).status).toBe('running'))
    expect(notices.list).toMatchObject([
      { message: expect.stringContaining('SIGSEGV'), hint: expect.stringContaining('again') },
    ])
    now += 59_000
    crash()
    expect(service.get(id)).toMatchObject({ status: 'failed', failure: { code: 'DATABASE_FAILED' } })
    await service.start(id)
    now += 61_000
    crash()
    await vi.waitFor(() => expect(service.get(id).status).toBe('running'))
    expect(processes.started.length).toBe(4)
  })

  test('keeps its data when removed, unless its name is typed', async () => {
    const service = await load()
    const { id, dir: folder } = await create(service)
    writeFileSync(join(folder, 'dump.rdb'), 'data')
    await expect(service.remove(id, true, undefined)).rejects.toMatchObject({
      failure: { code: 'CONFIRMATION_REQUIRED' },
    })
    await expect(service.remove(id, true, 'cash')).rejects.toThrow(FailureError)
    expect(service.get(id).status).toBe('running')
    expect(await service.remove(id, false, undefined)).toEqual({ dataLeftIn: folder })
    expect(existsSync(join(folder, 'dump.rdb'))).toBe(true)

    const other = await create(service, 'other')
    expect(await service.remove(other.id, true, 'other')).toEqual({})
    expect(existsSync(other.dir)).toBe(false)
  })

  test('is reached where it runs, and nowhere while it does not', async () => {
    const service = await load()
    const { id, port } = await create(service)
    expect(service.address(id)).toEqual({ endpoint: { kind: 'tcp', host: '127.0.0.1', port }, db: 0 })
    await service.stop(id)
    expect(() => service.address(id)).toThrow('cache is not running')
  })

  test('needs a name of its own', async () => {
    const service = await load()
    const { id } = await create(service, 'a')
    await create(service, 'b')
    await expect(create(service, 'a')).rejects.toThrow('named a already')
    await expect(service.update({ id, name: 'b' })).rejects.toThrow('named b already')
    expect(await service.update({ id, name: 'c' })).toMatchObject({ name: 'c' })
  })

  test('is not started twice at once', async () => {
    processes.behave = () => undefined
    const service = await load()
    const { id } = await service.create({ name: 'x', port: await freePort(), autoStart: false, start: false })
    // Which of the two comes first is up to the system: both look at the port before.
    const both = Promise.allSettled([service.start(id), service.start(id)])
    await vi.waitFor(() => expect(processes.started.length).toBe(1))
    processes.started[0]?.listener.message({ type: 'ready', port: 1, pid: 1 })
    const outcomes = await both
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(processes.started.length).toBe(1)
  })

  test('that will not stop is ended', async () => {
    const service = await load()
    const { id } = await create(service)
    processes.behave = () => undefined
    vi.useFakeTimers()
    try {
      const stopped = service.stop(id)
      await vi.advanceTimersByTimeAsync(30_000)
      expect(await stopped).toMatchObject({ status: 'stopped' })
      expect(processes.started[0]?.killed).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a branch of a database', () => {
  /** As the server makes one. */
  const branchOf = (database: LocalDatabase, name: string): string => {
    const folder = join(database.dir, 'branches', name)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  test('becomes a database with its data where the branch is, now and after a restart', async () => {
    const service = await load()
    const parent = await create(service)
    const folder = branchOf(parent, 'try 1')
    const branch = { of: parent.id, name: 'try 1' }
    const made = await service.create({ name: 'try', autoStart: false, start: true, branch })
    expect(made).toMatchObject({ status: 'running', dir: folder, branch })
    expect(made.port).not.toBe(parent.port)
    expect(processes.started.at(-1)?.told[0]).toMatchObject({ type: 'start', dir: folder })
    expect((await load()).get(made.id)).toMatchObject({ dir: folder, branch })
    expect(service.onBranch(parent.id, 'try 1')?.id).toBe(made.id)
  })

  test('can be one database only, and must be there', async () => {
    const service = await load()
    const parent = await create(service)
    branchOf(parent, 'one')
    const make = (name: string, branch: string) =>
      service.create({ name, autoStart: false, start: false, branch: { of: parent.id, name: branch } })
    await make('first', 'one')
    await expect(make('second', 'one')).rejects.toThrow('first has its data there already')
    await expect(make('second', 'ONE')).rejects.toThrow('first has its data there already')
    await expect(make('second', 'two')).rejects.toThrow('no branch two')
    expect(service.list().map(({ name }) => name)).toEqual(['cache', 'first'])
  })

  test('keeps the data of its origin from being deleted, and goes with its own', async () => {
    const service = await load()
    const parent = await create(service)
    const folder = branchOf(parent, 'one')
    const branch = { of: parent.id, name: 'one' }
    const made = await service.create({ name: 'first', autoStart: false, start: false, branch })
    await expect(service.remove(parent.id, true, 'cache')).rejects.toThrow('The data of first is in its folder')
    expect(service.get(parent.id).status).toBe('running')
    await service.remove(made.id, true, 'first')
    expect(existsSync(folder)).toBe(false)
    expect(await service.remove(parent.id, true, 'cache')).toEqual({})
  })

  test('outlives the list entry of its origin', async () => {
    const service = await load()
    const parent = await create(service)
    const folder = branchOf(parent, 'one')
    const branch = { of: parent.id, name: 'one' }
    const { id } = await service.create({ name: 'first', autoStart: false, start: false, branch })
    await service.remove(parent.id, false, undefined)
    expect(await (await load()).start(id)).toMatchObject({ status: 'running', dir: folder })
  })

  test('whose folder is gone does not start anew and empty', async () => {
    const service = await load()
    const parent = await create(service)
    const folder = branchOf(parent, 'one')
    const branch = { of: parent.id, name: 'one' }
    const { id } = await service.create({ name: 'first', autoStart: false, start: false, branch })
    rmSync(folder, { recursive: true })
    await expect(service.start(id)).rejects.toThrow('The folder of this branch is gone')
    expect(service.get(id)).toMatchObject({ status: 'failed', failure: { detail: folder } })
    expect(existsSync(folder)).toBe(false)
  })
})

test('a list of databases that is garbage is set aside', async () => {
  writeFileSync(join(dir, 'databases.json'), '[1,2')
  const service = await load()
  expect(service.list()).toEqual([])
  expect(readdirSync(dir).some((name) => name.startsWith('databases.json.broken-'))).toBe(true)
  expect(notices.list.length).toBe(1)
})

test('messages of a database process are checked', () => {
  expect(isFromDatabase({ type: 'ready', port: 1, pid: 2 })).toBe(true)
  for (const x of [
    null,
    'ready',
    { type: 'ready' },
    { type: 'failed', code: 1 },
    { type: 'stats', keys: Number.NaN },
    { type: 'x' },
  ]) {
    expect(isFromDatabase(x)).toBe(false)
  }
})

test('listeners are found in the table of the system, whatever is in it', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100 0 0 10 0
   1: 0100007F:18EB 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0 20 4 30 10 -1
garbage`
  expect(listeningInodes(table, 6379)).toEqual(['socket:[4242]'])
  expect(listeningInodes(table, 6380)).toEqual([])
  expect(listeningInodes('', 6379)).toEqual([])
})
