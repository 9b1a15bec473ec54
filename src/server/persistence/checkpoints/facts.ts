/*
 * What is told of checkpoints and branches, also of those that are broken.
 */
import { join } from 'node:path'
import type { BranchFacts, CheckpointFacts } from '../../base/checkpoint-facts.ts'
import { CheckpointFailure } from './failure.ts'
import { bytesOf, damageOf, type Shelf } from './shelf.ts'

export function checkpointFacts(shelf: Shelf, name: string): CheckpointFacts {
  const folder = join(shelf.folder, name)
  try {
    const { files, ...record } = shelf.recordOf(folder)
    return { name, ...record, bytes: bytesOf(files), problem: damageOf(folder, files) ?? '' }
  } catch (error) {
    if (!(error instanceof CheckpointFailure)) throw error
    return { name, reason: '', created: 0, keys: 0, bytes: 0, from: 0, to: 0, problem: error.message }
  }
}

export function branchFacts(shelf: Shelf, name: string): BranchFacts {
  const dir = join(shelf.folder, name)
  try {
    const { reason: origin, created, keys } = shelf.recordOf(dir)
    return { name, origin, created, keys, dir }
  } catch (error) {
    if (!(error instanceof CheckpointFailure)) throw error
    return { name, origin: '', created: 0, keys: 0, dir }
  }
}
