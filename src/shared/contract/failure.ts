/*
 * How an expected failure crosses to the page: what happened, what to do about
 * it, and the other side's own words. A stack never crosses.
 */
export const FAILURE_CODES = [
  // The call itself.
  'UNKNOWN_METHOD',
  'BAD_REQUEST',
  'TOO_LARGE',
  'NOT_FOUND',
  'CANCELLED',
  'INTERNAL',
  // Reaching a server.
  'CONNECTION_REFUSED',
  'HOST_NOT_FOUND',
  'HOST_UNREACHABLE',
  'TIMED_OUT',
  'CONNECTION_LOST',
  'NOT_REDIS',
  'TLS_REQUIRED',
  'TLS_FAILED',
  'TLS_NOT_SPOKEN',
  'SOCKET_MISSING',
  // What a server answered.
  'AUTH_REQUIRED',
  'AUTH_FAILED',
  'NO_PERMISSION',
  'PROTECTED_MODE',
  'LOADING',
  'TOO_MANY_CLIENTS',
  'READ_ONLY',
  'OUT_OF_MEMORY',
  'WRONG_TYPE',
  'UNSUPPORTED',
  'MOVED',
  'COMMAND_FAILED',
  // Guards of the app.
  'CHANGED_MEANWHILE',
  'KEY_MISSING',
  'KEY_EXISTS',
  'CONFIRMATION_REQUIRED',
  // Local databases and files.
  'PORT_TAKEN',
  'PORT_FORBIDDEN',
  'DATABASE_FAILED',
  'BAD_URL',
  'DISK_FAILED',
  'SECRETS_UNAVAILABLE',
  // The page's own end of the wire.
  'BACKEND_GONE',
] as const
export type FailureCode = (typeof FAILURE_CODES)[number]

export interface Failure {
  readonly code: FailureCode
  /** What happened, in one sentence. */
  readonly message: string
  /** What the user can do about it. */
  readonly hint?: string
  /** The server's or the system's own words, unchanged. */
  readonly detail?: string
  /** With PORT_TAKEN: who holds the port, and a port that is free. */
  readonly port?: PortOwner
}

/** What could be learnt of whoever listens on a port. Every field may be unknown. */
export interface PortOwner {
  readonly port: number
  /** The next port nobody listens on. */
  readonly nextFree?: number
  /** When the owner answers INFO: 'redis', 'valkey', 'keystead' ... and its version. */
  readonly server?: string
  readonly version?: string
  /** When the system tells: the process that listens. */
  readonly pid?: number
  readonly process?: string
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure }

/** A failure on its way through code that throws. It crosses the wire as its `failure`. */
export class FailureError extends Error {
  readonly failure: Failure
  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause })
    this.name = 'FailureError'
    this.failure = failure
  }
}

/** Throws a failure; a function, so that a check reads as one line. */
export function fail(failure: Failure): never {
  throw new FailureError(failure)
}

const CODES: ReadonlySet<string> = new Set(FAILURE_CODES)

export function isFailure(x: unknown): x is Failure {
  return (
    typeof x === 'object' &&
    x !== null &&
    'code' in x &&
    typeof x.code === 'string' &&
    CODES.has(x.code) &&
    'message' in x &&
    typeof x.message === 'string'
  )
}
