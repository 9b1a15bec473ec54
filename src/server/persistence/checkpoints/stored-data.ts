/*
 * Data that is stored in a folder of a checkpoint, under the names that it has there.
 */
import { join } from 'node:path'
import { type DiskAtOnce, linkOrCopy } from '../disk-at-once.ts'
import { aofFilesOf, CHECKPOINT_NAMES, type DataNames, hasAofFiles, putAofFiles } from './aof-files.ts'
import type { FileEntry } from './record.ts'
import { entryOf } from './shelf.ts'

export interface StoredData {
  readonly folder: string
  readonly files: readonly FileEntry[]
}

/** Puts the same data into another folder, without a copy where the disk has links. */
export function putData(
  { folder, files }: StoredData,
  target: string,
  names: DataNames,
  disk: DiskAtOnce,
): FileEntry[] {
  if (hasAofFiles(files)) return putAofFiles(target, names, aofFilesOf(folder, files), disk)
  linkOrCopy(join(folder, CHECKPOINT_NAMES.rdbFile), join(target, names.rdbFile), disk)
  return [entryOf(target, names.rdbFile)]
}
