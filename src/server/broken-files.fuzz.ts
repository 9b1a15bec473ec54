/*
 * Files of real servers and of ours, broken at random: bytes changed, put in, taken
 * out, copied to elsewhere, files cut off. A server that finds such a file refuses to
 * start with a reason, or starts with data that holds together: it can be saved and
 * loaded again. It never dies of it and never hangs; and what a checksum guards is
 * loaded as it was or not at all.
 *
 * Nearly all rounds load a small file in place, by the code that a server loads it
 * with; some start a whole server, and some of those on more data.
 *
 * BROKEN_FILES_ROUNDS=<n> breaks each of them n times. BROKEN_FILES_LOG=<file> names
 * a file that says how far it is; the folder of a round that hangs stays.
 */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Amount, fill } from '../../tests/support/every-type.ts'
import { findPeer } from '../../tests/support/peers.ts'
import { type Random, random } from '../../tests/support/random.ts'
import { keysteadProgram, type Program, peerProgram, startServer } from '../../tests/support/server-process.ts'
import { WireClient } from '../../tests/support/wire-client.ts'
import { systemClock } from './base/clock.ts'
import { CRC64_SIZE, Crc64 } from './base/crc64.ts'
import { Log } from './base/log.ts'
import { NO_ORIGIN, NOWHERE } from './base/session.ts'
import { Slice } from './base/slice.ts'
import { COMMANDS } from './commands/index.ts'
import { Config } from './config/config.ts'
import type { OptionName } from './config/options.ts'
import { Client } from './exec/client.ts'
import { Engine } from './exec/engine.ts'
import { Replayer } from './exec/replayer.ts'
import { ServerContext } from './exec/server-context.ts'
import { CommandTable } from './exec/table.ts'
import { Keyspace } from './keyspace/keyspace.ts'
import { Aof } from './persistence/aof/aof.ts'
import { systemDisk } from './persistence/disk.ts'
import { LoadFailure, loadRdbFile } from './persistence/load.ts'
import { RdbFileReader } from './persistence/rdb/file-reader.ts'
import { rdbWriter } from './persistence/rdb-writer.ts'
import { Snapshot } from './persistence/snapshot.ts'
import { directivesOf, startServer as startServerHere } from './server.ts'
import { dataDigest } from './types/digest.ts'

const ROUNDS = Number(process.env['BROKEN_FILES_ROUNDS'] ?? 100)
const LOG_FILE = process.env['BROKEN_FILES_LOG']
const ROUNDS_PER_LINE = 500
/** One round of so many starts a server, and one of so many of those finds more data. */
const SERVER_SHARE = 50
const PLENTY_SHARE = 4
const PEERS = ['redis70', 'redis80', 'valkey81', 'valkey91'] as const
const FILE = 'dump.rdb'
/** Databases of every configuration here. */
const DATABASES = 16

/** Limits so small that a collection of twenty is a big one, and a list and a stream have several nodes. */
const SMALL_LIMITS: readonly (readonly [OptionName, string])[] = [
  ['hash-max-listpack-entries', '8'],
  ['list-max-listpack-size', '8'],
  ['set-max-intset-entries', '8'],
  ['set-max-listpack-entries', '8'],
  ['zset-max-listpack-entries', '8'],
  ['stream-node-max-entries', '8'],
]
const USUAL_LIMITS: typeof SMALL_LIMITS = SMALL_LIMITS.map(([name]) => [name, new Config().textOf(name)])
const FEW: Amount = { strings: 12, many: 20, long: 600 }

const folders: string[] = []
const log = new Log({ write() {} }, systemClock)

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-broken-'))
  folders.push(folder)
  return folder
}

/** The files of a folder, by their paths in it. */
type Files = ReadonlyMap<string, Uint8Array>

function filesIn(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = paths.filter((path) => statSync(join(folder, path)).isFile()).sort()
  return new Map(files.map((path) => [path, Uint8Array.from(readFileSync(join(folder, path)))]))
}

/** Makes a folder have these files and no others. */
function put(folder: string, files: Files): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
}

/** The files that a server left: data, then more data in an append-only file, if there is one. */
async function filesOf(program: Program, appendonly: string, amount?: Amount): Promise<Files> {
  const dir = newFolder()
  // Without checksums, or hardly a change would come as far as to what reads the values.
  const server = await startServer(program, { dir, appendonly, rdbchecksum: 'no' })
  try {
    const client = await WireClient.open({ port: server.port })
    // Some servers lack some.
    if (amount) for (const limit of SMALL_LIMITS) await client.command('CONFIG', 'SET', ...limit).catch(() => undefined)
    await fill(client, amount)
    if (appendonly === 'no') await client.command('SAVE')
    else {
      await client.command('BGREWRITEAOF')
      while (!/aof_rewrite_in_progress:0\r/.test(String(await client.command('INFO', 'persistence')))) {}
      await fill(client, amount).catch(() => undefined) // The ids of its stream entries are used.
      await client.command('SPOP', 'set big', 10)
      await client.command('XADD', 'stream big', '*', 'a', 'b')
      await client.command('CONFIG', 'SET', 'appendfsync', 'always')
      await client.command('SET', 'last', '1')
    }
  } finally {
    server.signal('SIGKILL')
    await server.exited
  }
  return filesIn(dir)
}

/** Breaks one of the files in one place or a few; what was done, in words, and the files then. */
function broken(files: Files, r: Random): { readonly what: string; readonly files: Files; readonly firstAt: number } {
  const path = r.pick([...files.keys()])
  let bytes = Uint8Array.from(files.get(path) ?? [])
  const done: string[] = []
  let firstAt = bytes.length
  for (let changes = r.pick([1, 1, 1, 2, 3]); changes > 0 && bytes.length > 0; changes--) {
    const at = r.below(bytes.length)
    firstAt = Math.min(firstAt, at)
    const how = r.below(10)
    if (how <= 2) bytes[at] ^= 1 << r.below(8)
    else if (how <= 4) bytes[at] = r.below(256)
    else if (how === 5) bytes[at] = r.pick([0, 1, 0x7f, 0x80, 0xfe, 0xff])
    else if (how === 6) bytes = bytes.slice(0, at)
    else if (how === 7)
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...r.bytes(6), ...bytes.subarray(at + r.below(6))])
    else {
      const from = r.below(bytes.length)
      const size = Math.min(r.between(1, 40), bytes.length - Math.max(at, from))
      bytes.copyWithin(at, from, from + size)
    }
    done.push(`change ${how} at ${at}`)
  }
  return { what: `${path}: ${done.join(', ')}`, files: new Map([...files, [path, bytes]]), firstAt }
}

type Outcome = 'refused' | 'started'

/** What a server has when it loads, without what it listens on: one for many rounds. */
class Loader {
  readonly keyspace: Keyspace
  private readonly server: ServerContext
  private readonly engine: Engine
  private readonly second = new Keyspace({ databases: DATABASES })

  constructor() {
    const config = new Config()
    config.configure('appendfsync', ['no'])
    this.keyspace = new Keyspace({ databases: DATABASES, limits: config.limits })
    const commands = new CommandTable(COMMANDS)
    this.server = new ServerContext({ keyspace: this.keyspace, config, commands, log, clock: systemClock, runId: '' })
    this.engine = new Engine(this.server)
  }

  /** Loads what is in a folder into what is empty. */
  async load(dir: string, appendonly: string, recover: string, limits: typeof SMALL_LIMITS): Promise<Outcome> {
    const { keyspace, server } = this
    const { config } = server
    keyspace.flushAll()
    config.change([['dir', dir], ['recover', recover], ...limits])
    try {
      if (appendonly === 'yes') await this.loadCommands()
      else await loadRdbFile({ path: join(dir, FILE), keyspace, log, clock: systemClock, recovers: recover === 'yes' })
    } catch (error) {
      if (!(error instanceof LoadFailure)) throw error
      for (const { size } of keyspace.databases) expect(size).toBe(0)
      return 'refused'
    }
    keyspace.check()
    return 'started'
  }

  private async loadCommands(): Promise<void> {
    const { keyspace, server, engine } = this
    const { config } = server
    const replayer = new Replayer(engine)
    const repeater = new Client(0, NOWHERE, NO_ORIGIN, keyspace.databases[0], systemClock.now())
    const nothing = (): void => {}
    const aof = new Aof({
      keyspace,
      config,
      log,
      clock: systemClock,
      disk: systemDisk,
      replay: (argv, argc) => replayer.replay(repeater, argv, argc),
      onNewFile: nothing,
      onProgress: nothing,
    })
    try {
      await aof.start()
    } finally {
      await aof.close()
    }
  }

  digest(): string {
    return dataDigest(this.keyspace.databases)
  }

  /** The digest of what is loaded, which is the same when it is saved and loaded again. */
  savedDigest(): string {
    const { keyspace, second, server } = this
    const chunks: Uint8Array[] = []
    const send = (chunk: Uint8Array): void => void chunks.push(Uint8Array.from(chunk))
    const writer = rdbWriter({ config: server.config, keyspace, clock: systemClock, isAofBase: true, send })
    const snapshot = new Snapshot(keyspace, writer, { isAtOnce: true })
    snapshot.step(() => true)
    snapshot.end()
    writer.end()
    second.flushAll()
    new RdbFileReader(new Slice(Buffer.concat(chunks)), second, { keepsExpired: true }).step(() => true)
    const digest = this.digest()
    expect(dataDigest(second.databases)).toBe(digest)
    return digest
  }
}

/** Starts a server on a folder, in this process; how it went. */
async function startOn(dir: string, appendonly: string, recover: string): Promise<Outcome> {
  const options = { bind: '127.0.0.1', port: '0', save: '', dir, appendonly, recover, appendfsync: 'no' }
  try {
    const running = await startServerHere({ directives: directivesOf(options), log })
    try {
      const { keyspace } = running.server
      keyspace.check()
      dataDigest(keyspace.databases)
    } finally {
      await running.close()
    }
    return 'started'
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error
    return 'refused'
  }
}

/** The file with the checksum that it should end with. */
function withChecksum(files: Files): Files {
  const bytes = Uint8Array.from(files.get(FILE) ?? [])
  new Crc64().add(bytes, 0, bytes.length - CRC64_SIZE).write(bytes, bytes.length - CRC64_SIZE)
  return new Map([...files, [FILE, bytes]])
}

/** The magic: another version of the format may have no checksum. */
const VERSION_END = 9

const WRITERS: readonly Program[] = [
  keysteadProgram(),
  ...PEERS.filter((name) => findPeer(name) !== undefined).map(peerProgram),
]

describe.each(WRITERS)('files of $name', (program) => {
  for (const appendonly of ['no', 'yes']) {
    test(
      appendonly === 'yes' ? 'append-only, broken' : 'saved, broken',
      async () => {
        const r = random()
        const few = await filesOf(program, appendonly, FEW)
        const plenty = await filesOf(program, appendonly)
        const loader = new Loader()
        const dir = newFolder()
        put(dir, plenty)
        expect(await startOn(dir, appendonly, 'no')).toBe('started')
        put(dir, few)
        expect(await loader.load(dir, appendonly, 'no', SMALL_LIMITS)).toBe('started')
        const whole = loader.savedDigest()
        const counts = { refused: 0, started: 0 }

        const play = async (round: number): Promise<void> => {
          const isServer = round % SERVER_SHARE === SERVER_SHARE - 1
          const isPlenty = isServer && round % (SERVER_SHARE * PLENTY_SHARE) === SERVER_SHARE - 1
          const isSummed = appendonly === 'no' && r.chance(0.1)
          const { what, files, firstAt } = broken(isPlenty ? plenty : isSummed ? withChecksum(few) : few, r)
          const limits = r.pick([SMALL_LIMITS, USUAL_LIMITS])
          const load = (recover: string): Promise<Outcome> =>
            isServer ? startOn(dir, appendonly, recover) : loader.load(dir, appendonly, recover, limits)
          try {
            put(dir, files)
            const how = await load('no')
            counts[how]++
            if (how === 'started' && !isServer) {
              const digest = loader.savedDigest()
              if (isSummed && firstAt >= VERSION_END) expect(digest).toBe(whole)
            }
            // One that is refused with a reason can still be asked for what is good of it.
            if (how === 'refused' && r.chance(0.25)) await load('yes')
          } catch (error) {
            throw new Error(`seed ${r.seed}, round ${round}, ${what}`, { cause: error })
          }
        }

        const begin = performance.now()
        for (let round = 0; round < ROUNDS; round++) {
          await play(round)
          if (LOG_FILE === undefined || (round + 1) % ROUNDS_PER_LINE !== 0) continue
          const perSecond = (((round + 1) * 1000) / (performance.now() - begin)).toFixed(0)
          const { refused, started } = counts
          const line = `${program.name} appendonly ${appendonly} seed ${r.seed}: ${round + 1} rounds, ${refused} refused, ${started} started, ${perSecond}/s`
          appendFileSync(LOG_FILE, `${line}\n`)
        }
        expect(counts.refused).toBeGreaterThan(0)
        expect(counts.started).toBeGreaterThan(0)
      },
      120_000 + ROUNDS * 500,
    )
  }
})
