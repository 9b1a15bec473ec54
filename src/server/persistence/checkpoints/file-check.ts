/*
 * FileCheck: whether the files of a checkpoint are as they were when it was made, and
 * if not, what is wrong with them and where. Nothing of them becomes anybody's data.
 *
 * A file with the right sum is not looked into. One with a wrong sum, or without any,
 * is read as a server that starts on it would read it, a little at a time; of an RDB
 * file the keys go to a keyspace that is emptied as often as others are served.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FileCheck } from '../../base/checkpoint-facts.ts'
import type { Clock } from '../../base/clock.ts'
import { Keyspace } from '../../keyspace/keyspace.ts'
import { ManifestError, parseManifest } from '../aof/manifest.ts'
import { AofError, AofReader } from '../aof/reader.ts'
import { inSlices, sourceOf } from '../load.ts'
import { ArenaFull, RdbFileReader } from '../rdb/file-reader.ts'
import { RdbError } from '../rdb/input.ts'
import type { FileEntry } from './record.ts'
import type { StoredData } from './stored-data.ts'
import { hasRightSumOfItsOwn, sumOf } from './sums.ts'

const COMMANDS_PER_LOOK = 64
const NOWHERE = -1

interface Place {
  readonly offset: number
  readonly reason: string
}

/** The server that is to be able to load the files. */
interface Reader {
  readonly clock: Clock
  /** How many it has. */
  readonly databases: number
}

/** What can be told of each file. Others are served meanwhile. */
export async function checkFiles({ folder, files }: StoredData, by: Reader): Promise<FileCheck[]> {
  const checks: FileCheck[] = []
  for (const entry of files) checks.push(await checkFile(folder, entry, by))
  return checks
}

/** In one sentence, for whoever wants to use the files; undefined if they are sound. */
export function problemOf(checks: readonly FileCheck[]): string | undefined {
  const broken = checks.find(({ problem }) => problem !== '')
  if (broken === undefined) return undefined
  const { name, problem, offset } = broken
  return `${name} ${problem}${offset === NOWHERE ? '' : `, at byte ${offset}`}`
}

async function checkFile(folder: string, entry: FileEntry, by: Reader): Promise<FileCheck> {
  const { name, bytes, sum } = entry
  const path = join(folder, name)
  const found = (problem: string, offset = NOWHERE): FileCheck => ({ name, bytes, problem, offset })
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) return found('is missing')
  if (size !== bytes) return found(`has ${size} bytes instead of ${bytes}`, Math.min(size, bytes))
  if (bytes === 0) return found('')
  const isAsItWas = sum === undefined ? await hasRightSumOfItsOwn(path, bytes) : (await sumOf(path)) === sum
  if (isAsItWas) return found('')
  const place = await brokenPlace(path, by)
  if (sum === undefined) return place === undefined ? found('') : found(`is broken: ${place.reason}`, place.offset)
  const changed = 'has other bytes than when the checkpoint was made (its checksum is wrong)'
  return place === undefined ? found(changed) : found(`${changed}: ${place.reason}`, place.offset)
}

/** Where nobody could read on; undefined: everything can be read. */
async function brokenPlace(path: string, by: Reader): Promise<Place | undefined> {
  if (path.endsWith('.manifest')) return brokenManifest(path)
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(6)
    readSync(file, head, 0, head.length, 0)
    // A file that should begin so and does not is read as one, to say that.
    const isRdb = path.endsWith('.rdb') || /^(REDIS|VALKEY)/.test(head.toString('latin1'))
    const read = isRdb ? await readKeys(file, by) : 0
    if (typeof read !== 'number') return read
    return path.endsWith('.rdb') ? undefined : await readCommands(file, read, by)
  } finally {
    closeSync(file)
  }
}

function brokenManifest(path: string): Place | undefined {
  try {
    parseManifest(readFileSync(path, 'latin1'))
    return undefined
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error
    return { offset: NOWHERE, reason: error.message }
  }
}

/** Where what follows begins, or where nobody could read on. */
async function readKeys(file: number, { clock, databases }: Reader): Promise<number | Place> {
  const keyspace = new Keyspace({ databases })
  const reader = new RdbFileReader(sourceOf(file), keyspace, { keepsExpired: true })
  try {
    await inSlices(clock, (hasTime) => {
      const isOver = reader.step(hasTime)
      keyspace.flushAll()
      return isOver
    })
    return reader.offset
  } catch (error) {
    if (!(error instanceof RdbError || error instanceof ArenaFull)) throw error
    // It names the place itself; a wrong checksum is that of all that was read.
    const offset = reader.left === 0 ? NOWHERE : reader.offset
    return { offset, reason: error.message.replace(/ at offset \d+$/, '') }
  }
}

async function readCommands(file: number, from: number, { clock }: Reader): Promise<Place | undefined> {
  const { size } = fstatSync(file)
  const reader = new AofReader({ size, read: (into, at, at0) => readSync(file, into, at, into.length - at, at0) }, from)
  let last: ReturnType<AofReader['next']> = 'end'
  try {
    await inSlices(clock, (hasTime) => {
      for (let i = 1; ; i++) {
        last = reader.next()
        if (last !== 'command') return true
        if (i % COMMANDS_PER_LOOK === 0 && !hasTime()) return false
      }
    })
  } catch (error) {
    if (!(error instanceof AofError)) throw error
    return { offset: reader.offset, reason: error.message }
  }
  return (last as string) === 'end' ? undefined : { offset: reader.offset, reason: 'it ends within a command' }
}
