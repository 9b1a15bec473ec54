/*
 * The time that commands are said to have taken, by a clock that stands still
 * until it is turned.
 */
import { beforeEach, expect, test } from 'vitest'
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

let time: number
let commands: CommandTable
let engine: Engine
let client: Client

beforeEach(() => {
  time = 1000
  const clock = { now: () => time, micros: () => time * 1000, monotonic: () => time, wallAt: () => time }
  commands = new CommandTable(COMMANDS)
  const config = new Config()
  engine = new Engine(
    new ServerContext({
      keyspace: new Keyspace({ clock }),
      config,
      commands,
      log: new Log({ write() {} }, clock),
      clock,
      runId: '0'.repeat(40),
    }),
  )
  client = engine.openClient(NOWHERE, NO_ORIGIN)
})

/** Runs commands that arrived together, each of which comes to its end so many milliseconds after what was before it. */
function pipeline(...lines: readonly [line: string, tookMs: number][]): void {
  engine.begin(client)
  for (const [line, tookMs] of lines) {
    const argv = line.split(' ').map(Slice.of)
    engine.execute(client, argv, argv.length)
    time += tookMs
  }
  engine.finish(client)
}

function timeOf(name: string): { calls: number; ms: number } {
  const { calls, microseconds } = commands.find(Slice.of(name))!
  return { calls, ms: microseconds / 1000 }
}

test('the time of brief commands of one name that arrive together is that name’s', () => {
  pipeline(['HSET key a 1', 2], ['HSET key b 1', 3], ['HGET key a', 4], ['HSET key a 1', 5])
  expect(timeOf('hset')).toEqual({ calls: 3, ms: 10 })
  expect(timeOf('hget')).toEqual({ calls: 1, ms: 4 })
})

test('the time between two batches is nobody’s', () => {
  pipeline(['HGET key a', 2])
  time += 1000
  pipeline(['HGET key a', 3])
  expect(timeOf('hget')).toEqual({ calls: 2, ms: 5 })
})

test('the time of a brief command ends where one begins that is not', () => {
  pipeline(['HGET key a', 2], ['KEYS *', 7], ['HGET key a', 3])
  expect(timeOf('hget').ms + timeOf('keys').ms).toBe(12)
  expect(timeOf('hget').calls).toBe(2)
})
