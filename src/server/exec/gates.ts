/*
 * Gates: the conditions of the server and of a client in which a command is not
 * simply run. Every command knows those that concern it (Command.gates, folded
 * from its flags once), so the path that all commands take pays one AND; what a
 * closed gate means is decided in dispatch.ts.
 */
import { DENYOOM, LOADING_OK, MAY_REPLICATE, NO_AUTH, NO_MULTI, WRITE } from './flags.ts'

// Conditions of a client.
/** A password is set and the client has not given it. */
export const NEEDS_AUTH = 1 << 0
/** Between MULTI and EXEC: commands are queued. */
export const IN_MULTI = 1 << 1

// Conditions of the server.
/** There is a maxmemory: whether it is exceeded is looked up only then. */
export const MEMORY_LIMITED = 1 << 8
export const LOADING = 1 << 9
export const PAUSED_WRITES = 1 << 10
export const PAUSED_ALL = 1 << 11
/** There are save points, and the last save failed: what is written might be lost. */
export const UNSAVED = 1 << 12
/** The append-only file cannot be written. */
export const UNWRITTEN = 1 << 13

/** What keeps EXEC out is what keeps any of its queued commands out. */
export const INHERITED_BY_EXEC = MEMORY_LIMITED | LOADING | PAUSED_WRITES | UNSAVED | UNWRITTEN

/** These act on the transaction itself, so they run at once between MULTI and EXEC; WATCH refuses by itself. */
const NEVER_QUEUED = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset'])

export function gatesOf(name: string, flags: number): number {
  let gates = PAUSED_ALL
  if (!(flags & NO_AUTH)) gates |= NEEDS_AUTH
  if (!NEVER_QUEUED.has(name) || flags & NO_MULTI) gates |= IN_MULTI
  if (flags & DENYOOM) gates |= MEMORY_LIMITED
  if (!(flags & LOADING_OK)) gates |= LOADING
  if (flags & (WRITE | MAY_REPLICATE)) gates |= PAUSED_WRITES
  // PING too, so that whoever watches a server with it notices.
  if (flags & WRITE || name === 'ping') gates |= UNSAVED | UNWRITTEN
  if (name === 'exec') gates |= INHERITED_BY_EXEC
  return gates
}
