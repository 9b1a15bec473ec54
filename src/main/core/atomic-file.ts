/*
 * Small JSON files that are never half written and never lost: the new text is
 * on the disk before the old one gives way, and a file that cannot be read is
 * set aside, not overwritten.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FailureError } from '../../shared/contract/failure.ts'
import { errnoOf } from './failure.ts'

/** Whole, on disk, and readable by its owner only: such files hold sealed secrets. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new FailureError(
      {
        code: 'DISK_FAILED',
        message: `${path} could not be written; what was there before is unchanged.`,
        hint: 'Check that the disk has room and that the folder may be written to.',
        detail: error instanceof Error ? error.message : String(error),
      },
      error,
    )
  }
}

/** A rename is durable once its folder is. Windows cannot open a folder, and does not need to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

export interface ReadFile<T> {
  /** Undefined when there is no file, or none that can be used. */
  readonly value?: T
  /** Set when the file was unusable: where it is now, and what was wrong with it. */
  readonly setAside?: { readonly path: string; readonly why: string }
}

/**
 * Reads a JSON file through `parse`, which throws when the content is not what
 * it should be. An unusable file is renamed to `<path>.broken-<time>`.
 */
export async function readJsonFile<T>(path: string, parse: (json: unknown) => T, now: number): Promise<ReadFile<T>> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return {}
    throw error
  }
  try {
    return { value: parse(JSON.parse(content)) }
  } catch (error) {
    const broken = `${path}.broken-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`
    await rename(path, broken)
    return { setAside: { path: broken, why: error instanceof Error ? error.message : String(error) } }
  }
}
