/*
 * CLIENT: the connections of the server, seen from one of them.
 */
import { integerOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { REPLY_OFF, REPLY_ON, REPLY_SKIP_NEXT } from '../exec/client.ts'
import { clientText } from '../exec/client-text.ts'
import { type CommandSpec, defineCommand, type Flag } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { PAUSED_ALL, PAUSED_WRITES } from '../exec/gates.ts'
import { ClientFilter, clientIdOf } from './client-filter.ts'
import { isPrintable } from './connection.ts'
import { helpCommand } from './help.ts'

const BAD_NAME = errorLine('ERR Client names cannot contain spaces, newlines or special characters.')
const NO_SUCH_CLIENT = errorLine('ERR No such client')
const BAD_REASON = errorLine('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR')
const BAD_TIMEOUT = errorLine('ERR timeout is not an integer or out of range')
const NEGATIVE_TIMEOUT = errorLine('ERR timeout is negative')
const BAD_PAUSE = errorLine('ERR CLIENT PAUSE mode must be WRITE or ALL')
const NO_IMPORT_MODE = errorLine('ERR Server is not in import mode')

const ANY_TIME: readonly Flag[] = ['noscript', 'loading', 'stale', 'allow-busy']
const LOADING: readonly Flag[] = ['noscript', 'loading', 'stale']
const ADMIN: readonly Flag[] = ['admin', 'noscript', 'loading', 'stale']

type Part = Pick<
  CommandSpec,
  'name' | 'usage' | 'summary' | 'since' | 'arity' | 'flags' | 'run' | 'complexity' | 'tips'
>
const part = (spec: Part): CommandSpec => defineCommand({ group: 'connection', complexity: 'O(1)', ...spec })

function list(c: Call): void {
  const filter = new ClientFilter(true)
  const refusal = filter.read(c)
  if (refusal !== undefined) return refuse(c, refusal)
  const { now } = c.server.keyspace
  const lines = filter.chosen(c).map((client) => `${clientText(client, now)}\n`)
  c.reply.verbatim(lines.join(''))
}

function refuse({ reply }: Call, refusal: Uint8Array | string): void {
  if (typeof refusal === 'string') reply.errorText(refusal)
  else reply.error(refusal)
}

function killByFilter(c: Call): void {
  const filter = new ClientFilter(false)
  const refusal = filter.read(c)
  if (refusal !== undefined) return refuse(c, refusal)
  const chosen = filter.chosen(c)
  for (const client of chosen) c.server.executor.disconnect(client)
  c.reply.integer(chosen.length)
}

function kill(c: Call): void {
  if (c.argc > 3) return killByFilter(c)
  // The old form names an address, and may name one's own.
  const address = c.argv[2].text()
  for (const other of c.server.clients) {
    if (other.origin.address !== address) continue
    c.server.executor.disconnect(other)
    return c.reply.ok()
  }
  c.reply.error(NO_SUCH_CLIENT)
}

// What a client says of itself.

function setName({ argv, client, reply }: Call): void {
  if (!isPrintable(argv[2])) return reply.error(BAD_NAME)
  client.name = argv[2].text()
  reply.ok()
}

function setInfo({ argv, client, reply }: Call): void {
  const isName = argv[2].is('lib-name')
  if (!isName && !argv[2].is('lib-ver')) return reply.errorText(`ERR Unrecognized option '${argv[2].textToZero()}'`)
  if (!isPrintable(argv[3])) {
    return reply.errorText(`ERR ${argv[2].text()} cannot contain spaces, newlines or special characters.`)
  }
  if (isName) client.libName = argv[3].text()
  else client.libVersion = argv[3].text()
  reply.ok()
}

/** `on` or `off` into `set`. */
function setSwitch({ argv, reply }: Call, set: (on: boolean) => void): void {
  if (!argv[2].is('on') && !argv[2].is('off')) return reply.error(Err.syntax)
  set(argv[2].is('on'))
  reply.ok()
}

function setReply({ argv, client, reply }: Call): void {
  if (argv[2].is('on')) {
    client.replyMode = REPLY_ON
    reply.ok()
  } else if (argv[2].is('off')) client.replyMode = REPLY_OFF
  else if (argv[2].is('skip')) {
    if (client.replyMode !== REPLY_OFF) client.replyMode = REPLY_SKIP_NEXT
  } else reply.error(Err.syntax)
}

// What a client does to others.

function unblock({ argv, argc, reply, server }: Call): void {
  let how: 'timeout' | 'error' = 'timeout'
  // As in Valkey: with more arguments than that, no reason is read.
  if (argc === 4) {
    if (argv[3].is('error')) how = 'error'
    else if (!argv[3].is('timeout')) return reply.error(BAD_REASON)
  }
  const id = clientIdOf(argv[2])
  if (id === undefined) return reply.error(Err.notInteger)
  const target = server.clients.get(id)
  if (target?.wait === undefined || target.wait.isFirm) return reply.integer(0)
  server.waiting.unblock(target, how)
  reply.integer(1)
}

function pause({ argv, argc, reply, server }: Call): void {
  let condition: typeof PAUSED_ALL | typeof PAUSED_WRITES = PAUSED_ALL
  if (argc > 4) return reply.error(Err.syntax)
  if (argc === 4) {
    if (argv[3].is('write')) condition = PAUSED_WRITES
    else if (!argv[3].is('all')) return reply.error(BAD_PAUSE)
  }
  const timeout = integerOf(argv[2])
  if (timeout === undefined) return reply.error(BAD_TIMEOUT)
  if (timeout < 0) return reply.error(NEGATIVE_TIMEOUT)
  server.pause.begin(server.keyspace.now + timeout, condition)
  reply.ok()
}

const KINDS = '<NORMAL | MASTER | PRIMARY | SLAVE | REPLICA | PUBSUB>'
const NEGATABLE = [
  'ID client-id:integer...',
  `TYPE ${KINDS}`,
  'USER username',
  'ADDR ip-port',
  'LADDR ip-port',
  'NAME name',
  'FLAGS flags',
  'LIB-NAME lib-name',
  'LIB-VER lib-ver',
  'DB db:integer',
  'CAPA capa',
  'IP ip',
]
const FILTERS = [
  ...NEGATABLE,
  'SKIPME <YES | NO>',
  'MAXAGE maxage:integer',
  'IDLE idle:integer',
  ...NEGATABLE.map((filter) => `NOT-${filter}`),
]

const LIST = part({
  name: 'list',
  usage: `${FILTERS.map((filter) => `[${filter}]`).join(' ')}`,
  summary: 'Lists the connections.',
  tips: ['nondeterministic_output'],
  since: '2.4.0',
  complexity: 'O(N) where N is the number of client connections',
  arity: -2,
  flags: ADMIN,
  run: list,
})

const KILL = part({
  name: 'kill',
  usage: `<ip-port | <${FILTERS.join(' | ')}>...>`,
  summary: 'Closes connections.',
  since: '2.4.0',
  complexity: 'O(N) where N is the number of client connections',
  arity: -3,
  flags: ADMIN,
  run: kill,
})

export const CLIENT = defineCommand({
  name: 'client',
  usage: '',
  summary: 'A container for client connection commands.',
  group: 'connection',
  since: '2.4.0',
  complexity: 'Depends on subcommand.',
  arity: -2,
  flags: [],
  subcommands: [
    part({
      name: 'id',
      usage: '',
      summary: 'Tells the number of the connection.',
      since: '5.0.0',
      arity: 2,
      flags: ANY_TIME,
      run: ({ client, reply }) => reply.integer(client.id),
    }),
    part({
      name: 'info',
      usage: '',
      summary: 'Tells about the connection.',
      tips: ['nondeterministic_output'],
      since: '6.2.0',
      arity: 2,
      flags: LOADING,
      run: ({ client, reply, server }) => reply.verbatim(`${clientText(client, server.keyspace.now)}\n`),
    }),
    LIST,
    KILL,
    part({
      name: 'setname',
      usage: 'connection-name',
      summary: 'Names the connection.',
      since: '2.6.9',
      arity: 3,
      flags: ANY_TIME,
      run: setName,
    }),
    part({
      name: 'getname',
      usage: '',
      summary: 'Tells the name of the connection.',
      since: '2.6.9',
      arity: 2,
      flags: ANY_TIME,
      run: ({ client, reply }) => (client.name === '' ? reply.nil() : reply.bulkText(client.name)),
    }),
    part({
      name: 'setinfo',
      usage: '<LIB-NAME libname | LIB-VER libver>',
      summary: 'Tells the server which client library this is.',
      tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      since: '7.2.0',
      arity: 4,
      flags: ANY_TIME,
      run: setInfo,
    }),
    part({
      name: 'no-evict',
      usage: '<ON | OFF>',
      summary: 'Exempts the connection from being closed when clients need too much memory.',
      since: '7.0.0',
      arity: 3,
      flags: [...ADMIN, 'allow-busy'],
      run: (c) => setSwitch(c, (on) => (c.client.noEvict = on)),
    }),
    part({
      name: 'no-touch',
      usage: '<ON | OFF>',
      summary: 'Whether commands of the connection leave the access time of keys alone.',
      since: '7.2.0',
      arity: 3,
      flags: ANY_TIME,
      run(c) {
        setSwitch(c, (on) => (c.client.noTouch = on))
        c.server.keyspace.noTouch = c.client.noTouch
      },
    }),
    part({
      name: 'reply',
      usage: '<ON | OFF | SKIP>',
      summary: 'Whether commands of the connection are answered.',
      since: '3.2.0',
      arity: 3,
      flags: ANY_TIME,
      run: setReply,
    }),
    part({
      name: 'unblock',
      usage: 'client-id:integer [TIMEOUT | ERROR]',
      summary: 'Ends the wait of a blocked connection.',
      since: '5.0.0',
      arity: -3,
      flags: ADMIN,
      run: unblock,
    }),
    part({
      name: 'pause',
      usage: 'timeout:integer [WRITE | ALL]',
      summary: 'Holds commands of all connections back for a time.',
      since: '3.0.0',
      arity: -3,
      flags: ADMIN,
      run: pause,
    }),
    part({
      name: 'unpause',
      usage: '',
      summary: 'Ends a pause.',
      since: '6.2.0',
      complexity: 'O(N) where N is the number of paused clients',
      arity: 2,
      flags: ADMIN,
      run({ reply, server }) {
        server.pause.end()
        reply.ok()
      },
    }),
    part({
      name: 'getredir',
      usage: '',
      summary: 'Tells where invalidation messages of the connection go.',
      since: '6.0.0',
      arity: 2,
      flags: ANY_TIME,
      run: ({ reply }) => reply.integer(-1),
    }),
    part({
      name: 'trackinginfo',
      usage: '',
      summary: 'Tells how the connection tracks keys: it does not.',
      since: '6.2.0',
      arity: 2,
      flags: LOADING,
      run({ reply }) {
        reply.map(3)
        reply.bulkText('flags')
        reply.set(1)
        reply.bulkText('off')
        reply.bulkText('redirect')
        reply.integer(-1)
        reply.bulkText('prefixes')
        reply.array(0)
      },
    }),
    part({
      name: 'capa',
      usage: '<REDIRECT>...',
      summary: 'Tells the server what the client can do.',
      since: '8.0.0',
      arity: -3,
      flags: ANY_TIME,
      run({ argv, argc, client, reply }) {
        // What this server does not know is no error: newer clients say more.
        for (let i = 2; i < argc; i++) if (argv[i].is('redirect')) client.redirects = true
        reply.ok()
      },
    }),
    part({
      name: 'import-source',
      usage: '<ON | OFF>',
      summary: 'Marks the connection as one that imports data.',
      since: '8.1.0',
      arity: 3,
      flags: LOADING,
      // There is no import mode to be in: keys are never imported with their expiry suspended.
      run: ({ reply }) => reply.error(NO_IMPORT_MODE),
    }),
    helpCommand('client', { group: 'connection', flags: ['loading', 'stale'] }, '5.0.0', [
      ['CAPA <option> [options...]', 'The client claims a capability, e.g. REDIRECT.'],
      ['GETREDIR', 'Return the client ID we are redirecting to when tracking is enabled.'],
      ['GETNAME', 'Return the name of the current connection.'],
      ['ID', 'Return the ID of the current connection.'],
      ['IMPORT-SOURCE (ON|OFF)', 'Mark this connection as an import source.'],
      ['INFO', 'Return information about the current client connection.'],
      ['KILL <ip:port>', 'Kill connection made from <ip:port>.'],
      [
        'KILL <option> <value> [<option> <value> [...]]',
        'Kill connections. Options: ID, TYPE, USER, ADDR, LADDR, IP, NAME, FLAGS, LIB-NAME, LIB-VER, DB, CAPA, ' +
          'each with NOT- before it too, and MAXAGE, IDLE, SKIPME.',
      ],
      ['LIST [<options> ...]', 'Return information about client connections. Options: those of KILL.'],
      ['UNPAUSE', 'Stop the current client pause, resuming traffic.'],
      ['PAUSE <timeout> [WRITE|ALL]', 'Suspend all, or just write, clients for <timeout> milliseconds.'],
      ['REPLY (ON|OFF|SKIP)', 'Control the replies sent to the current connection.'],
      ['SETNAME <name>', 'Assign the name <name> to the current connection.'],
      ['SETINFO <LIB-NAME|LIB-VER> <value>', 'Set client meta attr.'],
      ['UNBLOCK <clientid> [TIMEOUT|ERROR]', 'Unblock the specified blocked client.'],
      ['TRACKINGINFO', 'Report tracking status for the current connection.'],
      ['NO-EVICT (ON|OFF)', 'Protect current client connection from eviction.'],
      ['NO-TOUCH (ON|OFF)', 'Will not touch LRU/LFU stats when this mode is on.'],
    ]),
  ],
})
