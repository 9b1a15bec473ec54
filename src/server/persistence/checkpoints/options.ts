/*
 * What the parts of checkpoints work with: the data of a server, what keeps it on
 * disk, and what the server does around a rewind.
 */
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Config } from '../../config/config.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import type { Aof } from '../aof/aof.ts'
import type { Replay } from '../aof/load.ts'
import type { Disk } from '../disk.ts'
import type { Saves } from '../saves.ts'

export interface CheckpointsOptions {
  readonly keyspace: Keyspace
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly disk: Disk
  readonly saves: Saves
  readonly aof: Aof
  /** What runs the commands of one append-only file. */
  readonly newReplay: () => Replay
  /** Commands that are one have been kept in part: no file can be ended now. */
  readonly isWithinUnit: () => boolean
  /** A rewind begins: until `rewindEnded` nobody sees the keys, and what is done to them is not kept. */
  readonly rewindBegins: () => void
  readonly rewindEnded: () => void
}
