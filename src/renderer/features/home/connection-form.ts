/*
 * The form of a saved connection, as text; what becomes of a pasted URL, and
 * what is wrong before anything is sent. Nothing here draws.
 */
import type { Connection, ConnectionDraft, ParsedUrl } from '../../../shared/contract/connections.ts'
import type { Environment } from '../../../shared/contract/types.ts'

export interface ConnectionForm {
  readonly id?: string
  readonly name: string
  /** The user wrote the name; a URL no longer proposes one. */
  readonly isNameOwn: boolean
  readonly kind: 'tcp' | 'unix'
  readonly host: string
  readonly port: string
  readonly path: string
  readonly tls: boolean
  readonly verify: boolean
  /** Kept through an edit, though the form does not show them. */
  readonly serverName?: string
  readonly ca?: string
  readonly username: string
  /** '' with hasPassword: what is saved stays. */
  readonly password: string
  readonly hasPassword: boolean
  readonly forgetPassword: boolean
  readonly db: string
  readonly environment: Environment
  readonly isEnvironmentOwn: boolean
  readonly color?: string
}

export type FieldError = Partial<Record<'name' | 'host' | 'port' | 'path' | 'db', string>>

export const EMPTY_FORM: ConnectionForm = {
  name: '',
  isNameOwn: false,
  kind: 'tcp',
  host: '127.0.0.1',
  port: '6379',
  path: '',
  tls: false,
  verify: true,
  username: '',
  password: '',
  hasPassword: false,
  forgetPassword: false,
  db: '0',
  environment: 'development',
  isEnvironmentOwn: false,
}

export function formOf(connection: Connection): ConnectionForm {
  const { endpoint } = connection
  const place =
    endpoint.kind === 'unix'
      ? { kind: endpoint.kind, path: endpoint.path }
      : {
          kind: endpoint.kind,
          host: endpoint.host,
          port: String(endpoint.port),
          tls: endpoint.tls !== undefined,
          verify: endpoint.tls?.verify ?? true,
          serverName: endpoint.tls?.serverName,
          ca: endpoint.tls?.ca,
        }
  return {
    ...EMPTY_FORM,
    ...place,
    id: connection.id,
    name: connection.name,
    isNameOwn: true,
    username: connection.username ?? '',
    hasPassword: connection.hasPassword,
    db: String(connection.db),
    environment: connection.environment,
    isEnvironmentOwn: true,
    color: connection.color,
  }
}

/** What a URL says goes into the fields; what the user chose himself stays. */
export function withUrl(form: ConnectionForm, url: ParsedUrl): ConnectionForm {
  const { endpoint } = url
  const place =
    endpoint.kind === 'unix'
      ? { kind: endpoint.kind, path: endpoint.path }
      : {
          kind: endpoint.kind,
          host: endpoint.host,
          port: String(endpoint.port),
          tls: endpoint.tls !== undefined,
          verify: endpoint.tls?.verify ?? true,
        }
  return {
    ...form,
    ...place,
    name: form.isNameOwn ? form.name : url.name,
    username: url.username ?? '',
    // A password typed for one server must not go to the next one.
    password: url.password ?? '',
    db: String(url.db),
    environment: form.isEnvironmentOwn ? form.environment : guessEnvironment(`${url.name} ${placeOf(endpoint)}`),
  }
}

/** A guess from the name, which the user sees and can change: a colour that warns too much beats one that does not. */
export function guessEnvironment(words: string): Environment {
  if (/(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i.test(words)) return 'production'
  if (/(^|[^a-z])(staging|stage|stg|uat|qa|preprod|test)([^a-z]|$)/i.test(words)) return 'staging'
  return 'development'
}

/** As one would type it. */
export const placeOf = (endpoint: Connection['endpoint']): string => {
  if (endpoint.kind === 'unix') return endpoint.path
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host
  return `${host}:${endpoint.port}`
}

/** A URL of the connection without its password, to hand to another program. */
export function urlOf({ endpoint, username, db }: Connection): string {
  const user = username ? `${encodeURIComponent(username)}@` : ''
  if (endpoint.kind === 'unix') return `unix://${user}${endpoint.path}${db ? `?db=${db}` : ''}`
  return `${endpoint.tls ? 'rediss' : 'redis'}://${user}${placeOf(endpoint)}${db ? `/${db}` : ''}`
}

const natural = (text: string): number | null => (/^\d{1,10}$/.test(text.trim()) ? Number(text) : null)

/** What to send, or what is wrong field by field. */
export function draftOf(form: ConnectionForm): { readonly draft: ConnectionDraft } | { readonly errors: FieldError } {
  const errors: Record<string, string> = {}
  const port = natural(form.port)
  const db = natural(form.db)
  if (form.kind === 'tcp') {
    if (form.host.trim() === '') errors.host = 'A host name or an address'
    else if (/[\s/@?#]/.test(form.host.trim())) errors.host = 'Only the host; a whole URL goes into the field above'
    if (port === null || port < 1 || port > 65_535) errors.port = '1 to 65535'
  } else if (form.path.trim() === '') errors.path = 'The path of the socket, such as /run/redis.sock'
  if (db === null) errors.db = 'A number, 0 or more'
  if (Object.keys(errors).length > 0 || port === null || db === null) return { errors }
  const { serverName, ca, verify } = form
  const endpoint: ConnectionDraft['endpoint'] =
    form.kind === 'unix'
      ? { kind: 'unix', path: form.path.trim() }
      : {
          kind: 'tcp',
          host: form.host.trim(),
          port,
          ...(form.tls && { tls: { verify, ...(serverName && { serverName }), ...(ca && { ca }) } }),
        }
  return {
    draft: {
      ...(form.id !== undefined && { id: form.id }),
      name: form.name.trim() || placeOf(endpoint),
      endpoint,
      ...(form.username !== '' && { username: form.username }),
      ...passwordOf(form),
      db,
      environment: form.environment,
      ...(form.color !== undefined && { color: form.color }),
    },
  }
}

/** Absent keeps what is saved, null forgets it. */
function passwordOf(form: ConnectionForm): Pick<ConnectionDraft, 'password'> {
  if (form.password !== '') return { password: form.password }
  return form.forgetPassword ? { password: null } : {}
}
