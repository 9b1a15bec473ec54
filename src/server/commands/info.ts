/*
 * INFO: the state of the server as text, in the sections and with the field
 * names that Redis clients and monitoring tools know.
 *
 * `redis_version` says whose behaviour a client may expect; who answers is in
 * `server_name` and `keystead_version`. Fields that describe what this server
 * does not have (forks, a Lua interpreter, an allocator of its own) are left out
 * unless clients are known to read them.
 */
import { machine, release, totalmem, type } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import { bytesToHuman } from '../base/human-bytes.ts'
import { KEYSTEAD_VERSION, REDIS_VERSION } from '../base/version.ts'
import type { AofControl } from '../exec/aof-control.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { LOADING, PAUSED_ALL } from '../exec/gates.ts'
import type { WriteProgress } from '../exec/save-control.ts'
import type { ServerContext } from '../exec/server-context.ts'
import { lruClock } from '../keyspace/access-clock.ts'

type Field = readonly [name: string, value: string | number]
type Section = (server: ServerContext) => Field[]

const ratio = (part: number, whole: number): string => (whole > 0 ? (part / whole).toFixed(2) : '0.00')
const percent = (part: number, whole: number): string => `${whole > 0 ? ((100 * part) / whole).toFixed(2) : '0.00'}%`
const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(2)

function serverSection(server: ServerContext): Field[] {
  const now = server.clock.now()
  const uptime = Math.floor((now - server.startedAt) / 1000)
  return [
    ['redis_version', REDIS_VERSION],
    ['server_name', 'keystead'],
    ['keystead_version', KEYSTEAD_VERSION],
    ['redis_mode', 'standalone'],
    ['server_mode', 'standalone'],
    ['os', `${type()} ${release()} ${machine()}`],
    ['arch_bits', 64],
    ['multiplexing_api', 'libuv'],
    ['node_version', process.versions.node],
    ['v8_version', process.versions.v8],
    ['process_id', process.pid],
    ['process_supervised', 'no'],
    ['run_id', server.runId],
    ['tcp_port', server.port],
    ['server_time_usec', now * 1000],
    ['uptime_in_seconds', uptime],
    ['uptime_in_days', Math.floor(uptime / 86400)],
    ['hz', server.config.get('hz')],
    ['configured_hz', server.config.get('hz')],
    ['lru_clock', lruClock(server.clock.now())],
    ['executable', process.execPath],
    ['config_file', server.configFile ?? ''],
    ['io_threads_active', 0],
    ...listenerFields(server),
  ]
}

function listenerFields({ config, port }: ServerContext): Field[] {
  const listeners: string[] = []
  if (port !== 0) {
    const addresses = config.get('bind').split(' ')
    listeners.push(`name=tcp${addresses.map((address) => `,bind=${address}`).join('')},port=${port}`)
  }
  const path = config.get('unixsocket')
  if (path !== '') listeners.push(`name=unix,bind=${path}`)
  return listeners.map((listener, i) => [`listener${i}`, listener])
}

function clientsSection(server: ServerContext): Field[] {
  let blocked = 0
  let timed = 0
  let input = 0
  let output = 0
  for (const client of server.clients) {
    if (client.wait || client.postponed) blocked++
    if (client.waitTimer) timed++
    input = Math.max(input, client.sink.queryBytes())
    output = Math.max(output, client.sink.pendingBytes())
  }
  return [
    ['connected_clients', server.clients.count],
    ['cluster_connections', 0],
    ['maxclients', server.config.get('maxclients')],
    ['client_recent_max_input_buffer', input],
    ['client_recent_max_output_buffer', output],
    ['blocked_clients', blocked],
    ['tracking_clients', 0],
    ['pubsub_clients', 0],
    ['watching_clients', server.watches.clientCount],
    ['clients_in_timeout_table', timed],
    ['total_watched_keys', server.watches.keyCount],
    ['total_blocking_keys', server.blocked.keyCount],
    ['total_blocking_keys_on_nokey', server.blocked.lossKeyCount],
    ...pauseFields(server),
  ]
}

function pauseFields({ pause, clock }: ServerContext): Field[] {
  const actions = pause.asked === 0 ? 'none' : pause.asked === PAUSED_ALL ? 'all' : 'write'
  return [
    ['paused_reason', pause.asked === 0 ? 'none' : 'client_pause'],
    ['paused_actions', actions],
    ['paused_timeout_milliseconds', Math.max(0, pause.until - clock.now())],
  ]
}

function memorySection(server: ServerContext): Field[] {
  const { memory, bytesAtStart: startup } = server.keyspace
  const usage = process.memoryUsage()
  const used = memory.usedBytes
  const peak = Math.max(server.stats.memoryPeak, used)
  const limit = server.config.get('maxmemory')
  const overhead = server.keyspace.tableBytes
  return [
    ['used_memory', used],
    ['used_memory_human', bytesToHuman(used)],
    ['used_memory_rss', usage.rss],
    ['used_memory_rss_human', bytesToHuman(usage.rss)],
    ['used_memory_peak', peak],
    ['used_memory_peak_human', bytesToHuman(peak)],
    ['used_memory_peak_perc', percent(used, peak)],
    ['used_memory_overhead', overhead],
    ['used_memory_startup', startup],
    ['used_memory_dataset', used - overhead],
    ['used_memory_dataset_perc', percent(used - overhead, used - startup)],
    ['used_memory_v8_heap', getHeapStatistics().used_heap_size],
    ['used_memory_v8_heap_total', usage.heapTotal],
    ['allocator_allocated', used],
    ['allocator_active', memory.reservedBytes],
    ['allocator_resident', memory.reservedBytes],
    ['total_system_memory', totalmem()],
    ['total_system_memory_human', bytesToHuman(totalmem())],
    ['maxmemory', limit],
    ['maxmemory_human', bytesToHuman(limit)],
    ['maxmemory_policy', server.config.get('maxmemory-policy')],
    ['allocator_frag_ratio', ratio(memory.reservedBytes, used)],
    ['allocator_frag_bytes', memory.reservedBytes - used],
    // All that is reserved counts as resident: what the system has of it is not to be found out.
    ['allocator_rss_ratio', '1.00'],
    ['allocator_rss_bytes', 0],
    ['rss_overhead_ratio', ratio(usage.rss, memory.reservedBytes)],
    ['rss_overhead_bytes', usage.rss - memory.reservedBytes],
    ['mem_fragmentation_ratio', ratio(usage.rss, used)],
    ['mem_fragmentation_bytes', usage.rss - used],
    ['mem_not_counted_for_evict', 0],
    ['mem_replication_backlog', 0],
    ['mem_clients_slaves', 0],
    ['mem_clients_normal', server.clients.bufferedBytes],
    ['mem_aof_buffer', server.aof.bufferedBytes],
    ['mem_allocator', 'keystead-arena'],
    ['active_defrag_running', 0],
    ['lazyfree_pending_objects', server.keyspace.lazyFreePending],
    ['lazyfreed_objects', server.keyspace.lazyFree.freed],
    ['gc_pauses', server.stats.gcPauses],
    ['gc_pause_max_ms', server.stats.gcPauseMaxMs.toFixed(3)],
  ]
}

const NO_PROGRESS: WriteProgress = { written: 0, keys: 0 }

/** Whole seconds; -1 is none. */
const seconds = (milliseconds: number): number => (milliseconds < 0 ? -1 : Math.floor(milliseconds / 1000))

function persistenceSection(server: ServerContext): Field[] {
  const { saves, aof } = server
  const progress = saves.progress ?? aof.rewriter.progress ?? NO_PROGRESS
  return [
    ['loading', server.conditions & LOADING ? 1 : 0],
    ['async_loading', 0],
    ['current_fork_perc', (progress.keys > 0 ? (100 * progress.written) / progress.keys : 0).toFixed(2)],
    ['current_save_keys_processed', progress.written],
    ['current_save_keys_total', progress.keys],
    ['rdb_changes_since_last_save', server.dirty],
    ['rdb_bgsave_in_progress', saves.isRunning ? 1 : 0],
    ['rdb_last_save_time', Math.floor(saves.lastSaveAt / 1000)],
    ['rdb_last_bgsave_status', saves.hasFailed ? 'err' : 'ok'],
    ['rdb_last_bgsave_time_sec', seconds(saves.lastDurationMs)],
    ['rdb_current_bgsave_time_sec', seconds(saves.runningForMs)],
    ['rdb_saves', saves.count],
    ['rdb_last_load_keys_expired', server.loaded.expired],
    ['rdb_last_load_keys_loaded', server.loaded.keys],
    ['aof_enabled', aof.isOn ? 1 : 0],
    ['aof_rewrite_in_progress', aof.rewriter.isRunning ? 1 : 0],
    ['aof_rewrite_scheduled', aof.rewriter.isScheduled ? 1 : 0],
    ['aof_last_rewrite_time_sec', seconds(aof.rewriter.lastMs)],
    ['aof_current_rewrite_time_sec', seconds(aof.rewriter.runningForMs)],
    ['aof_last_bgrewrite_status', aof.rewriter.hasFailed ? 'err' : 'ok'],
    ['aof_rewrites', aof.rewriter.count],
    ['aof_rewrites_consecutive_failures', aof.rewriter.failuresInARow],
    ['aof_last_write_status', aof.failure === undefined ? 'ok' : 'err'],
    ...(aof.isOn ? appendOnlyFields(aof) : []),
  ]
}

function appendOnlyFields(aof: AofControl): Field[] {
  return [
    ['aof_current_size', aof.currentSize],
    ['aof_base_size', aof.baseSize],
    ['aof_pending_rewrite', 0],
    ['aof_buffer_length', aof.bufferedBytes],
    ['aof_pending_bio_fsync', aof.isSyncing ? 1 : 0],
    ['aof_delayed_fsync', aof.delayedSyncs],
  ]
}

function statsSection(server: ServerContext): Field[] {
  const { stats, keyspace } = server
  return [
    ['total_connections_received', stats.connectionsReceived],
    ['total_commands_processed', stats.commandsProcessed],
    ['instantaneous_ops_per_sec', Math.round(stats.opsPerSecond.perSecond)],
    ['total_net_input_bytes', stats.bytesReceived],
    ['total_net_output_bytes', stats.bytesSent],
    ['instantaneous_input_kbps', kilobytes(stats.inputPerSecond.perSecond)],
    ['instantaneous_output_kbps', kilobytes(stats.outputPerSecond.perSecond)],
    ['rejected_connections', stats.connectionsRejected],
    ['sync_full', 0],
    ['sync_partial_ok', 0],
    ['sync_partial_err', 0],
    ['expired_keys', keyspace.stats.expiredKeys],
    ['expired_fields', keyspace.stats.expiredFields],
    ['expired_stale_perc', keyspace.stats.expiredStalePercent.toFixed(2)],
    ['expired_time_cap_reached_count', keyspace.stats.expiredTimeCapReached],
    ['expire_cycle_cpu_milliseconds', Math.floor(stats.expiryMs)],
    ['evicted_keys', stats.evictedKeys],
    ['keyspace_hits', keyspace.stats.hits],
    ['keyspace_misses', keyspace.stats.misses],
    ['pubsub_channels', 0],
    ['pubsub_patterns', 0],
    ['pubsubshard_channels', 0],
    ['latest_fork_usec', 0],
    ['total_forks', 0],
    ['migrate_cached_sockets', 0],
    ['tracking_total_keys', 0],
    ['client_query_buffer_limit_disconnections', stats.queryBufferDisconnections],
    ['client_output_buffer_limit_disconnections', stats.outputBufferDisconnections],
    ['acl_access_denied_auth', stats.authFailures],
    ['total_error_replies', stats.errorReplies],
  ]
}

function replicationSection(server: ServerContext): Field[] {
  return [
    ['role', 'master'],
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover'],
    ['master_replid', server.runId],
    ['master_replid2', '0'.repeat(40)],
    ['master_repl_offset', 0],
    ['second_repl_offset', -1],
    ['repl_backlog_active', 0],
    ['repl_backlog_size', 0],
    ['repl_backlog_first_byte_offset', 0],
    ['repl_backlog_histlen', 0],
  ]
}

function cpuSection(): Field[] {
  const { user, system } = process.cpuUsage()
  return [
    ['used_cpu_sys', (system / 1e6).toFixed(6)],
    ['used_cpu_user', (user / 1e6).toFixed(6)],
    ['used_cpu_sys_children', '0.000000'],
    ['used_cpu_user_children', '0.000000'],
  ]
}

function commandstatsSection(server: ServerContext): Field[] {
  const fields: Field[] = []
  for (const command of server.commands.everything()) {
    const { calls, microseconds, rejected, failed } = command
    if (calls + rejected === 0) continue
    const each = ratio(microseconds, calls)
    const text = `calls=${calls},usec=${Math.round(microseconds)},usec_per_call=${each},rejected_calls=${rejected},failed_calls=${failed}`
    fields.push([`cmdstat_${command.name}`, text])
  }
  return fields
}

function errorstatsSection(server: ServerContext): Field[] {
  return Array.from(server.stats.errors, ([code, count]) => [`errorstat_${code}`, `count=${count}`])
}

function keyspaceSection(server: ServerContext): Field[] {
  return server.keyspace.databases
    .filter((db) => db.size > 0)
    .map((db) => [
      `db${db.index}`,
      `keys=${db.size},expires=${db.expiring},avg_ttl=${Math.round(db.averageTtl())},` +
        `keys_with_volatile_items=${db.volatileHashes}`,
    ])
}

interface Entry {
  readonly name: string
  readonly title: string
  readonly fields: Section
  /** Only on request, or with `all` and `everything`. */
  readonly extra?: boolean
}

const SECTIONS: readonly Entry[] = [
  { name: 'server', title: 'Server', fields: serverSection },
  { name: 'clients', title: 'Clients', fields: clientsSection },
  { name: 'memory', title: 'Memory', fields: memorySection },
  { name: 'persistence', title: 'Persistence', fields: persistenceSection },
  { name: 'stats', title: 'Stats', fields: statsSection },
  { name: 'replication', title: 'Replication', fields: replicationSection },
  { name: 'cpu', title: 'CPU', fields: cpuSection },
  { name: 'modules', title: 'Modules', fields: () => [] },
  { name: 'commandstats', title: 'Commandstats', fields: commandstatsSection, extra: true },
  { name: 'errorstats', title: 'Errorstats', fields: errorstatsSection },
  { name: 'cluster', title: 'Cluster', fields: () => [['cluster_enabled', 0]] },
  { name: 'keyspace', title: 'Keyspace', fields: keyspaceSection },
]

/** The text of the sections named; with none, the default ones. Unknown names give nothing, as in Redis. */
export function infoText(server: ServerContext, names: ReadonlySet<string>): string {
  const everything = names.has('all') || names.has('everything')
  const usual = everything || names.size === 0 || names.has('default')
  const parts: string[] = []
  for (const entry of SECTIONS) {
    if (!names.has(entry.name) && !(usual && (everything || !entry.extra))) continue
    const lines = entry.fields(server).map(([name, value]) => `${name}:${value}\r\n`)
    parts.push(`# ${entry.title}\r\n${lines.join('')}`)
  }
  return parts.join('\r\n')
}

export const INFO = defineCommand({
  name: 'info',
  usage: '[section...]',
  summary: 'Tells the state of the server in named sections.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: -1,
  flags: ['loading', 'stale'],
  categories: ['dangerous'],
  history: [['7.0.0', 'Accepts several sections.']],
  tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
  run(c: Call) {
    const names = new Set<string>()
    for (let i = 1; i < c.argc; i++) names.add(c.argv[i].text().toLowerCase())
    c.reply.verbatim(infoText(c.server, names))
  },
})
