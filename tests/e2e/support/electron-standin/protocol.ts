/*
 * Custom schemes. Chromium will not load one it was not built with, so app://host
 * stands as http://host.app.standin, whose requests are answered by the handler.
 */
import type { BrowserContext, Request as PageRequest, Route } from 'playwright-core'

type Handler = (request: Request) => Promise<Response>

const SUFFIX = '.standin'
const privileged: string[] = []
const handlers = new Map<string, Handler>()

export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly { readonly scheme: string }[]): void =>
    void privileged.push(...schemes.map(({ scheme }) => scheme)),
  handle(scheme: string, handler: Handler): void {
    if (!privileged.includes(scheme)) throw new Error(`${scheme} was not registered before the app was ready`)
    handlers.set(scheme, handler)
  },
}

/** app://keystead/x as Chromium can load it. */
export function toStandin(url: string): string {
  const parts = /^(\w+):\/\/([\w-]+)(\/.*)?$/.exec(url)
  return parts && handlers.has(parts[1]) ? `http://${parts[2]}.${parts[1]}${SUFFIX}${parts[3] ?? '/'}` : url
}

/** And back. */
export function fromStandin(url: string): string {
  const parts = /^http:\/\/([\w-]+)\.(\w+)\.standin(\/.*)?$/.exec(url)
  return parts ? `${parts[2]}://${parts[1]}${parts[3] ?? '/'}` : url
}

/** Everything a page asks for comes through here; what no handler serves does not exist. */
export async function routeThroughHandlers(
  context: BrowserContext,
  mayNavigate: (request: PageRequest, url: string) => boolean,
): Promise<void> {
  await context.route('**/*', async (route: Route) => {
    const request = route.request()
    const url = fromStandin(request.url())
    const handler = handlers.get(new URL(url).protocol.slice(0, -1))
    if (!mayNavigate(request, url) || !handler) {
      // ERR_ABORTED leaves the page that was there; any other error shows Chromium's own.
      return route.abort('aborted')
    }
    const response = await handler(new Request(url, { method: request.method() }))
    const body = Buffer.from(await response.arrayBuffer())
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
  })
}
