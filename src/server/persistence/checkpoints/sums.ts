/*
 * Sums: checksums of the files of checkpoints, so that bytes that have become others,
 * and still are commands or values, are noticed before they become the data. An RDB
 * file that ends with a checksum of its own needs none.
 *
 * To make a checkpoint takes no time that depends on how much is in it, so its files
 * are added up afterwards, in the background, and the sums are put into its record.
 * Most files of a checkpoint are those of the one before under another name: what was
 * added up once is remembered by the file's number, its size and the time of its last
 * change. Of a file that has no other name nothing is remembered: where there are no links
 * numbers of files may be used again, or be all the same.
 */
import { statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CRC64_SIZE, Crc64 } from '../../base/crc64.ts'
import type { Log } from '../../base/log.ts'
import { CheckpointFailure } from './failure.ts'
import type { CheckpointRecord, FileEntry } from './record.ts'
import type { Shelf } from './shelf.ts'
import type { StoredData } from './stored-data.ts'

/** So few at a time that nobody waits for it: some 100 us. */
const SLICE_BYTES = 128 * 1024
/** So many sums are remembered; checkpoints that share files are made one soon after the other. */
const KNOWN_MAX = 4096
/** The format version since which RDB files end with a checksum, which is 0 where it was left out. */
const CHECKSUM_SINCE = 5
const MAGIC = /^(?:REDIS|VALKEY)(\d{3,4})/
const MAGIC_BYTES = 9

export interface SumsOptions {
  readonly shelf: Shelf
  readonly log: Log
  /** Does what must not meet with a checkpoint that is deleted. */
  readonly exclusively: (work: () => Promise<void>) => Promise<void>
}

/** A checkpoint whose files are being read. */
interface Reading {
  readonly folder: string
  /** Resolves when none of them is open any more. */
  readonly over: Promise<void>
  isGivenUp: boolean
}

export class Sums {
  private readonly options: SumsOptions
  private last: Promise<void> = Promise.resolve()
  private reading: Reading | undefined
  private isEnded = false
  /** Sums by the stamps of files. */
  private readonly known = new Map<string, string>()

  constructor(options: SumsOptions) {
    this.options = options
  }

  /** Adds up the files of a checkpoint that have not been, when those asked for before are done. */
  add(folder: string): void {
    this.last = this.last
      .then(() => this.addUp(folder))
      .catch((error: Error) => this.options.log.warning(`${folder} has no checksums yet: ${error.message}`))
  }

  /** Resolves when nothing is added up any more; what has not been is at the next start. */
  async end(): Promise<void> {
    this.isEnded = true
    await this.last
  }

  /**
   * Gives up the files of a checkpoint that is about to go, and resolves when none of them is open: Windows gives
   * no other name to a folder in which one is.
   */
  async leave(folder: string): Promise<void> {
    const { reading } = this
    if (reading?.folder !== folder) return
    reading.isGivenUp = true
    await reading.over
  }

  private async addUp(folder: string): Promise<void> {
    const record = this.recordOf(folder)
    if (record === undefined) return
    for (const { name, sum, stamp } of record.files) {
      // Somebody may have put another file there.
      if (sum !== undefined && stamp !== undefined && stamp === stampOf(join(folder, name))) this.remember(stamp, sum)
    }
    const files = await this.read(folder, record.files)
    if (files === undefined || files.every((file, i) => file === record.files[i])) return
    await this.options.exclusively(async () => {
      // It may be another one by now, of the same name.
      if (this.recordOf(folder)?.created === record.created)
        await this.options.shelf.amend(folder, { ...record, files })
    })
  }

  /** The files with their sums; undefined: they were given up. */
  private async read(folder: string, entries: readonly FileEntry[]): Promise<FileEntry[] | undefined> {
    const over = Promise.withResolvers<void>()
    const reading: Reading = { folder, over: over.promise, isGivenUp: false }
    const isGivenUp = (): boolean => reading.isGivenUp || this.isEnded
    this.reading = reading
    try {
      const files: FileEntry[] = []
      for (const file of entries) {
        if (isGivenUp()) return undefined
        files.push((await this.summed(folder, file, isGivenUp)) ?? file)
      }
      return isGivenUp() ? undefined : files
    } finally {
      this.reading = undefined
      over.resolve()
    }
  }

  /** The file with its sum; undefined: it has one, needs none, or was given up. */
  private async summed(folder: string, file: FileEntry, isGivenUp: () => boolean): Promise<FileEntry | undefined> {
    const path = join(folder, file.name)
    if (file.sum !== undefined || file.bytes === 0 || (await hasSumOfItsOwn(path, file.bytes))) return undefined
    const stamp = stampOf(path)
    const known = stamp === undefined ? undefined : this.known.get(stamp)
    const sum = known ?? (await sumOf(path, isGivenUp))
    if (sum === undefined) return undefined
    if (stamp === undefined) return { ...file, sum }
    this.remember(stamp, sum)
    return { ...file, sum, stamp }
  }

  private remember(stamp: string, sum: string): void {
    if (this.known.size >= KNOWN_MAX) this.known.clear()
    this.known.set(stamp, sum)
  }

  /** Undefined: it has been deleted, or is broken, which whoever uses it is told. */
  private recordOf(folder: string): CheckpointRecord | undefined {
    try {
      return this.options.shelf.recordOf(folder)
    } catch (error) {
      if (!(error instanceof CheckpointFailure)) throw error
      return undefined
    }
  }
}

/** What a file and its other names have in common; undefined: it has none, or is not there. */
function stampOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (stats === undefined || stats.nlink < 2n || stats.ino === 0n) return undefined
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`
}

/** What is wrong with the bytes of files whose sums are known; undefined if nothing is. Others are served meanwhile. */
export async function wrongSumOf({ folder, files }: StoredData): Promise<string | undefined> {
  for (const { name, sum } of files) {
    if (sum !== undefined && (await sumOf(join(folder, name))) !== sum) {
      return `${name} has other bytes than when the checkpoint was made (its checksum is wrong)`
    }
  }
  return undefined
}

/** The CRC-64 of a file, 16 hexadecimal digits, of which the last two are the lowest byte; undefined: it was given up. */
export async function sumOf(path: string, isGivenUp = (): boolean => false): Promise<string | undefined> {
  const file = await open(path, 'r')
  try {
    return (await addUp(file, Number.POSITIVE_INFINITY, isGivenUp))?.reverse().toString('hex')
  } finally {
    await file.close()
  }
}

/** The CRC-64 of the first `bytes` of a file, lowest byte first. */
async function addUp(file: FileHandle, bytes: number, isGivenUp: () => boolean): Promise<Buffer | undefined> {
  const sum = new Crc64()
  const buf = new Uint8Array(SLICE_BYTES)
  for (let at = 0; at < bytes; ) {
    if (isGivenUp()) return undefined
    const { bytesRead } = await file.read(buf, 0, Math.min(buf.length, bytes - at), at)
    if (bytesRead === 0) break
    sum.add(buf, 0, bytesRead)
    at += bytesRead
  }
  const own = Buffer.alloc(CRC64_SIZE)
  sum.write(own, 0)
  return own
}

/** Whether a file is an RDB file that ends with a checksum. */
async function hasSumOfItsOwn(path: string, bytes: number): Promise<boolean> {
  if (!path.endsWith('.rdb')) return false
  const file = await open(path, 'r')
  try {
    return (await ownSumOf(file, bytes)) !== undefined
  } finally {
    await file.close()
  }
}

/** Whether a file is an RDB file that ends with the checksum of all before it; false: it is not, or was given up. */
export async function hasRightSumOfItsOwn(path: string, bytes: number, isGivenUp: () => boolean): Promise<boolean> {
  if (!path.endsWith('.rdb')) return false
  const file = await open(path, 'r')
  try {
    const own = await ownSumOf(file, bytes)
    return own !== undefined && (await addUp(file, bytes - CRC64_SIZE, isGivenUp))?.equals(own) === true
  } finally {
    await file.close()
  }
}

/** The checksum at the end of an RDB file; undefined: there is none. */
async function ownSumOf(file: FileHandle, bytes: number): Promise<Buffer | undefined> {
  if (bytes < MAGIC_BYTES + CRC64_SIZE) return undefined
  const head = Buffer.alloc(MAGIC_BYTES)
  await file.read(head, 0, head.length, 0)
  if (Number(MAGIC.exec(head.toString('latin1'))?.[1] ?? 0) < CHECKSUM_SINCE) return undefined
  const own = Buffer.alloc(CRC64_SIZE)
  await file.read(own, 0, own.length, bytes - CRC64_SIZE)
  return own.some((byte) => byte !== 0) ? own : undefined
}
