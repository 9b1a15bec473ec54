/*
 * MIGRATE: keys to another server, by RESTORE there. Unlike on real servers the others
 * are served meanwhile, but whoever wants to write waits: what is deleted here when it
 * has arrived there is what was sent. With COPY nothing is deleted, and nobody waits.
 */

import { parseExact } from '../base/integer-text.ts'
import type { PeerFailure, PeerStep } from '../base/peer-talk.ts'
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand, REFUSED } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import type { ServerContext } from '../exec/server-context.ts'
import { type Database, NEVER } from '../keyspace/database.ts'
import { NIL } from '../memory/layout.ts'
import { dumpValue } from '../persistence/dump.ts'

const KEY_NOT_EMPTY = errorLine('ERR When using MIGRATE KEYS option, the key argument must be set to the empty string')
const IN_TRANSACTION = errorLine('ERR MIGRATE waits for another server, which is not possible inside a transaction')
const REPLACED = errorLine(
  'ERR The data was replaced while the other server answered: what has arrived there may be here too',
)
const TIMEOUT_MS = 1000
/** On a new connection this database is the selected one, and real servers take -1 for it. */
const UNSELECTED = -1

interface Options {
  readonly keys: readonly Slice[]
  readonly copies: boolean
  readonly replaces: boolean
  /** What AUTH is to say; nothing: it is not said. */
  readonly credentials: readonly Slice[]
}

/** The options from argv[6] on; undefined, having refused. */
function optionsOrRefuse({ argv, argc, reply }: Call): Options | undefined {
  let keys: readonly Slice[] = [argv[3]]
  let [copies, replaces] = [false, false]
  let credentials: readonly Slice[] = []
  for (let i = 6; i < argc; i++) {
    const more = argc - i - 1
    let refusal: Uint8Array | undefined
    if (argv[i].is('copy')) copies = true
    else if (argv[i].is('replace')) replaces = true
    else if (argv[i].is('auth') && more >= 1) credentials = [argv[++i]]
    else if (argv[i].is('auth2') && more >= 2) credentials = [argv[++i], argv[++i]]
    else if (argv[i].is('keys')) {
      if (argv[3].size > 0) refusal = KEY_NOT_EMPTY
      keys = argv.slice(i + 1, argc)
      i = argc
    } else refusal = Err.syntax
    if (refusal === undefined) continue
    reply.error(refusal)
    return undefined
  }
  return { keys, copies, replaces, credentials }
}

/** Where the keys begin that stand behind KEYS, which is no other option's argument; undefined without any. */
function listIndex(argv: readonly Slice[], argc: number): number | undefined {
  for (let i = 6; i < argc - 1; i++) {
    if (argv[i].is('keys')) return i + 1
    if (argv[i].is('auth')) i++
    else if (argv[i].is('auth2')) i += 2
  }
  return undefined
}

/** A request as bytes on the wire. */
function request(...args: readonly (string | Slice)[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(`*${args.length}\r\n`)]
  for (const arg of args) {
    const bytes = typeof arg === 'string' ? Buffer.from(arg, 'latin1') : arg.view()
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}

/** The request that makes the key over there. */
function restoreOf(db: Database, key: Slice, replaces: boolean): Uint8Array | undefined {
  const record = db.lookupRead(key)
  if (record === NIL) return undefined
  const expiresAt = db.expiresAt(record)
  // A time to live of 0 would be none.
  const ttl = expiresAt === NEVER ? 0 : Math.max(1, expiresAt - db.keyspace.now)
  return request('RESTORE', key, String(ttl), dumpValue(db, record), ...(replaces ? ['REPLACE'] : []))
}

/** Deletes what has arrived elsewhere. */
function remove(server: ServerContext, db: Database, key: Slice): void {
  if (!db.remove(key)) return
  server.dirty++
  server.watches.touch(db, key)
  server.effects.deleted(db.index, key)
  server.notify?.('g', 'del', key, db)
}

const failureText = (failure: PeerFailure): string =>
  failure === 'connecting'
    ? 'IOERR error or timeout connecting to the client'
    : `IOERR error or timeout ${failure} to target instance`

export const MIGRATE = defineCommand({
  name: 'migrate',
  usage:
    'host port <key | ""> destination-db:integer timeout:integer [COPY] [REPLACE] ' +
    '[AUTH password | AUTH2 <username password>] [KEYS key...]',
  summary: 'Moves or copies keys to another server.',
  group: 'generic',
  since: '2.6.0',
  complexity: 'O(N) in the size of the values',
  history: [
    ['3.0.0', 'Added the `COPY` and `REPLACE` options.'],
    ['3.0.6', 'Added the `KEYS` option.'],
    ['4.0.7', 'Added the `AUTH` option.'],
    ['6.0.0', 'Added the `AUTH2` option.'],
  ],
  arity: -6,
  flags: ['write', 'movablekeys'],
  categories: ['keyspace', 'dangerous'],
  tips: ['nondeterministic_output'],
  keys: [
    { at: 3, access: 'rw', does: ['access', 'delete'], find: (argv, argc) => (listIndex(argv, argc) ? undefined : 3) },
    {
      at: { keyword: 'KEYS', from: -2 },
      last: -1,
      access: 'rw',
      does: ['access', 'delete'],
      incomplete: true,
      find: (argv, argc) => listIndex(argv, argc) && (argv[3].size > 0 ? REFUSED : listIndex(argv, argc)),
    },
  ],
  run(c) {
    // Parse.
    const { argv, db, server, client } = c
    const options = optionsOrRefuse(c)
    if (options === undefined) return
    const timeout = parseExact(argv[5])
    const destination = parseExact(argv[4])
    if (timeout === undefined || destination === undefined) return c.reply.error(Err.notInteger)
    // Look up. What is sent is what there is now.
    const keys: Slice[] = []
    const restores: Uint8Array[] = []
    for (const key of options.keys) {
      const restore = restoreOf(db, key, options.replaces)
      if (restore === undefined) continue
      keys.push(key.copy())
      restores.push(restore)
    }
    if (keys.length === 0) return c.reply.simple('NOKEY')
    if (server.executor.isInTransaction) return c.reply.error(IN_TRANSACTION)
    // Work, effects and reply come with the answers of the other server.
    const first: Uint8Array[] = []
    if (options.credentials.length > 0) first.push(request('AUTH', ...options.credentials))
    if (destination !== UNSELECTED) first.push(request('SELECT', String(destination)))
    const steps: PeerStep[] = [{ requests: first }, { requests: restores }].filter((step) => step.requests.length > 0)
    const letWritersGo = options.copies ? undefined : server.pause.holdWriters()
    let answers = -first.length
    let refusal: string | undefined
    let failure: PeerFailure | undefined
    // A rewind is no writer and does not wait. A key of the same name is another one then.
    const { generation } = server.keyspace
    let isReplaced = false
    server.waiting.block(client, 0, {
      isFirm: true,
      onTimeout(reply) {
        if (refusal !== undefined) reply.errorText(`ERR Target instance replied with error: ${refusal}`)
        else if (failure !== undefined) reply.errorText(failureText(failure))
        else if (isReplaced) reply.error(REPLACED)
        else reply.ok()
      },
      onCancel: () => undefined, // What was sent arrives without the one who asked for it.
    })
    const talk = {
      host: argv[1].text(),
      port: Number.parseInt(argv[2].text(), 10) || 0,
      timeoutMs: timeout > 0 ? Number(timeout) : TIMEOUT_MS,
      steps,
      onReply(line: string): boolean {
        const index = answers++
        if (!line.startsWith('-')) {
          if (index < 0 || options.copies) return true
          if (server.keyspace.generation === generation) remove(server, db, keys[index])
          else isReplaced = true
          return true
        }
        refusal ??= line.slice(1)
        // Without the right database nothing is to be restored.
        return index >= 0
      },
    }
    void server.talkToPeer(talk).then((outcome) => {
      failure = outcome
      letWritersGo?.()
      server.waiting.unblock(client, 'timeout')
      server.waiting.serveTurns()
    })
  },
})
