/*
 * What can go wrong with checkpoints that is nobody's bug: it is told to whoever
 * asked, in words without paths, which are nobody's business on the wire.
 */
import { NotInFormat } from '../rdb/file-writer.ts'
import { SaveCancelled } from '../saves.ts'

/** Why something asked for cannot be done. */
export class CheckpointFailure extends Error {
  override readonly name = 'CheckpointFailure'
}

/** What only reads was given up: nobody waits for an answer any more. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp'
}

/** The words for a failure; undefined for what is none, but a bug. */
export function failureText(error: unknown): string | undefined {
  if ([CheckpointFailure, GivenUp, NotInFormat, SaveCancelled].some((kind) => error instanceof kind))
    return (error as Error).message
  return diskText(error)
}

/** What the disk says, without its path; undefined for what no disk says. */
export function diskText(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException
  return code !== undefined && syscall !== undefined ? `the disk says ${code}` : undefined
}
