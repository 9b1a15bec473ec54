/*
 * What commands may ask about checkpoints and branches. Who does it is in
 * persistence/checkpoints, which this layer does not see: server.ts hands it over.
 *
 * What takes time answers a promise of why it failed, or of undefined when it is
 * done. Texts are for the one who asked: without paths, and without an error code.
 */

/** Times are Unix times in milliseconds. */
export interface CheckpointFacts {
  readonly name: string
  /** 'asked', or the command before which it was made: 'before FLUSHALL'. */
  readonly reason: string
  readonly created: number
  readonly keys: number
  readonly bytes: number
  /** The moments that it can bring back. */
  readonly from: number
  readonly to: number
  /** What is wrong with it; empty if nothing is. The other facts are 0 where they cannot be told. */
  readonly problem: string
}

export interface BranchFacts {
  readonly name: string
  /** What it was made from: 'now', 'checkpoint <name>', 'time <ms>'. */
  readonly origin: string
  readonly created: number
  readonly keys: number
  /** The data folder that a server starts on. */
  readonly dir: string
}

export type BranchOrigin = { readonly checkpoint: string } | { readonly time: number } | 'now'
export type Outcome = Promise<string | undefined>

export interface CheckpointControl {
  /** In the order in which they were made; or why they cannot be told. */
  checkpoints(): readonly CheckpointFacts[] | string
  create(name: string): Outcome
  delete(name: string): Outcome
  rewind(name: string): Outcome
  rewindTo(unixMs: number): Outcome
  /** Makes one at once, unless it is not to be: why it failed, or undefined. `command` in upper case. */
  beforeFlush(command: string): string | undefined
  branches(): readonly BranchFacts[] | string
  createBranch(name: string, origin: BranchOrigin): Outcome
  deleteBranch(name: string): Outcome
}
