/*
 * Commands about the connection itself: who it is, which protocol and database
 * it uses, whether it lives. CLIENT is in client.ts.
 */
import type { Slice } from '../base/slice.ts'
import { REDIS_VERSION } from '../base/version.ts'
import { int64Of, integerOf } from '../exec/args.ts'
import { authenticate, resetAuthentication } from '../exec/authentication.ts'
import type { Call } from '../exec/call.ts'
import { REPLY_ON } from '../exec/client.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'

const NO_PASSWORD = errorLine(
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
)
const WRONG_PASSWORD = errorLine('WRONGPASS invalid username-password pair or user is disabled.')
const NO_PROTOCOL = errorLine('NOPROTO unsupported protocol version')
const NOT_A_VERSION = errorLine('ERR Protocol version is not an integer or out of range')
const HELLO_NEEDS_AUTH = errorLine(
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> ' +
    'option can be used to authenticate the client and select the RESP protocol version at the same time',
)
const BAD_NAME = errorLine('ERR Client names cannot contain spaces, newlines or special characters.')
const NOT_INT32 = errorLine('ERR value is out of range, value must between -2147483648 and 2147483647')
const WORDS_ARITY = errorLine("ERR wrong number of arguments for 'ping' command")
const ALWAYS = ['noscript', 'loading', 'stale', 'fast', 'no-auth', 'allow-busy'] as const
const DEFAULT_USER = new TextEncoder().encode('default')

/** Whether every byte can be printed in CLIENT LIST and is no blank. */
export function isPrintable(text: Slice): boolean {
  return text.view().every((c) => c > 32 && c < 127)
}

export const AUTH = defineCommand({
  name: 'auth',
  usage: '[username] password',
  summary: 'Authenticates the connection.',
  group: 'connection',
  since: '1.0.0',
  complexity: 'O(N) where N is the number of passwords defined for the user',
  arity: -2,
  flags: ALWAYS,
  history: [['6.0.0', 'Added ACL style (username and password).']],
  run({ argv, argc, client, reply, server }) {
    if (argc > 3) return reply.error(Err.syntax)
    if (argc === 2 && server.config.get('requirepass') === '') return reply.error(NO_PASSWORD)
    const user = argc === 3 ? argv[1] : argv[0].copy().aim(DEFAULT_USER, 0, DEFAULT_USER.length)
    if (!authenticate(server, client, user, argv[argc - 1])) return reply.error(WRONG_PASSWORD)
    reply.ok()
  },
})

export const ECHO = defineCommand({
  name: 'echo',
  usage: 'message',
  summary: 'Answers what it is given.',
  group: 'connection',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['loading', 'stale', 'fast'],
  run({ argv, reply }) {
    reply.bulk(argv[1])
  },
})

export const PING = defineCommand({
  name: 'ping',
  usage: '[message]',
  summary: 'Answers PONG, or the message.',
  group: 'connection',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: -1,
  flags: ['fast'],
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  run({ argv, argc, reply }) {
    if (argc > 2) return reply.error(WORDS_ARITY)
    if (argc === 2) reply.bulk(argv[1])
    else reply.pong()
  },
})

export const QUIT = defineCommand({
  name: 'quit',
  usage: '',
  summary: 'Closes the connection.',
  group: 'connection',
  since: '1.0.0',
  complexity: 'O(1)',
  // Anything may follow it: what counts is that the connection closes.
  arity: -1,
  flags: ALWAYS,
  run({ client, reply }) {
    client.closing = true
    reply.ok()
  },
})

export const RESET = defineCommand({
  name: 'reset',
  usage: '',
  summary: 'Makes the connection as it was when it was new.',
  group: 'connection',
  since: '6.2.0',
  complexity: 'O(1)',
  arity: 1,
  flags: ALWAYS,
  run({ client, reply, server }) {
    server.executor.discard(client)
    resetAuthentication(server, client)
    client.db = server.keyspace.databases[0]
    client.protocol = 2
    reply.protocol = 2
    client.name = ''
    client.replyMode = REPLY_ON
    client.noEvict = false
    client.noTouch = false
    client.redirects = false
    reply.simple('RESET')
  },
})

export const SELECT = defineCommand({
  name: 'select',
  usage: 'index:integer',
  summary: 'Changes the database of the connection.',
  group: 'connection',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['loading', 'stale', 'fast'],
  run({ argv, client, reply, server }) {
    const exact = int64Of(argv[1])
    if (exact === undefined) return reply.error(Err.notInteger)
    const index = Number(exact)
    if (index !== (index | 0)) return reply.error(NOT_INT32)
    const db = server.keyspace.databases[index]
    if (db === undefined) return reply.error(Err.dbOutOfRange)
    client.db = db
    reply.ok()
  },
})

export const HELLO = defineCommand({
  name: 'hello',
  usage: '[protover:integer [AUTH username password] [SETNAME clientname]]',
  summary: 'Chooses the protocol, and tells about the server.',
  group: 'connection',
  since: '6.0.0',
  complexity: 'O(1)',
  arity: -1,
  flags: ALWAYS,
  history: [['6.2.0', '`protover` made optional; when called without arguments the current protocol is kept.']],
  run(c) {
    // Parse.
    const { argv, argc, client, reply, server } = c
    let protocol = client.protocol
    let user = 0
    let name: Slice | undefined
    if (argc > 1) {
      const version = integerOf(argv[1])
      if (version === undefined) return reply.error(NOT_A_VERSION)
      if (version !== 2 && version !== 3) return reply.error(NO_PROTOCOL)
      protocol = version
    }
    for (let i = 2; i < argc; i++) {
      const after = argc - 1 - i
      if (argv[i].is('auth') && after >= 2) {
        user = i + 1
        i += 2
      } else if (argv[i].is('setname') && after >= 1) {
        name = argv[++i]
        if (!isPrintable(name)) return reply.error(BAD_NAME)
      } else return reply.errorText(`ERR Syntax error in HELLO option '${argv[i].textToZero()}'`)
    }
    // Work.
    if (user > 0 && !authenticate(server, client, argv[user], argv[user + 1])) return reply.error(WRONG_PASSWORD)
    if (!client.isTrusted) return reply.error(HELLO_NEEDS_AUTH)
    if (name) client.name = name.text()
    client.protocol = protocol
    reply.protocol = protocol
    // Reply.
    describe(c)
  },
})

/** Redis' name and version, because that is what clients look for; INFO tells who this is. */
function describe({ client, reply }: Call): void {
  reply.map(7)
  reply.bulkText('server')
  reply.bulkText('redis')
  reply.bulkText('version')
  reply.bulkText(REDIS_VERSION)
  reply.bulkText('proto')
  reply.integer(client.protocol)
  reply.bulkText('id')
  reply.integer(client.id)
  reply.bulkText('mode')
  reply.bulkText('standalone')
  reply.bulkText('role')
  reply.bulkText('master')
  reply.bulkText('modules')
  reply.array(0)
}
