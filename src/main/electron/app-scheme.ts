/*
 * The page's origin, app://keystead: the built interface with the headers web
 * mode sends too. file:// would give every file of the disk the same origin.
 */
import { protocol } from 'electron'
import { readAsset } from '../core/assets.ts'
import { PAGE_HEADERS } from '../core/page-policy.ts'

const SCHEME = 'app'
const HOST = 'keystead'
export const APP_URL = `${SCHEME}://${HOST}/`

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Once the app is ready: serves the files under `folder`. */
export function serveAppScheme(folder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const url = URL.parse(request.url)
    const asset = url?.host === HOST && request.method === 'GET' ? await readAsset(folder, url.pathname) : undefined
    if (!asset) return new Response('There is nothing here.\n', { status: 404, headers: PAGE_HEADERS })
    return new Response(new Uint8Array(asset.body), { headers: { ...PAGE_HEADERS, 'Content-Type': asset.contentType } })
  })
}
