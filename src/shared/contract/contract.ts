/*
 * Everything the interface may ask of the backend. Electron and web mode both
 * serve this table and neither adds to it. A domain's methods, validators and
 * types are in its own file; here they only come together.
 */
import { app } from './app.ts'
import { browse } from './browse.ts'
import type { RequestTo, ResponseOf } from './call.ts'
import { checkpoints } from './checkpoints.ts'
import { connections } from './connections.ts'
import { consoleCalls } from './console.ts'
import { databases } from './databases.ts'
import type { EventName, EventPayload } from './events.ts'
import type { Result } from './failure.ts'
import { hashes } from './hashes.ts'
import { keys } from './keys.ts'
import { ledger } from './ledger.ts'
import { lists } from './lists.ts'
import { sessions } from './sessions.ts'
import { sets } from './sets.ts'
import { streams } from './streams.ts'
import { strings } from './strings.ts'
import { zsets } from './zsets.ts'

export const contract = {
  ...app,
  ...databases,
  ...checkpoints,
  ...connections,
  ...sessions,
  ...browse,
  ...keys,
  ...strings,
  ...hashes,
  ...lists,
  ...sets,
  ...zsets,
  ...streams,
  ...consoleCalls,
  ...ledger,
} as const

export type Contract = typeof contract
export type Method = keyof Contract
/** What a caller must send: fields with a default may be left out. */
export type Request<M extends Method> = RequestTo<Contract[M]>
export type Response<M extends Method> = ResponseOf<Contract[M]>

/** The page's end of the wire; there is one per host (renderer/api). */
export interface Transport {
  /** Never rejects: a lost backend is a Failure too. */
  invoke<M extends Method>(method: M, request: Request<M>): Promise<Result<Response<M>>>
  subscribe<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void
}

export const isMethod = (x: unknown): x is Method => typeof x === 'string' && Object.hasOwn(contract, x)
