/*
 * The append-only file in the folder of a checkpoint or a branch: links of finished
 * files under names of their own, and a manifest. The last one is new and empty:
 * whoever starts a server on the folder appends to that one, and never to a file
 * whose bytes others share.
 *
 *   <folder>/appendonlydir/appendonly.aof.1.base.rdb    link
 *                          appendonly.aof.1.incr.aof    link
 *                          appendonly.aof.2.incr.aof    empty
 *                          appendonly.aof.manifest
 */
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FinishedFiles } from '../aof/folder.ts'
import { type AofFile, formatManifest, ManifestError, parseManifest } from '../aof/manifest.ts'
import { type DiskAtOnce, linkOrCopy } from '../disk-at-once.ts'
import { CheckpointFailure } from './failure.ts'
import type { FileEntry } from './record.ts'
import { entryOf } from './shelf.ts'

/** How the files of data are called in a folder. */
export interface DataNames {
  readonly rdbFile: string
  readonly aofFolder: string
  readonly aofFile: string
}

/** In a checkpoint, whatever the options of the server say. */
export const CHECKPOINT_NAMES: DataNames = {
  rdbFile: 'dump.rdb',
  aofFolder: 'appendonlydir',
  aofFile: 'appendonly.aof',
}

/** Where the file of commands that comes at place `seq`, from 1, is in a folder. */
export const incrPath = (folder: string, { aofFolder, aofFile }: DataNames, seq: number): string =>
  join(folder, aofFolder, `${aofFile}.${seq}.incr.aof`)

/** Puts the files, of which each that is in the folder already is left as it is, and answers all that belong to them. */
export function putAofFiles(folder: string, names: DataNames, files: FinishedFiles, disk: DiskAtOnce): FileEntry[] {
  const { aofFolder, aofFile } = names
  const dir = join(folder, aofFolder)
  disk.makeFolder(dir)
  const base: AofFile | undefined =
    files.base === undefined ? undefined : { name: `${aofFile}.1.base${extname(files.base)}`, seq: 1, type: 'b' }
  if (base && files.base !== undefined) linkOrCopy(files.base, join(dir, base.name), disk)
  const incrs = [...files.incrs, undefined].map((path, i): AofFile => {
    const target = incrPath(folder, names, i + 1)
    if (path === undefined) disk.write(target, new Uint8Array(0))
    else if (path !== target) linkOrCopy(path, target, disk)
    return { name: `${aofFile}.${i + 1}.incr.aof`, seq: i + 1, type: 'i' }
  })
  const manifest = `${aofFile}.manifest`
  disk.write(join(dir, manifest), Buffer.from(formatManifest({ base, history: [], incrs }), 'latin1'))
  disk.syncFolder(dir)
  const all = [...(base ? [base.name] : []), ...incrs.map(({ name }) => name), manifest]
  return all.map((name) => entryOf(folder, `${aofFolder}/${name}`))
}

/** Whether the data of a checkpoint is an append-only file. */
export const hasAofFiles = (files: readonly FileEntry[]): boolean => files.some(({ name }) => name === MANIFEST)

const MANIFEST = `${CHECKPOINT_NAMES.aofFolder}/${CHECKPOINT_NAMES.aofFile}.manifest`

/** The files of a checkpoint that have something in them. Throws a CheckpointFailure. */
export function aofFilesOf(folder: string, files: readonly FileEntry[]): FinishedFiles {
  const sizes = new Map(files.map(({ name, bytes }) => [name, bytes]))
  const pathOf = ({ name }: AofFile): string => {
    const entry = `${CHECKPOINT_NAMES.aofFolder}/${name}`
    if (!sizes.has(entry)) throw new CheckpointFailure(`its manifest names ${name}, which does not belong to it`)
    return join(folder, entry)
  }
  try {
    const { base, incrs } = parseManifest(readFileSync(join(folder, MANIFEST), 'latin1'))
    const filled = incrs.filter(({ name }) => sizes.get(`${CHECKPOINT_NAMES.aofFolder}/${name}`) !== 0)
    return { base: base && pathOf(base), incrs: filled.map(pathOf) }
  } catch (error) {
    if (error instanceof ManifestError) throw new CheckpointFailure(`its manifest is broken: ${error.message}`)
    throw error
  }
}
