/*
 * What is told of checkpoints and branches: by persistence/checkpoints, which makes
 * them, to the commands about them. Neither layer imports the other.
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

/** What was found out about one of the files of a checkpoint. */
export interface FileCheck {
  /** Relative to the folder of the checkpoint. */
  readonly name: string
  readonly bytes: number
  /** What is wrong with it, as the rest of a sentence that begins with its name; empty if nothing is. */
  readonly problem: string
  /** The byte where nobody could read on; -1 if there is none. */
  readonly offset: number
}

export interface BranchFacts {
  readonly name: string
  /** What it was made from: 'now', 'checkpoint <name>', 'time <ms>'. */
  readonly origin: string
  readonly created: number
  /** -1 if it was made from a time: nobody has counted them. */
  readonly keys: number
  /** The data folder that a server starts on. */
  readonly dir: string
}

export type BranchOrigin = { readonly checkpoint: string } | { readonly time: number } | 'now'
/** Why something failed, in words for the one who asked: without paths or an error code. Undefined: it is done. */
export type Outcome = Promise<string | undefined>
