/*
 * What commands there are: from the server itself where it can tell (COMMAND
 * DOCS, Redis 7.0 and later), else from the table that came with the app. Asked
 * once per server and version.
 */

import type { CommandDoc, CommandDocs } from '../../../../shared/command-docs/doc.ts'
import { readCommandDocs } from '../../../../shared/command-docs/read-docs.ts'
import builtIn from '../../../../shared/command-docs.json' with { type: 'json' }
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { errorText } from '../redis-client/failures.ts'
import { itemsOf, textOf } from '../redis-client/replies.ts'
import type { Session } from '../sessions/session.ts'
import type { CommandFlags } from './danger.ts'

/** Servers remembered; a user has a handful. */
const SERVERS_MAX = 50

export class ConsoleDocs {
  readonly #docs = new Map<string, Promise<CommandDocs>>()
  readonly #flags = new Map<string, Promise<CommandFlags>>()

  docs(session: Session): Promise<CommandDocs> {
    return remembered(this.#docs, keyOf(session), () => askDocs(session))
  }

  /** Empty where the server does not tell. */
  flags(session: Session): Promise<CommandFlags> {
    return remembered(this.#flags, keyOf(session), () => askFlags(session))
  }
}

function keyOf({ info }: Session): string {
  // Modules differ between servers of one version, and rights between users.
  return `${info.kind} ${info.version} ${info.address} ${info.user ?? ''}`
}

function remembered<T>(cache: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = cache.get(key)
  if (known) return known
  const asked = ask()
  cache.set(key, asked)
  // A lost connection is no answer: the next one asks again.
  asked.catch(() => cache.delete(key))
  for (const oldest of cache.keys()) {
    if (cache.size <= SERVERS_MAX) break
    cache.delete(oldest)
  }
  return asked
}

async function askDocs(session: Session): Promise<CommandDocs> {
  const reply = await session.command(['COMMAND', 'DOCS'], { source: 'console' })
  if (isError(reply)) return builtInDocs(errorText(reply))
  const commands = readCommandDocs(reply)
  return commands.length > 0 ? { source: 'server', commands } : builtInDocs('COMMAND DOCS is empty')
}

const builtInDocs = (why: string): CommandDocs => ({
  source: 'built-in',
  why: `These are the commands of ${builtIn.from}, because this server does not describe its own: ${why}`,
  commands: builtIn.commands as readonly CommandDoc[],
})

async function askFlags(session: Session): Promise<CommandFlags> {
  const flags = new Map<string, ReadonlySet<string>>()
  const reply = await session.command(['COMMAND'], { source: 'console' })
  if (isError(reply)) return flags
  for (const command of itemsOf(reply)) addFlags(flags, command)
  return flags
}

/** name, arity, flags, first key, last key, step, ACL categories, tips, key specifications, subcommands */
function addFlags(flags: Map<string, ReadonlySet<string>>, command: RespValue): void {
  const fields = itemsOf(command)
  if (fields.length < 3) return
  flags.set(textOf(fields[0]).toLowerCase(), new Set(itemsOf(fields[2]).map(textOf)))
  if (fields.length > 9) for (const sub of itemsOf(fields[9])) addFlags(flags, sub)
}
