/*
 * A URL as people paste it, to what a connection needs. Schemes: redis, rediss,
 * valkey, valkeys (with TLS: the ones in s), and unix (a socket's path). A bare
 * `host`, `host:port` or `[v6]:port` is taken as redis://.
 *
 * The WHATWG parser is not used: it refuses a port of 0 only sometimes, drops
 * tabs and newlines, and loses the difference between no password and an empty
 * one, which AUTH makes.
 */
import type { Endpoint, ParsedUrl } from '../../../../shared/contract/connections.ts'
import { fail } from '../../../../shared/contract/failure.ts'

const SCHEMES: Readonly<Record<string, 'tcp' | 'tls' | 'unix'>> = {
  redis: 'tcp',
  valkey: 'tcp',
  rediss: 'tls',
  valkeys: 'tls',
  unix: 'unix',
  'redis+unix': 'unix',
  'redis+tls': 'tls',
}
const DEFAULT_PORT = 6379
const DB_MAX = 2_147_483_647

export function parseUrl(input: string): ParsedUrl {
  const url = input.trim()
  if (url === '') bad('It is empty.')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\x00-\x20\x7f]/.test(url)) bad('It contains spaces or control characters.')
  const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/.exec(url)
  if (!parts) bad('It is not a URL.')
  const [, schemeText, rest = '', query = ''] = parts
  const scheme = schemeText === undefined ? 'tcp' : SCHEMES[schemeText.toLowerCase()]
  if (scheme === undefined || !Object.hasOwn(SCHEMES, (schemeText ?? 'redis').toLowerCase())) {
    bad(`Its scheme, ${schemeText}, is not one of redis, rediss, valkey, valkeys or unix.`)
  }
  const options = parseQuery(query)
  return scheme === 'unix' ? parseUnix(rest, options) : parseTcp(rest, options, scheme === 'tls')
}

function parseTcp(rest: string, options: ReadonlyMap<string, string>, tls: boolean): ParsedUrl {
  const slash = rest.indexOf('/')
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  const path = slash < 0 ? '' : rest.slice(slash + 1).replace(/\/$/, '')
  const { userInfo, place } = splitAuthority(authority)
  const { host, port } = parsePlace(place)
  const db = parseDb(path !== '' ? path : options.get('db'))
  const encrypted = tls || options.get('tls') === 'true' || options.get('ssl') === 'true'
  const endpoint: Endpoint = encrypted
    ? { kind: 'tcp', host, port, tls: { verify: true } }
    : { kind: 'tcp', host, port }
  return { name: addressOf(endpoint), endpoint, ...credentials(userInfo, options), db }
}

function parseUnix(rest: string, options: ReadonlyMap<string, string>): ParsedUrl {
  // unix://user:password@/path: what precedes the first slash can only be credentials.
  const slash = rest.indexOf('/')
  if (slash < 0) bad('A unix URL needs the absolute path of a socket: unix:///run/redis.sock.')
  const { userInfo, place } = splitAuthority(rest.slice(0, slash))
  if (place !== '') bad(`A unix URL has no host, and this one names ${place}. Write three slashes: unix:///path.`)
  const endpoint: Endpoint = { kind: 'unix', path: decode(rest.slice(slash)) }
  return { name: addressOf(endpoint), endpoint, ...credentials(userInfo, options), db: parseDb(options.get('db')) }
}

/** As one would type it: `host:port`, `[v6]:port`, or the path of a socket. */
export function addressOf(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return endpoint.path
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`
}

/** A password may contain an unescaped `@`: the last one is the separator. */
function splitAuthority(authority: string): { readonly userInfo?: string; readonly place: string } {
  const at = authority.lastIndexOf('@')
  return at < 0 ? { place: authority } : { userInfo: authority.slice(0, at), place: authority.slice(at + 1) }
}

function credentials(
  userInfo: string | undefined,
  options: ReadonlyMap<string, string>,
): Pick<ParsedUrl, 'username' | 'password'> {
  const colon = userInfo?.indexOf(':') ?? -1
  // redis://secret@host has always meant a user name to the scheme's own registration; so does it here.
  const userPart = userInfo === undefined ? undefined : decode(colon < 0 ? userInfo : userInfo.slice(0, colon))
  const passwordPart = userInfo === undefined || colon < 0 ? undefined : decode(userInfo.slice(colon + 1))
  const username = userPart || options.get('user') || options.get('username')
  const password = passwordPart ?? options.get('password')
  return { ...(username ? { username } : {}), ...(password === undefined ? {} : { password }) }
}

function parsePlace(place: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([^:[\]]*))(?::(\d*))?$/.exec(place)
  if (!parts) bad(`${place} is not a host with a port. An IPv6 address goes in brackets: [::1]:6379.`)
  const [, v6, name, portText] = parts
  const host = v6 ?? decode(name ?? '')
  if (/[\s/@?#]/.test(host)) bad('Its host name contains characters that no host name has.')
  const port = portText ? Number(portText) : DEFAULT_PORT
  if (port < 1 || port > 65_535) bad(`Its port, ${portText}, is not between 1 and 65535.`)
  return { host: host === '' ? '127.0.0.1' : host, port }
}

function parseDb(text: string | undefined): number {
  if (text === undefined || text === '') return 0
  const db = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(db <= DB_MAX)) bad(`Its database, ${text}, is not a number.`)
  return db
}

function parseQuery(query: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=')
    if (equals > 0) options.set(decode(pair.slice(0, equals)).toLowerCase(), decode(pair.slice(equals + 1)))
  }
  return options
}

/** Undoes percent-encoding; a stray `%`, common in pasted passwords, stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Expected: URIError, on a `%` that begins no escape.
    return text
  }
}

function bad(why: string): never {
  return fail({
    code: 'BAD_URL',
    message: `This is not a URL Keystead can connect to. ${why}`,
    hint: 'Write redis://user:password@host:6379/0, rediss:// for TLS, or unix:///path/to/socket.',
  })
}
