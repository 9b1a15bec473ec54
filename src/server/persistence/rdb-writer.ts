/*
 * A writer of an RDB file with the options of this server, its head written, and what is of no
 * database.
 */
import type { Clock } from '../base/clock.ts'
import { REDIS_VERSION } from '../base/version.ts'
import type { Config } from '../config/config.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import { RdbFileWriter } from './rdb/file-writer.ts'

export interface RdbWriterOptions {
  readonly config: Config
  readonly keyspace: Keyspace
  readonly clock: Clock
  /** It is the base of an append-only file. */
  readonly isAofBase: boolean
  readonly send: (chunk: Uint8Array) => void
}

export function rdbWriter({ config, keyspace, clock, isAofBase, send }: RdbWriterOptions): RdbFileWriter {
  const policy = config.get('maxmemory-policy')
  const writer = new RdbFileWriter({
    format: config.get('rdb-format'),
    compresses: config.get('rdbcompression'),
    checksums: config.get('rdbchecksum'),
    policy: policy.endsWith('lru') ? 'lru' : policy.endsWith('lfu') ? 'lfu' : 'none',
    send,
  })
  writer.begin({
    'redis-ver': REDIS_VERSION,
    'redis-bits': '64',
    ctime: String(Math.floor(clock.now() / 1000)),
    'used-mem': String(keyspace.memory.usedBytes),
    'aof-base': isAofBase ? '1' : '0',
  })
  for (const code of keyspace.libraries) writer.library(code)
  return writer
}
