/*
 * Commands that production should be asked about twice: they delete everything,
 * stop the server, hold up everybody else, or change how it runs.
 *
 * What is known by name is said in its own words. Beyond that, the server's own
 * flags decide: a command it flags `admin` (modules' too) is asked about unless
 * it only tells something.
 */
import type { Command } from '../redis-client/wire.ts'
import { wordAt } from './words.ts'

/** Flags by command name in lower case, subcommands as `config|set`. */
export type CommandFlags = ReadonlyMap<string, ReadonlySet<string>>

const BY_NAME: Readonly<Record<string, string>> = {
  flushall: 'deletes every key of every database',
  flushdb: 'deletes every key of this database',
  swapdb: 'exchanges two databases for every client',
  keys: 'walks over all keys and holds up everybody else meanwhile (SCAN does not)',
  shutdown: 'stops the server',
  monitor: 'shows the commands of all clients, and slows the server down while it runs',
  debug: 'is for debugging servers, and can stop or crash this one',
  save: 'holds up everybody else until all data is on disk',
  replicaof: 'makes this server a copy of another, or ends its being one',
  slaveof: 'makes this server a copy of another, or ends its being one',
  failover: 'hands the role of primary to another server',
  migrate: 'moves keys to another server',
  'config|set': 'changes how the server runs',
  'config|rewrite': "overwrites the server's configuration file",
  'config|resetstat': 'forgets the statistics that monitoring may rely on',
  'client|kill': 'disconnects clients',
  'client|pause': 'holds up the commands of all clients',
  'client|no-evict': 'exempts this connection from limits',
  'script|flush': 'forgets scripts that clients may rely on',
  'script|kill': 'stops a script of another client',
  'function|flush': 'deletes all functions',
  'function|delete': 'deletes a library of functions',
  'function|restore': 'changes the functions of the server',
  'acl|setuser': 'changes who may do what',
  'acl|deluser': 'deletes users and disconnects them',
  'acl|load': 'replaces all users by those of the ACL file',
  'cluster|reset': 'takes this node out of its cluster',
  'cluster|failover': 'hands the role of primary to this node',
  'cluster|forget': 'removes a node from the cluster',
  'cluster|flushslots': 'takes all slots from this node',
  'cluster|delslots': 'takes slots from this node',
  'cluster|setslot': 'changes where keys of the cluster belong',
  'module|load': 'loads code into the server',
  'module|loadex': 'loads code into the server',
  'module|unload': 'removes code from the server',
}

/** Subcommands flagged `admin` that only tell something. */
const TELLS: ReadonlySet<string> = new Set(
  (
    'get list info help whoami users cat getuser dryrun log genpass len latest history doctor graph histogram ' +
    'id getname trackinginfo getredir stats dump count nodes slots shards links myid keyslot countkeysinslot ' +
    'getkeysinslot slaves replicas'
  ).split(' '),
)
/** The same without subcommands. */
const TELLS_ALONE: ReadonlySet<string> = new Set(['info', 'role', 'lastsave', 'time', 'command'])

/** What the command would do, as the end of a sentence that begins with its name; undefined: nothing to ask about. */
export function dangerOf(args: Command, flags: CommandFlags): string | undefined {
  const name = wordAt(args, 0)
  const sub = `${name}|${wordAt(args, 1)}`
  if (Object.hasOwn(BY_NAME, sub)) return BY_NAME[sub]
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name]
  const own = flags.get(sub) ?? flags.get(name)
  if (!own?.has('admin')) return undefined
  const onlyTells = flags.has(sub) || args.length > 1 ? TELLS.has(wordAt(args, 1)) : TELLS_ALONE.has(name)
  return onlyTells ? undefined : 'administers the server (it flags the command as such)'
}
