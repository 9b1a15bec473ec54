/*
 * Every core command there is elsewhere: what docs/commands.md measures ours by.
 *
 * known-commands.tsv has one line a command, a subcommand with its container
 * (a container that only holds others is not counted): its group, and the first
 * version of Redis and of Valkey that has it, as their COMMAND DOCS tell; `-`
 * where one lacks it. It knows Redis up to 8.10 and Valkey up to 9.1.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export interface KnownCommand {
  /** Upper case: `CONFIG GET`. */
  readonly name: string
  readonly group: string
  /** First versions, where there is one. */
  readonly redis: string | undefined
  readonly valkey: string | undefined
}

const HEADER = 'name\tgroup\tredis\tvalkey'

export function knownCommands(): KnownCommand[] {
  const text = readFileSync(resolve(import.meta.dirname, 'known-commands.tsv'), 'utf8')
  const [header, ...lines] = text.trimEnd().split('\n')
  if (header !== HEADER) throw new Error(`known-commands.tsv begins with "${header}", not with "${HEADER}"`)
  return lines.map((line) => {
    const [name, group, redis, valkey] = line.split('\t') as [string, string, string, string]
    return { name, group, redis: versionOf(redis), valkey: versionOf(valkey) }
  })
}

const versionOf = (text: string): string | undefined => (text === '-' ? undefined : text)

/** In Redis 7.2 or Valkey 9.1: the commands that Keystead is to have. The others came with Redis 7.4 and later alone. */
export function isMeant({ redis, valkey }: KnownCommand): boolean {
  if (valkey !== undefined) return true
  const [major = 0, minor = 0] = (redis ?? '').split('.').map(Number)
  return major < 7 || (major === 7 && minor <= 2)
}

/** What is not core: modules, and Sentinel, which is a program of its own. None of it is here. */
export const OTHER_FAMILIES: readonly { readonly title: string; readonly commands: string; readonly count: number }[] =
  [
    { title: 'JSON', commands: '`JSON.*`', count: 35 },
    { title: 'Bloom filter', commands: '`BF.*`', count: 12 },
    { title: 'Cuckoo filter', commands: '`CF.*`', count: 13 },
    { title: 'Count-min sketch', commands: '`CMS.*`', count: 6 },
    { title: 'Top-k', commands: '`TOPK.*`', count: 7 },
    { title: 't-digest', commands: '`TDIGEST.*`', count: 14 },
    { title: 'Search', commands: '`FT.*`', count: 30 },
    { title: 'Time series', commands: '`TS.*`', count: 21 },
    { title: 'Vector set', commands: '`V*`', count: 13 },
    { title: 'Sentinel', commands: '`SENTINEL *`', count: 25 },
  ]
