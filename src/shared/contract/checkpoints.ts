/*
 * Checkpoints and branches of a Keystead database, as docs/checkpoints.md has
 * them. A branch of a local database can be a local database itself.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import type { SessionTarget } from './sessions.ts'
import { id, natural } from './types.ts'

/** A page that looks at the server names its session, whose ledger tells what is sent; Home has none. */
const place = v.union(
  [v.strictObject({ sessionId: id }), v.strictObject({ database: id })],
  'must name a session or a database',
)
export type CheckpointPlace = v.InferOutput<typeof place>

/** The server says what is wrong with a name; the bound only keeps requests small. */
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

const moment = v.union(
  [v.strictObject({ checkpoint: name }), v.strictObject({ time: natural })],
  'must name a checkpoint or a time',
)
/** Data as it was: as a checkpoint has it, or at a Unix time in milliseconds. */
export type Moment = v.InferOutput<typeof moment>

/** All times are Unix times in milliseconds. */
export interface Checkpoint {
  readonly name: string
  /** 'asked', or the command before which it was made: 'before FLUSHALL'. Empty if it cannot be told. */
  readonly reason: string
  readonly createdAt: number
  /** In all databases together. */
  readonly keys: number
  /** Bytes of its files. */
  readonly size: number
  /** What is wrong with its files: it can only be deleted. */
  readonly problem?: string
}

export interface Branch {
  readonly name: string
  /** 'now', 'checkpoint <name>' or 'time <ms>'. */
  readonly origin: string
  readonly createdAt: number
  /** When it was made; absent if nobody counted them. */
  readonly keys?: number
  /** On the server's machine: what `keystead-server --dir <dir> --appendonly yes` starts on. */
  readonly dir: string
}

export interface CheckpointList {
  /** The newest first. */
  readonly checkpoints: readonly Checkpoint[]
  readonly branches: readonly Branch[]
  /** The server keeps when what was done, and can go back to any time of that. */
  readonly keepsTimes: boolean
}

export interface Rewound {
  /** The checkpoint of what was there before: rewinding to it undoes this. */
  readonly undo?: Checkpoint
}

export const checkpoints = {
  'checkpoints.list': call(v.strictObject({ place }), returns<CheckpointList>()),
  'checkpoints.create': call(v.strictObject({ place, name }), returns<Record<string, never>>()),
  'checkpoints.rewind': call(v.strictObject({ place, to: moment }), returns<Rewound>()),
  'checkpoints.remove': call(v.strictObject({ place, name }), returns<Record<string, never>>()),
  /** Of the data as it is now, or as it was at `from`. */
  'branches.create': call(v.strictObject({ place, name, from: v.optional(moment) }), returns<Record<string, never>>()),
  /** Refused while a local database has its data there. */
  'branches.remove': call(v.strictObject({ place, name }), returns<Record<string, never>>()),
} as const

export interface CheckpointEvents {
  /** One was made or deleted here, or a branch was; what others do to the server is not told. */
  readonly 'checkpoints.changed': SessionTarget
}
