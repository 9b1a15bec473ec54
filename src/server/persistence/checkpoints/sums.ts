/*
 * Sums: checksums of the files of commands in checkpoints, so that bytes that have
 * become others, and still are commands, are noticed before they become the data. An
 * RDB file ends with a checksum of its own.
 *
 * To make a checkpoint takes no time that depends on how much is in it, so its files
 * are added up afterwards, in the background, and the sums are put into its record.
 */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { CRC64_SIZE, Crc64 } from '../../base/crc64.ts'
import type { Log } from '../../base/log.ts'
import { CheckpointFailure } from './failure.ts'
import type { CheckpointRecord, FileEntry } from './record.ts'
import type { Shelf } from './shelf.ts'
import type { StoredData } from './stored-data.ts'

/** So few at a time that nobody waits for it: some 100 us. */
const SLICE_BYTES = 128 * 1024

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
    if (record === undefined || !record.files.some(lacksSum)) return
    const files = await this.read(folder, record.files)
    if (files === undefined) return
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
        const sum = lacksSum(file) ? await sumOf(join(folder, file.name), isGivenUp) : file.sum
        files.push(sum === undefined ? file : { ...file, sum })
      }
      return isGivenUp() ? undefined : files
    } finally {
      this.reading = undefined
      over.resolve()
    }
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

const lacksSum = ({ name, bytes, sum }: FileEntry): boolean => sum === undefined && bytes > 0 && name.endsWith('.aof')

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
async function sumOf(path: string, isGivenUp = (): boolean => false): Promise<string | undefined> {
  const file = await open(path, 'r')
  try {
    const sum = new Crc64()
    const buf = new Uint8Array(SLICE_BYTES)
    for (;;) {
      if (isGivenUp()) return undefined
      const { bytesRead } = await file.read(buf, 0, buf.length, null)
      if (bytesRead === 0) break
      sum.add(buf, 0, bytesRead)
    }
    const bytes = Buffer.alloc(CRC64_SIZE)
    sum.write(bytes, 0)
    return bytes.reverse().toString('hex')
  } finally {
    await file.close()
  }
}
