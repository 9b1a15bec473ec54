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
  dbOutOfRange: errorLine('ERR DB index is out of range'),
  invalidCursor: errorLine('ERR invalid cursor'),
  overflow: errorLine('ERR increment or decrement would overflow'),
  decrementOverflow: errorLine('ERR decrement would overflow'),
  nanOrInfinity: errorLine('ERR increment would produce NaN or Infinity'),
  stringTooLong: errorLine('ERR string exceeds maximum allowed size (proto-max-bulk-len)'),
  oom: errorLine("OOM command not allowed when used memory > 'maxmemory'."),
  arenaFull: errorLine('OOM the memory of this database cannot grow further.'),
  loading: errorLine('LOADING Redis is loading the dataset in memory'),
  unsaved: errorLine(
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that " +
      'may modify the data set are disabled, because this instance is configured to report errors during writes if ' +
      'RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the ' +
      'RDB error.',
  ),
  noAuth: errorLine('NOAUTH Authentication required.'),
  notInMulti: errorLine('ERR Command not allowed inside a transaction'),
  maxClients: errorLine('ERR max number of clients reached'),
  denied: errorLine(
    'DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the ' +
      'default user. In this mode connections are only accepted from the loopback interface. If you want to connect ' +
      'from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode ' +
      "sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the " +
      'same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do ' +
      'so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode ' +
      "by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the " +
      "server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' " +
      'option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above ' +
      'things in order for the server to start accepting connections from the outside.',
  ),
  unblocked: errorLine('UNBLOCKED client unblocked via CLIENT UNBLOCK'),
  execAbort: errorLine('EXECABORT Transaction discarded because of previous errors.'),
} as const
