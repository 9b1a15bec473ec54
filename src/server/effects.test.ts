/*
 * What commands leave behind to be repeated, seen through an engine with every
 * command and a clock that stands still until it is turned.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { Log } from './base/log.ts'
import type { Sink } from './base/session.ts'
import { Slice } from './base/slice.ts'
import { COMMANDS } from './commands/index.ts'
import { Config } from './config/config.ts'
import type { Client } from './exec/client.ts'
import { Engine } from './exec/engine.ts'
import { ServerContext } from './exec/server-context.ts'
import { CommandTable } from './exec/table.ts'
import { Keyspace } from './keyspace/keyspace.ts'

const START = 1_700_000_000_000
const ORIGIN = { address: '', localAddress: '', isUnixSocket: false, isLocal: true, fd: -1 }

let time: number
let engine: Engine
let client: Client
let units: string[]

function open(): Client {
  const sink: Sink = {
    send: () => true,
    end() {},
    destroy() {},
    resume() {},
    pendingBytes: () => 0,
    queryBytes: () => 0,
  }
  return engine.openClient(sink, ORIGIN)
}

/** The commands of a unit as lines of words. */
function words(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1')
  const lines: string[] = []
  let at = 0
  const line = (): string => {
    const end = text.indexOf('\r\n', at)
    const found = text.slice(at, end)
    at = end + 2
    return found
  }
  while (at < text.length) {
    const count = Number(line().slice(1))
    const command: string[] = []
    for (let i = 0; i < count; i++) {
      const size = Number(line().slice(1))
      command.push(text.slice(at, at + size))
      at += size + 2
    }
    lines.push(command.join(' '))
  }
  return lines.join(' | ')
}

/** Runs one command, and answers the units that it has left. */
function run(line: string, by = client): string[] {
  units.length = 0
  const argv = line.split(' ').map(Slice.of)
  engine.begin(by)
  engine.execute(by, argv, argv.length)
  engine.finish(by)
  return [...units]
}

beforeEach(() => {
  time = START
  units = []
  const clock = { now: () => time, micros: () => time * 1000, monotonic: () => time }
  const keyspace = new Keyspace({ clock, databases: 4 })
  const config = new Config()
  const log = new Log({ write() {} }, clock)
  const server = new ServerContext({
    keyspace,
    config,
    log,
    clock,
    commands: new CommandTable(COMMANDS),
    runId: '0'.repeat(40),
  })
  engine = new Engine(server)
  client = open()
  server.effects.sink = {
    append(bytes, size) {
      units.push(words(bytes.subarray(0, size)))
    },
  }
  run('SET start 1')
})

describe('what is kept', () => {
  test('a command that changed something is kept as it was sent', () => {
    expect(run('sEt a 1')).toEqual(['sEt a 1'])
    expect(run('SADD s x y')).toEqual(['SADD s x y'])
  })

  test('a command that changed nothing is not kept', () => {
    run('SADD s x')
    for (const line of ['SADD s x', 'GET start', 'DEL nosuch', 'INCR s', 'PERSIST start']) expect(run(line)).toEqual([])
  })

  test('the database is selected when it is another one than before', () => {
    run('SELECT 2')
    expect(run('SET a 1')).toEqual(['SELECT 2 | SET a 1'])
    expect(run('SET a 2')).toEqual(['SET a 2'])
    engine.server.effects.forgetDatabase()
    expect(run('SET a 3')).toEqual(['SELECT 2 | SET a 3'])
  })

  test('nothing is kept while there is nobody to keep it', () => {
    engine.server.effects.sink = undefined
    expect(run('SET a 1')).toEqual([])
  })

  test('a big value and all bytes come through', () => {
    const value = '\0\r\n\xff'.repeat(500_000)
    expect(run(`SET a ${value}`)).toEqual([`SET a ${value}`])
    expect(run('SET a 1')).toEqual(['SET a 1'])
  })
})

describe('units', () => {
  test('a transaction is one unit, without the commands that changed nothing', () => {
    for (const line of ['MULTI', 'SET a 1', 'GET a', 'SELECT 1', 'SET b 2']) expect(run(line)).toEqual([])
    expect(run('EXEC')).toEqual(['MULTI | SET a 1 | SELECT 1 | SET b 2 | EXEC'])
  })

  test('a transaction with one change needs no MULTI, and one without any leaves nothing', () => {
    for (const line of ['MULTI', 'SET a 1', 'GET a']) run(line)
    expect(run('EXEC')).toEqual(['SET a 1'])
    for (const line of ['MULTI', 'GET a']) run(line)
    expect(run('EXEC')).toEqual([])
  })

  test('each waiting client that is served is a unit of its own', () => {
    const [first, second] = [open(), open()]
    run('BLPOP list 0', first)
    run('BLPOP list 0', second)
    expect(run('RPUSH list a b c')).toHaveLength(3)
  })
})

describe('what goes by itself', () => {
  test('a key whose time has come is deleted before the effect of the command that came across it', () => {
    run('SET a 1')
    run('PEXPIREAT a 1700000000100')
    time += 200
    expect(run('APPEND a x')).toEqual(['MULTI | DEL a | APPEND a x | EXEC'])
  })

  test('a key whose time has come is deleted by a command that only reads', () => {
    run('SET a 1')
    run('PEXPIREAT a 1700000000100')
    time += 200
    expect(run('GET a')).toEqual(['DEL a'])
  })

  test('each key that the active cycle deletes is a unit of its own', () => {
    for (const key of ['a', 'b']) {
      run(`SET ${key} 1`)
      run(`PEXPIREAT ${key} 1700000000100`)
    }
    time += 200
    units.length = 0
    engine.server.keyspace.now = time
    engine.server.keyspace.activeExpire(1)
    expect(units.sort()).toEqual(['DEL a', 'DEL b'])
  })

  test('an evicted key is deleted before the command that needed the room', () => {
    run('CONFIG SET maxmemory-policy allkeys-random')
    const { config, keyspace } = engine.server
    config.change([['maxmemory', String(keyspace.memory.usedBytes - 1)]])
    units.length = 0
    engine.server.makeRoom()
    expect(units).toEqual(['DEL start'])
  })
})
