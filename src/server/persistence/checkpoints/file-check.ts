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
import { diskText, GivenUp } from './failure.ts'
import type { FileEntry } from './record.ts'
import type { StoredData } from './stored-data.ts'
import { hasRightSumOfItsOwn, sumOf } from './sums.ts'

const COMMANDS_PER_LOOK = 64
const NOWHERE = -1

interface Place {
  readonly offset: number
  readonly reason: string
}

type Fault = Pick<FileCheck, 'problem' | 'offset'>

/** The server that is to be able to load the files. */
export interface Reader {
  readonly clock: Clock
  /** How many it has. */
  readonly databases: number
  /** Whether nobody waits for an answer any more. */
  readonly isGivenUp: () => boolean
}

/** What can be told of each file. Others are served meanwhile. Throws GivenUp. */
export async function checkFiles({ folder, files }: StoredData, by: Reader): Promise<FileCheck[]> {
  const checks: FileCheck[] = []
  for (const entry of files) {
    const { problem, offset } = await faultOf(folder, entry, by).catch(faultOfDisk)
    checks.push({ name: entry.name, bytes: entry.bytes, problem, offset })
  }
  return checks
}

/**
 * What is wrong with the first file that is broken, in one sentence for whoever wants to use them; undefined if
 * they are sound. As `checkFiles`, but throws what the disk says, which need not be the fault of a file.
 */
export async function problemOf({ folder, files }: StoredData, by: Reader): Promise<string | undefined> {
  for (const entry of files) {
    const { problem, offset } = await faultOf(folder, entry, by)
    if (problem !== '') return `${entry.name} ${problem}${offset === NOWHERE ? '' : `, at byte ${offset}`}`
  }
  return undefined
}

function fault(problem: string, offset = NOWHERE): Fault {
  return { problem, offset }
}

const SOUND = fault('')

function faultOfDisk(error: unknown): Fault {
  const words = diskText(error)
  if (words === undefined) throw error
  return fault(`cannot be read: ${words}`)
}

async function faultOf(folder: string, { name, bytes, sum }: FileEntry, by: Reader): Promise<Fault> {
  const path = join(folder, name)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) return fault('is missing')
  if (size !== bytes) return fault(`has ${size} bytes instead of ${bytes}`, Math.min(size, bytes))
  if (bytes === 0) return SOUND
  const { isGivenUp } = by
  const isAsItWas =
    sum === undefined ? await hasRightSumOfItsOwn(path, bytes, isGivenUp) : (await sumOf(path, isGivenUp)) === sum
  goOn(by)
  if (isAsItWas) return SOUND
  const place = await brokenPlace(path, by)
  if (sum === undefined) return place === undefined ? SOUND : fault(`is broken: ${place.reason}`, place.offset)
  const changed = 'has other bytes than when the checkpoint was made (its checksum is wrong)'
  return place === undefined ? fault(changed) : fault(`${changed}: ${place.reason}`, place.offset)
}

function goOn({ isGivenUp }: Reader): void {
  if (isGivenUp()) throw new GivenUp('the server is shutting down')
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
async function readKeys(file: number, by: Reader): Promise<number | Place> {
  const { clock, databases } = by
  const keyspace = new Keyspace({ databases })
  const reader = new RdbFileReader(sourceOf(file), keyspace, { keepsExpired: true })
  try {
    await inSlices(clock, (hasTime) => {
      goOn(by)
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

async function readCommands(file: number, from: number, by: Reader): Promise<Place | undefined> {
  const { size } = fstatSync(file)
  const reader = new AofReader({ size, read: (into, at, at0) => readSync(file, into, at, into.length - at, at0) }, from)
  let isCut = false
  try {
    await inSlices(by.clock, (hasTime) => {
      goOn(by)
      for (let i = 1; ; i++) {
        const found = reader.next()
        isCut = found === 'truncated'
        if (found !== 'command') return true
        if (i % COMMANDS_PER_LOOK === 0 && !hasTime()) return false
      }
    })
  } catch (error) {
    if (!(error instanceof AofError)) throw error
    return { offset: reader.offset, reason: error.message }
  }
  return isCut ? { offset: reader.offset, reason: 'it ends within a command' } : undefined
}
