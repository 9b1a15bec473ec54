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

/** The words for a failure; undefined for what is none, but a bug. */
export function failureText(error: unknown): string | undefined {
  if ([CheckpointFailure, NotInFormat, SaveCancelled].some((kind) => error instanceof kind))
    return (error as Error).message
  const { code, syscall } = error as NodeJS.ErrnoException
  // What the disk says: its path is left out.
  if (code !== undefined && syscall !== undefined) return `the disk says ${code}`
  return undefined
}
