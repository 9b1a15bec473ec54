/*
 * Everything the backend tells the interface unasked: event name to payload.
 */
import type { AppEvents } from './app.ts'
import type { BrowseEvents } from './browse.ts'
import type { CheckpointEvents } from './checkpoints.ts'
import type { ConnectionEvents } from './connections.ts'
import type { ConsoleEvents } from './console.ts'
import type { DatabaseEvents } from './databases.ts'
import type { SessionEvents } from './sessions.ts'

export type Events = AppEvents &
  DatabaseEvents &
  CheckpointEvents &
  ConnectionEvents &
  SessionEvents &
  BrowseEvents &
  ConsoleEvents
export type EventName = keyof Events
export type EventPayload<E extends EventName> = Events[E]
