/*
 * Web mode's host: serves the built interface and, over a WebSocket, the
 * contract. Every request passes the same gates (access.ts) before anything
 * else is looked at.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { FRAME_SIZE_MAX } from '../../shared/contract/codec.ts'
import { readAsset } from '../core/assets.ts'
import type { Backend } from '../core/backend.ts'
import type { Log } from '../core/log.ts'
import { PAGE_HEADERS } from '../core/page-policy.ts'
import type { Access } from './access.ts'
import { loginPage } from './login-page.ts'
import { servePage } from './page-socket.ts'

export interface WebHostOptions {
  readonly backend: Backend
  readonly access: Access
  /** The folder of the built interface. */
  readonly assets: string
  readonly host: string
  readonly port: number
  readonly log: Log
}

/** A login form is one short field. */
const FORM_SIZE_MAX = 4_096
/** After a wrong password: too short to annoy, long enough to make guessing pointless. */
const WRONG_PASSWORD_PAUSE_MS = 1_000
/** Wrong passwords being paused over; more are refused at once. */
const LOGINS_PAUSED_MAX = 20

export class WebHost {
  readonly #options: WebHostOptions
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_SIZE_MAX, perMessageDeflate: false })
  #port = 0
  #loginsPaused = 0

  private constructor(options: WebHostOptions) {
    this.#options = options
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => {
        options.log.error('a page could not be served', error)
        if (!response.headersSent) refuse(response, 500, 'Keystead could not serve this.')
        else response.destroy()
      })
    })
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#server.headersTimeout = 10_000
    this.#server.requestTimeout = 30_000
  }

  /** Resolves when it listens. Rejects with the system's error, EADDRINUSE for one. */
  static async listen(options: WebHostOptions): Promise<WebHost> {
    const host = new WebHost(options)
    await new Promise<void>((resolve, reject) => {
      host.#server.once('error', reject)
      host.#server.listen(options.port, options.host, resolve)
    })
    host.#port = (host.#server.address() as AddressInfo).port
    return host
  }

  get port(): number {
    return this.#port
  }

  /** Where a browser on this machine finds it. */
  get url(): string {
    const { host } = this.#options
    const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
    return `http://${isIP(name) === 6 ? `[${name}]` : name}:${this.#port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.close(1001, 'Keystead is stopping')
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { access } = this.#options
    if (!access.isAllowedHost(request.headers)) return refuse(response, 421, 'This host name is not served here.')
    const url = URL.parse(request.url ?? '', 'http://localhost')
    if (!url) return refuse(response, 400, 'This is no address.')
    if (request.method === 'POST' && url.pathname === '/login') return this.#login(request, response)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET is served here.')
    const token = url.searchParams.get('token')
    if (token !== null && access.isToken(token)) return this.#admit(response)
    if (!access.hasCookie(request.headers, this.#port)) {
      return send(response, 401, 'text/html; charset=utf-8', loginPage(access.hasPassword, false))
    }
    const asset = await readAsset(this.#options.assets, url.pathname)
    if (!asset) return refuse(response, 404, 'There is nothing here.')
    const keep = asset.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache'
    send(response, 200, asset.contentType, asset.body, { 'Cache-Control': keep })
  }

  /** The cookie, and away from the URL that holds the token. */
  #admit(response: ServerResponse): void {
    send(response, 303, 'text/plain', '', { 'Set-Cookie': this.#options.access.cookie(this.#port), Location: '/' })
  }

  async #login(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { access } = this.#options
    if (!access.isSameOrigin(request.headers)) return refuse(response, 403, 'This form belongs to another site.')
    if (this.#loginsPaused >= LOGINS_PAUSED_MAX) return refuse(response, 429, 'Too many attempts at once.')
    const body = await readBody(request, FORM_SIZE_MAX)
    if (body === undefined) return refuse(response, 413, 'This is no password.')
    if (access.isPassword(new URLSearchParams(body).get('password') ?? '')) return this.#admit(response)
    this.#loginsPaused++
    await new Promise((resolve) => setTimeout(resolve, WRONG_PASSWORD_PAUSE_MS))
    this.#loginsPaused--
    send(response, 401, 'text/html; charset=utf-8', loginPage(access.hasPassword, true))
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { access, backend, log } = this.#options
    const { headers } = request
    // From here on the socket is ours, and one that breaks must not end the process.
    socket.on('error', () => socket.destroy())
    const allowed =
      request.url === '/session' &&
      access.isAllowedHost(headers) &&
      access.isSameOrigin(headers) &&
      access.hasCookie(headers, this.#port)
    if (!allowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy())
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => servePage(webSocket, backend, log))
  }
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  more: Record<string, string> = {},
): void {
  const headers = { ...PAGE_HEADERS, 'Cache-Control': 'no-store', 'Content-Type': contentType, ...more }
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) })
  // Node leaves the body out by itself when the request was HEAD.
  response.end(body)
}

const refuse = (response: ServerResponse, status: number, why: string): void =>
  send(response, status, 'text/plain; charset=utf-8', `${why}\n`)

/** The body as text, or undefined when it is longer than it may be. */
async function readBody(request: IncomingMessage, sizeMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > sizeMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
