/*
 * The built interface as files: a URL's path to what is served for it. The only
 * files it can ever give are those under its folder.
 */
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { errnoOf } from './failure.ts'

export interface Asset {
  readonly body: Buffer
  readonly contentType: string
  /** Its name contains a hash of its content: it can be kept for ever. */
  readonly isImmutable: boolean
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}

/** The asset at `pathname` (still percent-encoded), or undefined. Never leaves `folder`, through links neither. */
export async function readAsset(folder: string, pathname: string): Promise<Asset | undefined> {
  const path = safePath(pathname)
  const contentType = path && CONTENT_TYPES[extname(path)]
  if (!contentType) return undefined
  try {
    const root = await realpath(folder)
    const file = await realpath(join(root, path))
    if (!file.startsWith(root + sep)) return undefined
    return {
      body: await readFile(file),
      contentType,
      isImmutable: /[-.][\w-]{8,}\.\w+$/.test(path) && path.startsWith('assets/'),
    }
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'EISDIR' || errno === 'ENAMETOOLONG') return undefined
    throw error
  }
}

/** The path inside the folder, or undefined for anything that is not plainly one. */
export function safePath(pathname: string): string | undefined {
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    // Expected: URIError, on an escape that is none.
    return undefined
  }
  if (!path.startsWith('/')) return undefined
  const inside = path === '/' ? 'index.html' : path.slice(1)
  // No backslash, no colon, no NUL: on one system or another they separate, name a drive, or end a name.
  if (!/^[\w./@~+-]+$/.test(inside)) return undefined
  return inside.split('/').some((part) => part === '' || part.startsWith('.')) ? undefined : inside
}
