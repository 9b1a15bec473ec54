/*
 * Turns whatever was thrown into what may cross to a page. Expected failures
 * were worded where they happened; everything else is our bug: it goes to the
 * log with its stack, and to the user without one.
 */
import { type Failure, FailureError } from '../../shared/contract/failure.ts'
import type { Log } from './log.ts'

export function toFailure(error: unknown, log: Log, during: string): Failure {
  if (error instanceof FailureError) return error.failure
  log.error(`${during} failed unexpectedly`, error)
  return {
    code: 'INTERNAL',
    message: `Keystead made a mistake during ${during}; what you asked for may not have been done.`,
    hint: 'The log has the details. Please report it with the steps that led here.',
    detail: error instanceof Error ? error.message : String(error),
  }
}

/** The `code` of a system error ('ENOENT', 'EADDRINUSE' ...), if it is one. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
