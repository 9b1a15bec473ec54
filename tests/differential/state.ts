/*
 * All that a server holds, as far as it can be compared: every key with its
 * type, encoding, time to live and content. It is read in four questions, each
 * about everything, because it is read often.
 */
import type { CommandArg, Reply } from '../support/reply.ts'
import { show } from './compare.ts'
import { STREAM_QUESTION, STREAM_QUESTION_END, withoutTimes } from './stream-state.ts'

/** A command with its arguments. */
export type Command = readonly [CommandArg, ...CommandArg[]]

export interface Entry {
  readonly db: number
  readonly key: CommandArg
  readonly type: string
  readonly encoding: Reply
  readonly ttlMs: Reply
  readonly content: Reply
  /** The times to live of a hash's fields, the groups of a stream. */
  readonly parts: Reply | undefined
}

export interface State {
  /** DBSIZE of each database, in one line. */
  readonly sizes: string
  /** In the order of databases and keys. */
  readonly entries: readonly Entry[]
}

/** Sends all commands at once and gives their replies. */
type AskAll = (commands: readonly Command[]) => Promise<Reply[]>

/** Databases that the generators use. */
const DATABASES = [0, 1, 2, 15]
/** More than an episode makes keys: one call finds all. */
const SCAN_COUNT = 10_000

export async function readState(askAll: AskAll, withFieldTtls: boolean): Promise<State> {
  const inDatabases = <T extends { readonly db: number }>(list: readonly T[], ask: (one: T) => Command) =>
    askInDatabases(askAll, list, ask)
  const databases = DATABASES.map((db) => ({ db }))
  // Not KEYS: a scan also removes the keys that have expired, so that the sizes are those of what is left.
  const scans = await inDatabases(databases, () => ['SCAN', 0, 'COUNT', SCAN_COUNT])
  const keys = databases.flatMap(({ db }, i) => keysOf(scans[i]!).map((key) => ({ db, key })))
  const about = [
    ...databases.map(({ db }) => ({ db, question: ['DBSIZE'] as Command })),
    ...keys.flatMap(({ db, key }) => FACTS.map((fact) => ({ db, question: [...fact, key] as Command }))),
  ]
  const facts = await inDatabases(about, ({ question }) => question)
  const sizes = databases.map(({ db }) => `${db}:${show(facts.shift()!)}`).join(' ')
  const asked = keys.map((at) => {
    const [type, encoding, ttlMs] = facts.splice(0, FACTS.length) as [Reply, Reply, Reply]
    return { ...at, type: type.type === 'simple' ? type.text : show(type), encoding, ttlMs }
  })
  // On a slow machine a key's time may be over by now.
  const found = asked.filter(({ type }) => type !== 'none')
  const contents = await inDatabases(found, contentQuestion)
  const entries = found.map((entry, i) => ({
    ...entry,
    content: entry.type === 'stream' ? withoutTimes(contents[i]!) : contents[i]!,
  }))
  const withParts = entries.filter(({ type }) => type === 'stream' || (type === 'hash' && withFieldTtls))
  const parts = await inDatabases(withParts, partsQuestion)
  const partsOf = new Map(withParts.map((entry, i) => [entry, parts[i]!]))
  return { sizes, entries: entries.map((entry) => ({ ...entry, parts: partsOf.get(entry) })) }
}

const FACTS: readonly (readonly [string, ...string[]])[] = [['TYPE'], ['OBJECT', 'ENCODING'], ['PTTL']]

/** One question about each of the list, each in its own database. */
async function askInDatabases<T extends { readonly db: number }>(
  askAll: AskAll,
  list: readonly T[],
  ask: (one: T) => Command,
): Promise<Reply[]> {
  const replies = await askAll(list.flatMap((one) => [['SELECT', one.db], ask(one)]))
  return replies.filter((_, i) => i % 2 === 1)
}

function keysOf(scan: Reply): Buffer[] {
  const [cursor, keys] = scan.type === 'array' ? scan.items : []
  if (cursor?.type !== 'bulk' || cursor.bytes.toString() !== '0' || keys?.type !== 'array')
    throw new Error(`a scan does not find all keys at once: ${show(scan).slice(0, 200)}`)
  return keys.items.map((key) => (key.type === 'bulk' ? key.bytes : Buffer.of())).sort(Buffer.compare)
}

function contentQuestion({ type, key }: Pick<Entry, 'type' | 'key'>): Command {
  switch (type) {
    case 'string':
      return ['GET', key]
    case 'hash':
      return ['HGETALL', key]
    case 'list':
      return ['LRANGE', key, 0, -1]
    case 'set':
      return ['SMEMBERS', key]
    case 'zset':
      return ['ZRANGE', key, 0, -1, 'WITHSCORES']
    case 'stream':
      return [...STREAM_QUESTION, key, ...STREAM_QUESTION_END]
    default:
      throw new Error(`no way is known to read a ${type}`)
  }
}

function partsQuestion({ type, key, content }: Pick<Entry, 'type' | 'key' | 'content'>): Command {
  if (type === 'stream') return ['XINFO', 'GROUPS', key]
  // In the order of the fields' names, since the order of the hash is the server's own.
  const flat = content.type === 'array' ? content.items : []
  const names = flat.flatMap((item, i) => (i % 2 === 0 && item.type === 'bulk' ? [item.bytes] : []))
  names.sort(Buffer.compare)
  return ['HPTTL', key, 'FIELDS', names.length, ...names]
}
