/*
 * What is said of a file of which not everything is in memory now. It goes to the log,
 * because nobody is connected yet, and names what was lost as far as it has a name.
 */
import type { Log } from '../base/log.ts'
import type { RdbFileReader } from './rdb/file-reader.ts'

/** Longer names are cut. */
const NAME_SIZE_MAX = 128

export function sayWhatIsMissing(log: Log, path: string, reader: RdbFileReader): void {
  const { skipped, lost, lostKeys } = reader
  for (const [what, count] of skipped) log.warning(`Not loaded, for want of a place for it: ${count} x ${what}`)
  for (const [what, count] of reader.opaque) {
    log.warning(`Kept as they are, for a server that knows what they mean: ${count} x ${what}`)
  }
  for (const { database, key, reason } of lost) {
    log.warning(`Lost: the key ${JSON.stringify(key.slice(0, NAME_SIZE_MAX))} of database ${database}: ${reason}.`)
  }
  if (lostKeys > lost.length) log.warning(`Lost: ${lostKeys - lost.length} more keys whose values are broken.`)
  if (lostKeys > 0) log.warning(`${path} is broken: ${lostKeys} keys of it were left out, ${reader.keys} are loaded.`)
  if (reader.hasWrongSum) {
    log.warning(`${path} has a wrong checksum: all of it was read, but some of it is not what was written.`)
  }
}

/** What comes behind a place where nobody can read on. */
export function sayWhatFollowed(log: Log, reader: RdbFileReader): void {
  const { left, missing } = reader
  if (left > 0) log.warning(`Lost: the ${left} bytes from there to the end of the file.`)
  if (missing > 0) log.warning(`Lost: ${missing} keys that the file says to have in the databases that were begun.`)
}
