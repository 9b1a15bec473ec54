/*
 * What commands leave behind to be repeated, seen through an engine with every
 * command and a clock that stands still until it is turned.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { Log } from './base/log.ts'
import { NO_ORIGIN, NOWHERE } from './base/session.ts'
import { Slice } from './base/slice.ts'
import { COMMANDS } from './commands/index.ts'
import { Config } from './config/config.ts'
import type { Client } from './exec/client.ts'
import { Engine } from './exec/engine.ts'
import { ServerContext } from './exec/server-context.ts'
import { CommandTable } from './exec/table.ts'
import { Keyspace } from './keyspace/keyspace.ts'

const START = 1_700_000_000_000

let time: number
let engine: Engine
let client: Client
let units: string[]

function open(): Client {
  return engine.openClient(NOWHERE, NO_ORIGIN)
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
  const clock = { now: () => time, micros: () => time * 1000, monotonic: () => time, wallAt: () => time }
  const config = new Config()
  const keyspace = new Keyspace({ clock, databases: 4, limits: config.limits })
  const log = new Log({ write() {} }, clock)
  const server = new ServerContext({
    keyspace,
    config,
    log,
    clock,
    commands: new CommandTable(COMMANDS),
    runId: '0'.repeat(40),
  })
  server.checkpoints = { ...server.checkpoints, beforeFlush: () => undefined }
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

/** What is kept of the last of these commands; each before it is only to make the keys. */
function kept(...lines: readonly string[]): string {
  for (const line of lines.slice(0, -1)) run(line)
  return run(lines.at(-1)!).join(' || ')
}

const LATER = START + 100_000

describe('what depends on the time is kept as a time', () => {
  test.each([
    ['SET a 1 EX 100', `SET a 1 PXAT ${LATER}`],
    ['SET a 1 PX 100000 GET', `SET a 1 PXAT ${LATER}`],
    ['SET a 1 KEEPTTL', 'SET a 1 KEEPTTL'],
    ['SET start 2 IFEQ 1', 'SET start 2'],
    ['SETEX a 100 1', `SET a 1 PXAT ${LATER}`],
    ['PSETEX a 100000 1', `SET a 1 PXAT ${LATER}`],
    ['MSETEX 2 a 1 b 2', 'MSET a 1 b 2'],
    ['MSETEX 1 a 1 EX 100', `SET a 1 PXAT ${LATER}`],
    ['GETEX start EX 100', `PEXPIREAT start ${LATER}`],
    ['GETEX start EXAT 1', 'DEL start'],
    ['GETEX start', ''],
    ['GETDEL start', 'DEL start'],
    ['DELIFEQ start 1', 'DEL start'],
    ['EXPIRE start 100', `PEXPIREAT start ${LATER}`],
    ['EXPIRE start 100 XX', ''],
    ['PEXPIRE start -1', 'DEL start'],
    ['INCRBYFLOAT start 0.5', 'SET start 1.5 KEEPTTL'],
  ])('%s', (line, expected) => {
    expect(run(line).join(' || ')).toBe(expected)
  })

  test('fields of hashes', () => {
    run('HSET h a 1 b 2 c 3')
    expect(kept('HEXPIRE h 100 FIELDS 3 a x b')).toBe(`HPEXPIREAT h ${LATER} FIELDS 2 a b`)
    expect(kept('HPEXPIRE h 0 NX FIELDS 2 a c')).toBe('HDEL h c')
    expect(kept('HGETEX h PERSIST FIELDS 2 x b')).toBe('HPERSIST h FIELDS 1 b')
    expect(kept('HSETEX h EX 100 FIELDS 1 b 5')).toBe(`HSETEX h PXAT ${LATER} FIELDS 1 b 5`)
    expect(kept('HSETEX h KEEPTTL FIELDS 2 b 6 n 7')).toBe('MULTI | HSET h n 7 | HSETEX h KEEPTTL FIELDS 1 b 6 | EXEC')
    expect(kept('HINCRBYFLOAT h b 0.5')).toBe('HSETEX h KEEPTTL FIELDS 1 b 6.5')
    expect(kept('HINCRBYFLOAT h n 0.5')).toBe('HSET h n 7.5')
    expect(kept('HGETDEL h FIELDS 2 x b')).toBe('HDEL h b')
  })

  test('a field whose time has come counts as none, though it is still there when the command is repeated', () => {
    run('HSET h a 1 keep 1')
    run(`HPEXPIREAT h ${START + 1} FIELDS 1 a`)
    time += 10
    expect(kept('HDEL h a x')).toBe('')
    expect(kept('HINCRBY h a 5')).toBe('HSET h a 5')
  })
})

describe('what depends on chance or on who waits is kept as what came of it', () => {
  test('SPOP keeps what it took', () => {
    run('SADD s a')
    expect(kept('SPOP s')).toBe('SREM s a')
    run('SADD s a b c')
    expect(kept('SPOP s 2')).toMatch(/^SREM s [abc] [abc]$/)
    run('SADD s a b c')
    expect(kept('SPOP s 3')).toBe('DEL s')
  })

  test('taking from the first of several keys names that one', () => {
    run('RPUSH l a b c d e f')
    run('ZADD z 1 a 2 b 3 c 4 d')
    expect(kept('LMPOP 2 no l RIGHT COUNT 2')).toBe('RPOP l 2')
    expect(kept('BLMPOP 0 2 no l LEFT')).toBe('LPOP l 1')
    expect(kept('BLPOP no l 0')).toBe('LPOP l')
    expect(kept('BLMOVE l m LEFT RIGHT 0')).toBe('LMOVE l m LEFT RIGHT')
    expect(kept('BRPOPLPUSH l m 0')).toBe('LMOVE l m RIGHT LEFT')
    expect(kept('ZMPOP 2 no z MAX COUNT 2')).toBe('ZPOPMAX z 2')
    expect(kept('BZPOPMIN no z 0')).toBe('ZPOPMIN z')
  })

  test('a client that waited is kept by what it took', () => {
    run('BLPOP list 0', open())
    expect(run('RPUSH list a b')).toEqual(['RPUSH list a b', 'LPOP list'])
  })

  test('a string that has grown is kept even if nothing was written to it', () => {
    const line = 'BITFIELD b OVERFLOW FAIL SET u5 40 100'
    expect(kept(line)).toBe(line)
  })

  test('a flush is kept even if there is nothing to flush', () => {
    run('FLUSHALL')
    expect(kept('FLUSHALL')).toBe('FLUSHALL')
    expect(kept('FLUSHDB ASYNC')).toBe('FLUSHDB ASYNC')
  })
})

describe('streams', () => {
  test('an entry is kept with its id, and trimming by the length that is left', () => {
    expect(kept('XADD x * f v')).toBe(`XADD x ${START}-0 f v`)
    expect(kept('XADD x 1-1 f v')).toBe('')
    expect(kept('XADD x MAXLEN 1 * f v')).toBe(`XADD x MAXLEN = 1 ${START}-1 f v`)
    expect(kept('XADD x MAXLEN ~ 1 * f v')).toBe(`XADD x ${START}-2 f v`)
    expect(kept('XTRIM x MAXLEN ~ 1')).toBe('')
    run('CONFIG SET stream-node-max-entries 1')
    run('XADD y 1-1 f v')
    run('XADD y 2-1 f v')
    expect(kept('XTRIM y MINID ~ 2')).toBe('XTRIM y MAXLEN = 1')
  })

  test('a trimming that a real server made exact may have a limit when it is repeated', () => {
    run('XADD x 1-1 f v')
    run('XADD x 2-1 f v')
    expect(kept('XTRIM x MAXLEN = 0 LIMIT 10')).toBe('')
    engine.server.keyspace.isReplaying = true
    expect(kept('XTRIM x MAXLEN = 0 LIMIT 10')).toBe('XTRIM x MAXLEN = 0 LIMIT 10')
  })

  test('what a consumer was given is kept as a claim', () => {
    for (const id of ['1-1', '2-1', '3-1']) run(`XADD y ${id} f v`)
    run('XGROUP CREATE y g 0')
    expect(kept('XREADGROUP GROUP g c COUNT 2 STREAMS y >')).toBe(
      'MULTI | XGROUP CREATECONSUMER y g c' +
        ` | XCLAIM y g c 0 1-1 2-1 TIME ${START} RETRYCOUNT 1 FORCE JUSTID` +
        ' | XGROUP SETID y g 2-1 ENTRIESREAD 2 | EXEC',
    )
    expect(kept('XREADGROUP GROUP g c NOACK STREAMS y >')).toBe('XGROUP SETID y g 3-1 ENTRIESREAD 3')
    expect(kept('XREADGROUP GROUP g c STREAMS y >')).toBe('')
    expect(kept('XREADGROUP GROUP g c STREAMS y 1-1')).toBe(
      `XCLAIM y g c 0 2-1 TIME ${START} RETRYCOUNT 2 FORCE JUSTID`,
    )
    run('XDEL y 1-1')
    expect(kept('XAUTOCLAIM y g c 0 0')).toBe(
      `MULTI | XACK y g 1-1 | XCLAIM y g c 0 2-1 TIME ${START} RETRYCOUNT 3 FORCE JUSTID | EXEC`,
    )
    expect(kept('XCLAIM y g c 0 3-1')).toBe('')
    expect(kept('XCLAIM y g c 0 3-1 FORCE IDLE 10')).toBe(
      `XCLAIM y g c 0 3-1 TIME ${START - 10} RETRYCOUNT 2 FORCE JUSTID`,
    )
  })
})
