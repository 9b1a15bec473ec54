/*
 * Refusals: what a client is told when a command is its own fault. Encoded once,
 * returned, never thrown. Texts are those of Redis 7.0 and Valkey 9.
 */

const encoder = new TextEncoder()

/** A whole error reply as it goes on the wire. */
export const errorLine = (text: string): Uint8Array => encoder.encode(`-${text}\r\n`)

export const Err = {
  syntax: errorLine('ERR syntax error'),
  notInteger: errorLine('ERR value is not an integer or out of range'),
  outOfRange: errorLine('ERR value is out of range'),
  notFloat: errorLine('ERR value is not a valid float'),
  wrongType: errorLine('WRONGTYPE Operation against a key holding the wrong kind of value'),
  noSuchKey: errorLine('ERR no such key'),
  sameObject: errorLine('ERR source and destination objects are the same'),
  indexOutOfRange: errorLine('ERR index out of range'),
  invalidDb: errorLine('ERR invalid DB index'),
  dbOutOfRange: errorLine('ERR DB index is out of range'),
  invalidCursor: errorLine('ERR invalid cursor'),
  overflow: errorLine('ERR increment or decrement would overflow'),
  decrementOverflow: errorLine('ERR decrement would overflow'),
  nanOrInfinity: errorLine('ERR increment would produce NaN or Infinity'),
  stringTooLong: errorLine('ERR string exceeds maximum allowed size (proto-max-bulk-len)'),
  oom: errorLine("OOM command not allowed when used memory > 'maxmemory'."),
  arenaFull: errorLine('OOM the memory of this database cannot grow further.'),
  loading: errorLine('LOADING Redis is loading the dataset in memory'),
  noAuth: errorLine('NOAUTH Authentication required.'),
  notInMulti: errorLine('ERR Command not allowed inside a transaction'),
  unblocked: errorLine('UNBLOCKED client unblocked via CLIENT UNBLOCK'),
  execAbort: errorLine('EXECABORT Transaction discarded because of previous errors.'),
} as const
