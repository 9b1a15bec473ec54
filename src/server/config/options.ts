/*
 * The options of the server, as data: name, kind, initial value, whether it may
 * be changed while running. What a change sets off is registered by those whom
 * it concerns (Config.onChange). Names and initial values are those of Valkey 9;
 * `arena-limit` is ours: `maxmemory` is looked at before a command, which may then
 * exceed it by any amount, and this is never exceeded. 0 is no limit. `recover`,
 * `skip-module-values` and `checkpoint-*` (docs/checkpoints.md) are ours too.
 */
import { LEVELS } from '../base/log.ts'
import { bufferLimits } from './buffer-limits.ts'
import { choice, clamped, fixed, flag, INT64_MAX, integer, octal, size, text, words } from './option.ts'
import { savePoints } from './save-points.ts'

const MiB = 1024 * 1024
const INT32_MIN = -(2 ** 31)
const INT32_MAX = 2 ** 31 - 1
/** In the order in which Redis lists them; keyspace/eviction.ts says what they do. */
const EVICTION_POLICIES = [
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
] as const
export type EvictionPolicy = (typeof EVICTION_POLICIES)[number]
const PERMISSIONS = ['no', 'local', 'yes'] as const
const SYNC_POLICIES = ['everysec', 'always', 'no'] as const
const RDB_FORMATS = ['auto', 'redis', 'redis-7.0', 'valkey'] as const
const ONE_THREAD = 'this version runs in one thread'
const ONE_NODE = 'Keystead is one node: for a cluster, run Valkey'

export const OPTIONS = {
  // Network
  bind: words('* -::*', { mutable: false }),
  port: integer(6379, { max: 65535 }, { mutable: false }),
  'tcp-backlog': integer(511, {}, { mutable: false }),
  'tcp-keepalive': integer(300),
  unixsocket: text('', { mutable: false }),
  unixsocketperm: octal(0, { mutable: false }),
  'protected-mode': flag(true),
  timeout: integer(0),
  maxclients: integer(10000, { min: 1, max: 2 ** 32 - 1 }),
  'client-query-buffer-limit': size(1024 * MiB, { min: MiB }),
  'client-output-buffer-limit': bufferLimits(),
  'proto-max-bulk-len': size(512 * MiB, { min: MiB }),
  'io-threads': fixed('1', ONE_THREAD),

  // Process and log
  dir: text('.', { mutable: false, guarded: true }),
  logfile: text('', { mutable: false }),
  loglevel: choice('notice', LEVELS),
  pidfile: text('', { mutable: false }),
  daemonize: fixed('no', 'Keystead stays in the foreground: start it through your service manager'),
  supervised: fixed('no', 'Keystead does not talk to a service manager'),
  'always-show-logo': flag(false, { mutable: false }),
  hz: clamped(10, { min: 1, max: 500 }),
  'enable-debug-command': choice('no', PERMISSIONS, { mutable: false }),
  'enable-protected-configs': choice('no', PERMISSIONS, { mutable: false }),
  'enable-module-command': fixed('no', 'Keystead loads no modules'),

  // Keyspace
  databases: integer(16, { min: 1, max: 10000 }, { mutable: false }),
  maxmemory: size(0, { max: 2 ** 64 }),
  'arena-limit': size(0),
  'maxmemory-policy': choice('noeviction', EVICTION_POLICIES),
  'maxmemory-samples': integer(5, { min: 1 }),
  'lfu-log-factor': integer(10),
  'lfu-decay-time': integer(1),
  'active-expire-effort': integer(1, { min: 1, max: 10 }),
  activerehashing: flag(true),
  'notify-keyspace-events': fixed('', 'this version has no pub/sub: no keyspace events are published'),
  'hash-max-listpack-entries': integer(512, { max: INT64_MAX }, { aliases: ['hash-max-ziplist-entries'] }),
  'hash-max-listpack-value': size(64, {}, { aliases: ['hash-max-ziplist-value'] }),
  'list-max-listpack-size': integer(-2, { min: INT32_MIN }, { aliases: ['list-max-ziplist-size'] }),
  // Lists are kept uncompressed whatever it says, so that any element is read where it lies.
  'list-compress-depth': integer(0, { max: INT32_MAX }),
  'set-max-intset-entries': integer(512, { max: INT64_MAX }),
  'set-max-listpack-entries': integer(128, { max: INT64_MAX }),
  'set-max-listpack-value': integer(64, { max: INT64_MAX }),
  'zset-max-listpack-entries': integer(128, { max: INT64_MAX }, { aliases: ['zset-max-ziplist-entries'] }),
  'zset-max-listpack-value': size(64, {}, { aliases: ['zset-max-ziplist-value'] }),
  'stream-node-max-bytes': size(4096),
  'stream-node-max-entries': integer(100, { max: INT64_MAX }),
  'hll-sparse-max-bytes': size(3000),

  // Security
  requirepass: text('', { secret: true }),

  // Persistence, replication, cluster: what this version does instead
  save: savePoints([
    { seconds: 3600, changes: 1 },
    { seconds: 300, changes: 100 },
    { seconds: 60, changes: 10_000 },
  ]),
  dbfilename: text('dump.rdb', { mutable: false, guarded: true }),
  rdbcompression: flag(true),
  rdbchecksum: flag(true, { mutable: false }),
  'rdb-format': choice('auto', RDB_FORMATS),
  'stop-writes-on-bgsave-error': flag(true),
  'checkpoint-before-flush': flag(true),
  'checkpoint-automatic-max': integer(10, { min: 1 }),
  recover: flag(false, { mutable: false }),
  'skip-module-values': flag(false, { mutable: false }),
  appendonly: flag(false),
  appendfilename: text('appendonly.aof', { mutable: false }),
  appenddirname: text('appendonlydir', { mutable: false }),
  appendfsync: choice<(typeof SYNC_POLICIES)[number]>('everysec', SYNC_POLICIES),
  'no-appendfsync-on-rewrite': flag(false),
  'auto-aof-rewrite-percentage': integer(100),
  'auto-aof-rewrite-min-size': size(64 * MiB),
  'aof-load-truncated': flag(true),
  'aof-timestamp-enabled': flag(false),
  'aof-use-rdb-preamble': fixed(
    'yes',
    'the base of the append-only file is an RDB file, which is smaller and loads faster',
  ),
  'cluster-enabled': fixed('no', ONE_NODE),
} as const

export type OptionName = keyof typeof OPTIONS
export type ValueOf<N extends OptionName> = (typeof OPTIONS)[N]['initial']
