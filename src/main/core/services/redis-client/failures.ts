/*
 * What can go wrong between us and a server, in words a user can act on. The
 * cause is recognised by system error code or by the first word of the server's
 * error, never by the rest of a message: that is for reading.
 */
import { type Failure, type FailureCode, FailureError } from '../../../../shared/contract/failure.ts'
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { showBytes, showLatin1 } from '../../../../shared/text/bytes.ts'
import { errnoOf } from '../../failure.ts'

type Wording = Omit<Failure, 'detail'>

/** A socket could not be opened, or broke: `error` is what Node said. */
export function socketFailure(error: unknown, where: string): Failure {
  const errno = errnoOf(error)
  return { ...wordSocketError(errno, where), detail: messageOf(error) }
}

function wordSocketError(errno: string | undefined, where: string): Wording {
  switch (errno) {
    case 'ECONNREFUSED':
      return {
        code: 'CONNECTION_REFUSED',
        message: `Nothing accepts connections at ${where}.`,
        hint: 'Check that the server is running and that the port is right.',
      }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return {
        code: 'HOST_NOT_FOUND',
        message: `The host of ${where} has no address.`,
        hint: 'Check its spelling, and that this machine is on the network (or VPN) that knows it.',
      }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return {
        code: 'HOST_UNREACHABLE',
        message: `There is no route to ${where}.`,
        hint: 'Check your network or VPN, and the address.',
      }
    case 'ETIMEDOUT':
      return timedOut(where)
    case 'ENOENT':
      return {
        code: 'SOCKET_MISSING',
        message: `There is no socket at ${where}.`,
        hint: "Check the path: it is the server's `unixsocket` option.",
      }
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'NO_PERMISSION',
        message: `The system does not let you connect to ${where}.`,
        hint: "For a socket: ask for access to it (the server's `unixsocketperm`).",
      }
    case 'ECONNRESET':
    case 'EPIPE':
      return connectionLost(where)
  }
  if (errno !== undefined && /^ERR_SSL_(WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST)|^EPROTO$/.test(errno)) {
    return tlsNotSpoken(where)
  }
  if (
    errno !== undefined &&
    /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_OSSL|HOSTNAME_)/.test(errno)
  ) {
    return {
      code: 'TLS_FAILED',
      message: `The certificate of ${where} was not accepted.`,
      hint: 'Give the certificate authority that signed it, correct the server name, or allow this server without a check.',
    }
  }
  return { code: 'CONNECTION_LOST', message: `The connection to ${where} failed.` }
}

export function timedOut(where: string): Failure {
  return {
    code: 'TIMED_OUT',
    message: `${where} did not answer in time.`,
    hint: 'A firewall may drop the packets, or the server may be busy with a long command.',
  }
}

export function tlsNotSpoken(where: string): Failure {
  return {
    code: 'TLS_NOT_SPOKEN',
    message: `${where} does not speak TLS.`,
    hint: 'Use redis:// instead of rediss://, or the port on which the server listens with TLS.',
  }
}

export function connectionLost(where: string): Failure {
  return {
    code: 'CONNECTION_LOST',
    message: `${where} closed the connection.`,
    hint: 'Keystead reconnects by itself. A write that was under way may or may not have been done.',
  }
}

/** Closed before the first reply: most of the time a TLS listener that was sent plain text. */
export function hungUpAtOnce(where: string, { detail }: Failure): Failure {
  return {
    code: 'CONNECTION_LOST',
    message: `${where} accepted the connection and closed it at once.`,
    hint: 'If it listens with TLS, use rediss:// instead of redis://. Otherwise its log says why.',
    detail,
  }
}

/** What the peer said is not the protocol. `start` is the beginning of it. */
export function notRedis(where: string, start: Uint8Array): Failure {
  const text = showBytes(start.subarray(0, 80))
  // 0x15: a TLS alert, which a TLS listener answers to plain text.
  if (start[0] === 0x15 && start[1] === 0x03) {
    return {
      code: 'TLS_REQUIRED',
      message: `${where} speaks TLS only.`,
      hint: 'Use rediss:// instead of redis://.',
    }
  }
  const what = text.startsWith('HTTP/') ? 'a web server' : 'not a Redis or Valkey server'
  return {
    code: 'NOT_REDIS',
    message: `What listens at ${where} is ${what}.`,
    hint: 'Check the port.',
    detail: text,
  }
}

/** By the first word of the error. What has no word of its own is COMMAND_FAILED. */
const BY_FIRST_WORD: Readonly<Record<string, Wording>> = {
  NOAUTH: {
    code: 'AUTH_REQUIRED',
    message: 'The server asks for a password.',
    hint: 'Edit the connection and enter one.',
  },
  WRONGPASS: {
    code: 'AUTH_FAILED',
    message: 'The server does not accept this user name and password.',
    hint: 'Edit the connection and correct them.',
  },
  NOPERM: {
    code: 'NO_PERMISSION',
    message: 'This user may not do that.',
    hint: 'Ask whoever runs the server for the right the error names.',
  },
  DENIED: {
    code: 'PROTECTED_MODE',
    message: 'The server is in protected mode: without a password it serves its own machine only.',
    hint: 'Set a password on the server, or connect from the machine it runs on.',
  },
  LOADING: {
    code: 'LOADING',
    message: 'The server is still loading its data.',
    hint: 'It will answer when it is done.',
  },
  READONLY: {
    code: 'READ_ONLY',
    message: 'This server is a read-only replica.',
    hint: 'Write to its primary.',
  },
  OOM: {
    code: 'OUT_OF_MEMORY',
    message: 'The server has reached its memory limit and refuses to store more.',
    hint: 'Delete keys, or raise `maxmemory`.',
  },
  WRONGTYPE: {
    code: 'WRONG_TYPE',
    message: 'The key holds another type of value by now.',
    hint: 'Reload it.',
  },
  MOVED: {
    code: 'MOVED',
    message: 'This key lives on another node of the cluster.',
    hint: 'Connect to the node the answer names.',
  },
}

/** The failure an error reply amounts to; its own words are the detail. */
export function replyFailure(text: string): Failure {
  const firstWord = text.slice(0, text.search(/\s|$/))
  const known = Object.hasOwn(BY_FIRST_WORD, firstWord) ? BY_FIRST_WORD[firstWord] : wordPlainError(text)
  return { ...known, detail: text }
}

/** Errors under the common `ERR`, for which only their words are left to go by. */
function wordPlainError(text: string): Wording {
  if (text.startsWith('ERR max number of clients')) {
    return {
      code: 'TOO_MANY_CLIENTS',
      message: 'The server has as many clients as it admits.',
      hint: 'Close some, or raise `maxclients`.',
    }
  }
  if (/^ERR unknown (sub)?command/i.test(text)) {
    return {
      code: 'UNSUPPORTED',
      message: 'This server does not have that command.',
      hint: 'It may be older, another kind of server, or have it renamed.',
    }
  }
  if (/^ERR invalid password/i.test(text)) return BY_FIRST_WORD.WRONGPASS
  return { code: 'COMMAND_FAILED', message: 'The server refused the command.' }
}

/** An error reply thrown as a failure, for callers to whom every error is one. */
export function throwIfError<T extends RespValue>(reply: T): Exclude<T, { type: 'error' | 'bulkError' }> {
  if (isError(reply)) throw new FailureError(replyFailure(errorText(reply)))
  return reply as Exclude<T, { type: 'error' | 'bulkError' }>
}

/** The words of an error reply, or undefined when the reply is none. */
export function errorText(reply: RespValue): string {
  if (reply.type === 'error') return showLatin1(reply.text)
  return reply.type === 'bulkError' ? showBytes(reply.bytes) : ''
}

/** Failures that time alone does not cure: a retry is for the case that someone corrects the cause. */
const NEEDS_A_PERSON: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'AUTH_REQUIRED',
  'AUTH_FAILED',
  'NO_PERMISSION',
  'PROTECTED_MODE',
  'NOT_REDIS',
  'TLS_REQUIRED',
  'TLS_FAILED',
  'TLS_NOT_SPOKEN',
  'SECRETS_UNAVAILABLE',
])
export const needsAPerson = (failure: Failure): boolean => NEEDS_A_PERSON.has(failure.code)

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
