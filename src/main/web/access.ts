/*
 * Who may use a web host. Whoever shows the token of the printed URL, or the
 * password, gets a cookie; everything else asks for the cookie. On top of that
 * the names are checked, because a browser sends cookies for pages it should not:
 *
 *   Host    must be an address, localhost, or a name that was allowed. A page of
 *           an attacker whose DNS points here (rebinding) has another name.
 *   Origin  must be this very host, on every request that could change anything
 *           and on the WebSocket. A page of another site cannot forge it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

export interface AccessOptions {
  readonly token: string
  readonly password?: string
  readonly allowedHosts: readonly string[]
}

export class Access {
  readonly #options: AccessOptions
  /** Not the token: a cookie that leaks from a browser does not open the URL elsewhere, and the reverse. */
  readonly #cookieValue: string

  constructor(options: AccessOptions) {
    this.#options = options
    // Derived, so that a backend that was started anew still knows its pages.
    this.#cookieValue = digest(`cookie\0${options.token}`).toString('base64url')
  }

  get hasPassword(): boolean {
    return this.#options.password !== undefined
  }

  isToken(candidate: string): boolean {
    return equal(candidate, this.#options.token)
  }

  isPassword(candidate: string): boolean {
    return this.#options.password !== undefined && equal(candidate, this.#options.password)
  }

  /** Cookies do not know ports, so two Keysteads on one machine must differ by name. */
  cookie(port: number): string {
    return `${cookieName(port)}=${this.#cookieValue}; Path=/; HttpOnly; SameSite=Strict`
  }

  hasCookie(headers: IncomingHttpHeaders, port: number): boolean {
    const name = `${cookieName(port)}=`
    const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
    return cookies.some((cookie) => cookie.startsWith(name) && equal(cookie.slice(name.length), this.#cookieValue))
  }

  isAllowedHost(headers: IncomingHttpHeaders): boolean {
    const name = hostName(headers.host)
    if (name === undefined) return false
    return name === 'localhost' || isIP(name) !== 0 || this.#options.allowedHosts.includes(name)
  }

  /** Whether the request comes from a page of this very host. */
  isSameOrigin(headers: IncomingHttpHeaders): boolean {
    const { origin, host } = headers
    return host !== undefined && origin !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
  }
}

export const newToken = (): string => randomBytes(32).toString('base64url')

const cookieName = (port: number): string => `keystead-${port}`

/** The name in a Host header, without port and brackets, in lower case. */
function hostName(host: string | undefined): string | undefined {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host ?? '')
  return (parts?.[1] ?? parts?.[2])?.toLowerCase()
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** In a time that does not tell how much of it was right. */
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
