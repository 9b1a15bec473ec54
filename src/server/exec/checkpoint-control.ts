/*
 * What commands may ask about checkpoints and branches. Who does it is in
 * persistence/checkpoints, which this layer does not see: server.ts hands it over.
 */
import type { BranchFacts, BranchOrigin, CheckpointFacts, FileCheck, Outcome } from '../base/checkpoint-facts.ts'

export interface CheckpointControl {
  /** Resolves when `checkpoints` tells of all that have been made; undefined: it does. */
  readonly unsettled: Promise<void> | undefined
  /** In the order in which they were made; or why they cannot be told. */
  checkpoints(): readonly CheckpointFacts[] | string
  create(name: string): Outcome
  /** Reads all files of one: what is wrong with each; or why that cannot be told. */
  verify(name: string): Promise<readonly FileCheck[] | string>
  delete(name: string): Outcome
  rewind(name: string): Outcome
  rewindTo(unixMs: number): Outcome
  /** Replaces all data by what is in the append-only file, which is on. */
  reloadAppendOnly(): Outcome
  /** Makes one at once, unless it is not to be: why it failed, or undefined. `command` in upper case. */
  beforeFlush(command: string): string | undefined
  branches(): readonly BranchFacts[] | string
  createBranch(name: string, origin: BranchOrigin): Outcome
  deleteBranch(name: string): Outcome
}
