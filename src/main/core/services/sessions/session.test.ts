import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findPeer } from '../../../../../tests/support/peers.ts'
import {
  keysteadProgram,
  peerProgram,
  type ServerProcess,
  startServer,
} from '../../../../../tests/support/server-process.ts'
import { WireClient } from '../../../../../tests/support/wire-client.ts'
import { Session } from './session.ts'

const programs = [
  { name: 'Keystead', isThere: true, program: keysteadProgram },
  { name: 'redis70', isThere: findPeer('redis70') !== undefined, program: () => peerProgram('redis70') },
  { name: 'valkey91', isThere: findPeer('valkey91') !== undefined, program: () => peerProgram('valkey91') },
]

describe.for(programs.filter(({ isThere }) => isThere))('a session with $name', ({ name, program }) => {
  let server: ServerProcess
  let other: WireClient
  let session: Session
  beforeEach(async () => {
    server = await startServer(program(), { save: '3600 1000000' })
    other = await WireClient.open({ port: server.port })
    await other.command('SET', 'a', '1')
    session = new Session({
      sessionId: 's',
      target: { connection: 'c' },
      name: 'test',
      environment: 'development',
      address: async () => ({ endpoint: { kind: 'tcp', host: '127.0.0.1', port: server.port }, db: 0 }),
      now: Date.now,
      onState: () => undefined,
    })
    await session.open()
    await session.askStatus()
  })
  afterEach(async () => {
    session.close()
    await other.close()
    await server.stop()
  })
  const replaced = async (): Promise<number> => {
    await session.askStatus()
    return session.state().dataReplaced
  }

  test('tells that others emptied the server, and nothing of what they only wrote', async () => {
    await other.command('DEL', 'a')
    expect(await replaced()).toBe(0)
    await other.command('SET', 'a', '1')
    await other.command('FLUSHALL')
    expect(await replaced()).toBe(1)
    expect(await replaced()).toBe(1)
  })

  test('tells of FLUSHDB only where it was the database that is looked at', async () => {
    await other.command('SELECT', '1')
    await other.command('SET', 'b', '1')
    await other.command('FLUSHDB')
    expect(await replaced()).toBe(0)
    await other.command('SELECT', '0')
    await other.command('FLUSHDB')
    expect(await replaced()).toBe(1)
  })

  // No other server has one.
  test.skipIf(name !== 'Keystead')('tells of a rewind', async () => {
    await other.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'then')
    await other.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'then')
    expect(await replaced()).toBe(1)
  })
})
