/*
 * The record of a checkpoint or a branch: a JSON file in its folder that says
 * where it came from and which files belong to it, with their sizes and, of those
 * that have none of their own, their checksums (sums.ts), so that one that was cut
 * off, changed or lost is noticed before anything depends on it.
 *
 *   {"reason":"asked","created":1780000000000,"keys":12,
 *    "from":1780000000000,"to":1780000000000,"files":[{"name":"dump.rdb","bytes":345}]}
 */
import { readFileSync } from 'node:fs'
import { CheckpointFailure } from './failure.ts'

export interface FileEntry {
  /** Relative to the folder, with slashes. */
  readonly name: string
  readonly bytes: number
  /** The CRC-64 of its bytes, if they have been added up: 16 hexadecimal digits. */
  readonly sum?: string
  /** If it had other names, which have the same sum: which file it was, and when it was changed last (sums.ts). */
  readonly stamp?: string
}

/** Times are Unix times in milliseconds. */
export interface CheckpointRecord {
  /** Of a checkpoint: who wanted it. Of a branch: what it was made from. */
  readonly reason: string
  readonly created: number
  /** In all databases together; -1 if nobody has counted them. */
  readonly keys: number
  /** The moments that its files can bring back. */
  readonly from: number
  readonly to: number
  readonly files: readonly FileEntry[]
}

export const recordText = (record: CheckpointRecord): string => `${JSON.stringify(record)}\n`

/** Reads a record. Throws a CheckpointFailure that says what is wrong with it. */
export function readRecord(path: string, file: string): CheckpointRecord {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new CheckpointFailure(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const record = parse(text)
  if (!isRecord(record)) throw new CheckpointFailure(`${file} is broken`)
  return record
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // No JSON at all.
  }
}

const isCount = (x: unknown): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0

const SUM = /^[0-9a-f]{16}$/
/** In the folder or in one of its folders, and nothing that leads out of it. */
const FILE_NAME = /^(?:[^/\\\0]+\/)?[^/\\\0]+$/

function isFileEntry(x: unknown): x is FileEntry {
  if (typeof x !== 'object' || x === null) return false
  const { name, bytes, sum, stamp } = x as Partial<Record<keyof FileEntry, unknown>>
  if (sum !== undefined && (typeof sum !== 'string' || !SUM.test(sum))) return false
  if (stamp !== undefined && typeof stamp !== 'string') return false
  return typeof name === 'string' && FILE_NAME.test(name) && !name.split('/').includes('..') && isCount(bytes)
}

function isRecord(x: unknown): x is CheckpointRecord {
  if (typeof x !== 'object' || x === null) return false
  const { reason, created, keys, from, to, files } = x as Partial<Record<keyof CheckpointRecord, unknown>>
  if (typeof reason !== 'string' || ![created, from, to].every(isCount)) return false
  if (!isCount(keys) && keys !== -1) return false
  return Array.isArray(files) && files.length > 0 && files.every(isFileEntry)
}
