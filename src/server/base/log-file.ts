/*
 * Where log lines go: a file, or standard output.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { LogTarget } from './log.ts'

/**
 * The target for a `logfile` of this path; standard output if it is empty. Lines are written at once: the
 * last one before a crash is the one that matters. Throws where the file cannot be opened.
 */
export function openLog(path: string): LogTarget {
  if (path === '') return { write: (text) => void process.stdout.write(text) }
  // Opened for each line, as Redis does, so that a log that was moved away begins anew.
  closeSync(openSync(path, 'a'))
  return {
    write(text) {
      const file = openSync(path, 'a')
      writeSync(file, text)
      closeSync(file)
    },
  }
}
