/*
 * Dispatch: from a request to the command that runs, or to the refusal that
 * Redis would answer, in Redis' order. The common path looks the name up, checks
 * the number of arguments and pays one AND for everything else (exec/gates.ts).
 */
import type { Slice } from '../base/slice.ts'
import type { Client } from './client.ts'
import { Err } from './errors.ts'
import { NO_AUTH, NO_MULTI } from './flags.ts'
import {
  IN_MULTI,
  INHERITED_BY_EXEC,
  LOADING,
  MEMORY_LIMITED,
  NEEDS_AUTH,
  PAUSED_ALL,
  PAUSED_WRITES,
  UNSAVED,
  UNWRITTEN,
} from './gates.ts'
import type { ServerContext } from './server-context.ts'
import type { Command } from './table.ts'

// What a closed gate means.
export const RUN = 0
export const QUEUE = 1
export const POSTPONE = 2

/** RUN, QUEUE or POSTPONE, or the refusal to send. */
export type Verdict = typeof RUN | typeof QUEUE | typeof POSTPONE | Uint8Array | string

/** Called when a gate of `command` is closed. `conditions` are those of the server and the client together. */
export function judge(server: ServerContext, client: Client, command: Command, conditions: number): Verdict {
  const isExec = command.name === 'exec'
  let closed = command.gates & conditions
  // EXEC itself may always run; what it would run decides.
  if (isExec) closed &= ~INHERITED_BY_EXEC | (client.transaction?.gates ?? 0)
  if (closed & NEEDS_AUTH && !(command.flags & NO_AUTH)) return Err.noAuth
  if (closed & IN_MULTI && command.flags & NO_MULTI) return Err.notInMulti
  if (closed & MEMORY_LIMITED && !server.makeRoom()) return Err.oom
  if (closed & UNSAVED && isUnsaved(server)) return Err.unsaved
  if (closed & UNWRITTEN) return `MISCONF Errors writing to the AOF file: ${server.aof.failure}`
  if (closed & LOADING) return Err.loading
  if (closed & (PAUSED_ALL | PAUSED_WRITES)) return POSTPONE
  return closed & IN_MULTI ? QUEUE : RUN
}

/** Whether writes are refused because they could not be saved: what makes it so is looked at only when a save has failed. */
function isUnsaved({ config }: ServerContext): boolean {
  return config.get('stop-writes-on-bgsave-error') && config.get('save').length > 0
}

/** Bytes of arguments that an error about an unknown command quotes. */
const QUOTED_BYTES = 128

/** The refusal of a request that names no command, or no subcommand of `container`. */
export function unknownText(container: Command | undefined, argv: readonly Slice[], argc: number): string {
  if (container) {
    const sub = argv[1].textToZero().slice(0, QUOTED_BYTES)
    return `ERR unknown subcommand '${sub}'. Try ${container.name.toUpperCase()} HELP.`
  }
  let args = ''
  for (let i = 1; i < argc && args.length < QUOTED_BYTES; i++) {
    args += `'${argv[i].textToZero().slice(0, QUOTED_BYTES - args.length)}' `
  }
  return `ERR unknown command '${argv[0].textToZero().slice(0, QUOTED_BYTES)}', with args beginning with: ${args}`
}

export const wrongArityText = (command: Command): string =>
  `ERR wrong number of arguments for '${command.name}' command`

/** Why this client may not run DEBUG, the one command that the configuration has to allow; undefined if it may. */
export function protectedText(server: ServerContext, client: Client): string | undefined {
  const allowed = server.config.get('enable-debug-command')
  if (allowed === 'yes' || (allowed === 'local' && client.origin.isLocal)) return undefined
  return (
    'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", ' +
    'you can run it from a local connection, otherwise you need to set this option in the ' +
    'configuration file, and then restart the server.'
  )
}
