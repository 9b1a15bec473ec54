/*
 * Saved connections to servers anywhere. A password goes in and never comes
 * out: the page learns only that there is one.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import { dbIndex, environment, id, label, nothing, port, text } from './types.ts'

const host = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(255),
  v.regex(/^[^\s/@?#]+$/, 'must be a host name or an address'),
)
const path = v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(1_024))

/** Where a server is: over TCP, or at a socket in the file system. */
export const endpoint = v.variant('kind', [
  v.strictObject({ kind: v.literal('tcp'), host, port, tls: v.optional(tlsOptions()) }),
  v.strictObject({ kind: v.literal('unix'), path }),
])
export type Endpoint = v.InferOutput<typeof endpoint>

function tlsOptions() {
  return v.strictObject({
    /** False accepts a certificate nobody vouches for. The page must say what that means. */
    verify: v.boolean(),
    /** The name to ask for and to check, when it is not the host. */
    serverName: v.optional(text(255)),
    /** A certificate authority in PEM, for private ones. */
    ca: v.optional(text(65_536)),
  })
}
export type TlsOptions = v.InferOutput<ReturnType<typeof tlsOptions>>

const profile = {
  name: label,
  endpoint,
  username: v.optional(text(512)),
  db: dbIndex,
  environment,
  /** A name from the palette of the interface; absent: the environment's own. */
  color: v.optional(text(32)),
}

const draft = v.strictObject({
  ...profile,
  /** Present when an existing connection is changed or tested. */
  id: v.optional(id),
  /** Absent keeps what is saved, null forgets it. */
  password: v.optional(v.nullable(text(65_536))),
})
export type ConnectionDraft = v.InferOutput<typeof draft>

export interface Connection {
  readonly id: string
  readonly name: string
  readonly endpoint: Endpoint
  readonly username?: string
  readonly db: number
  readonly environment: ConnectionDraft['environment']
  readonly color?: string
  readonly hasPassword: boolean
  readonly createdAt: number
  readonly lastUsedAt?: number
}

/** What a URL says. `name` is a proposal. The password came from the caller and goes back to it alone. */
export interface ParsedUrl {
  readonly name: string
  readonly endpoint: Endpoint
  readonly username?: string
  readonly password?: string
  readonly db: number
}

export interface ConnectionTest {
  readonly kind: string
  readonly version: string
  readonly role?: string
  /** One PING, after everything was set up. */
  readonly latencyMs: number
  readonly keys?: number
}

export const connections = {
  'connections.list': call(nothing, returns<readonly Connection[]>()),
  'connections.save': call(draft, returns<Connection>()),
  'connections.remove': call(v.strictObject({ id }), returns<Record<string, never>>()),
  /** Connects, asks who is there, and leaves. Sends HELLO or AUTH, INFO, PING. */
  'connections.test': call(draft, returns<ConnectionTest>()),
  'connections.parseUrl': call(v.strictObject({ url: text(65_536) }), returns<ParsedUrl>()),
} as const

export interface ConnectionEvents {
  readonly 'connections.changed': readonly Connection[]
}
