/*
 * The harness of the wire tests: `withServer(config)` gives a describe block a
 * server with that configuration and a `connect` for its tests. Without more,
 * the server is Keystead from source.
 *
 *   ORACLE=valkey91       the same tests against a real server found on this
 *                         machine (peers.ts), started as Keystead's would be
 *   ORACLE=host:port      against a server somebody else runs: its data is
 *                         FLUSHED, its configuration set and put back
 *
 * Every test starts with an empty server; servers are shared by the blocks of
 * one file that ask for the same configuration. What an oracle cannot do is
 * said by `needs`, and the test is then reported as skipped with the reason.
 */
import { afterAll, afterEach, beforeAll, beforeEach, type TestContext } from 'vitest'
import { isPeerName } from './peers.ts'
import {
  keysteadProgram,
  peerProgram,
  type ServerProcess,
  ServerRefusedToStart,
  startServer,
} from './server-process.ts'
import { WireClient } from './wire-client.ts'

/** What a test expects that not every server has. Keystead is held to all of it. */
export interface Needs {
  /** Commands by name, a subcommand as `object|freq`. */
  readonly commands?: readonly string[]
  /** The first version of each kind that has it; a kind that is not named never has it. */
  readonly since?: { readonly redis?: string; readonly valkey?: string }
}

/** For what the families answer differently and Keystead answers as Redis: Valkey is not asked. */
export const AS_REDIS: Needs = { since: { redis: '6.0.0' } }

/** For what no other server has: none is started, since it may not even know the configuration. */
export const ONLY_OURS: Needs = { since: {} }

export interface ServerOptions {
  readonly needs?: Needs
}

export interface ConnectOptions {
  readonly resp?: 2 | 3
  readonly user?: string
  readonly password?: string
  /** Skips the test that calls it where the oracle lacks one of these. */
  readonly needs?: Needs
}

export type Connect = ((options?: ConnectOptions) => Promise<WireClient>) & {
  /** The server's port, for what is not a RESP client. Known once the block's tests run. */
  readonly port: () => number
  /** Whether the server under test is Keystead; only for what no real server has. */
  readonly isKeystead: boolean
}

interface Endpoint {
  readonly host: string
  readonly port: number
}

const oracle = process.env['ORACLE'] ?? ''
const isKeystead = oracle === ''
const isForeign = oracle.includes(':')

/** Servers of this test file by configuration, with the number of blocks still to use each. */
const shared = new Map<string, { users: number; server: Promise<ServerProcess> | undefined }>()

export function withServer(config: Readonly<Record<string, string>> = {}, options: ServerOptions = {}): Connect {
  const id = JSON.stringify(Object.entries(config).sort())
  const entry = shared.get(id) ?? { users: 0, server: undefined }
  shared.set(id, entry)
  entry.users++

  let endpoint: Endpoint | undefined
  let admin: WireClient | undefined
  let restore: Record<string, string> = {}
  let missing: string | undefined
  let test: TestContext | undefined
  const opened: WireClient[] = []

  beforeAll(async () => {
    if (!isKeystead && options.needs === ONLY_OURS) {
      missing = 'no other server has this'
      return
    }
    try {
      if (isForeign) {
        endpoint = parseEndpoint(oracle)
      } else {
        entry.server ??= startServer(programUnderTest(), config)
        endpoint = { host: '127.0.0.1', port: (await entry.server).port }
      }
      // Of a server that somebody else runs we know no password: it has no administrator then.
      const password = config['requirepass']
      admin = isForeign && password ? undefined : await WireClient.open({ ...endpoint, password })
      if (isForeign && admin) restore = await configure(admin, config)
      missing = options.needs && admin && (await lacks(admin, options.needs))
    } catch (error) {
      // A real server that does not know an option cannot run this block; Keystead must.
      if (isKeystead || !isUnknownOption(error)) throw error
      missing = `${oracle} does not take the configuration ${JSON.stringify(config)}`
    }
  })

  beforeEach(async (context) => {
    test = context
    if (missing !== undefined) context.skip(missing)
    if (admin) await reset(admin)
  })

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.close()))
  })

  afterAll(async () => {
    if (admin) {
      for (const [name, value] of Object.entries(restore)) await admin.command('CONFIG', 'SET', name, value)
      await admin.close()
    }
    entry.users--
    if (entry.users > 0 || entry.server === undefined) return
    shared.delete(id)
    const server = await entry.server.catch(() => undefined) // Its block has already reported the failure.
    await server?.stop()
  })

  const connect = async (how: ConnectOptions = {}): Promise<WireClient> => {
    if (endpoint === undefined) throw new Error('connect() belongs inside a test of the block that called withServer()')
    if (how.needs && admin) {
      const lack = await lacks(admin, how.needs)
      if (lack !== undefined) test?.skip(lack)
    }
    const client = await WireClient.open({ ...endpoint, resp: how.resp, user: how.user, password: how.password })
    opened.push(client)
    return client
  }
  return Object.assign(connect, {
    port: () => {
      if (endpoint === undefined) throw new Error('the server is not up yet')
      return endpoint.port
    },
    isKeystead,
  })
}

function programUnderTest() {
  if (isKeystead) return keysteadProgram()
  if (isPeerName(oracle)) return peerProgram(oracle)
  throw new Error(`ORACLE=${oracle} is neither host:port nor one of the known servers`)
}

function parseEndpoint(text: string): Endpoint {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at) || '127.0.0.1', port: Number(text.slice(at + 1)) }
}

/** Every test begins with no keys in any database and nothing left over from the one before. */
async function reset(admin: WireClient): Promise<void> {
  await admin.command('FLUSHALL')
}

/** Sets each option and gives back what was there. */
async function configure(admin: WireClient, config: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const before: Record<string, string> = {}
  for (const [name, value] of Object.entries(config)) {
    const old = await admin.command('CONFIG', 'GET', name)
    if (!Array.isArray(old) || old.length !== 2) throw new UnknownOption(name)
    before[name] = String(old[1])
    await admin.command('CONFIG', 'SET', name, value)
  }
  return before
}

class UnknownOption extends Error {
  override readonly name = 'UnknownOption'
}

function isUnknownOption(error: unknown): boolean {
  if (error instanceof ServerRefusedToStart) return error.output.includes('Bad directive')
  return error instanceof UnknownOption
}

/** What of `needs` the oracle does not have, as a reason; undefined when it has all, and always for Keystead. */
async function lacks(admin: WireClient, needs: Needs): Promise<string | undefined> {
  if (isKeystead) return undefined
  for (const name of needs.commands ?? []) {
    const [info] = (await admin.command('COMMAND', 'INFO', name)) as readonly unknown[]
    if (info === null) return `${oracle} has no ${name.toUpperCase()}`
  }
  if (needs.since) {
    const { kind, version } = await serverVersion(admin)
    const first = needs.since[kind]
    if (first === undefined || isOlder(version, first)) {
      return `${oracle} is ${kind} ${version}${first === undefined ? ', which does not have this' : `; this needs ${first}`}`
    }
  }
  return undefined
}

async function serverVersion(admin: WireClient): Promise<{ kind: 'redis' | 'valkey'; version: string }> {
  const info = String(await admin.command('INFO', 'server'))
  const valkey = /^valkey_version:(\S+)/m.exec(info)
  if (valkey) return { kind: 'valkey', version: valkey[1]! }
  return { kind: 'redis', version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? '0' }
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number)) as [number[], number[]]
  for (let i = 0; i < b.length; i++) {
    if ((a[i] ?? 0) !== b[i]) return (a[i] ?? 0) < b[i]!
  }
  return false
}
