/*
 * A reply as it came over the wire, nothing lost: RESP2 and RESP3.
 *
 * Lines (simple strings, errors, big numbers) are latin1 strings, one character
 * per byte; show them through `showLatin1` of ../text/bytes.ts. Bulk data stays
 * bytes.
 */
export type RespPairs = readonly (readonly [key: RespValue, value: RespValue])[]

interface Attributed {
  /** What the server said about this value (RESP3 `|`), ahead of it. */
  readonly attributes?: RespPairs
}

export type RespValue = Attributed &
  (
    | { readonly type: 'simple'; readonly text: string }
    | { readonly type: 'error'; readonly text: string }
    /** A bigint where a number would not be exact. */
    | { readonly type: 'integer'; readonly value: number | bigint }
    | { readonly type: 'bulk'; readonly bytes: Uint8Array }
    /** RESP2 `$-1` and RESP3 `_`. */
    | { readonly type: 'null' }
    /** RESP2 `*-1`: what BLPOP answers when its time is up. */
    | { readonly type: 'nullArray' }
    | { readonly type: 'array'; readonly items: readonly RespValue[] }
    | { readonly type: 'boolean'; readonly value: boolean }
    /** `text` is what the server wrote; `value` may have fewer digits. */
    | { readonly type: 'double'; readonly value: number; readonly text: string }
    | { readonly type: 'bigNumber'; readonly text: string }
    | { readonly type: 'bulkError'; readonly bytes: Uint8Array }
    /** `format` is three characters, `txt` or `mkd`; `bytes` come without it. */
    | { readonly type: 'verbatim'; readonly format: string; readonly bytes: Uint8Array }
    /** Pairs, not a Map: keys may repeat, and may be anything. */
    | { readonly type: 'map'; readonly entries: RespPairs }
    | { readonly type: 'set'; readonly items: readonly RespValue[] }
    /** Out of band: a message, an invalidation. Never the answer to a command. */
    | { readonly type: 'push'; readonly items: readonly RespValue[] }
  )

export type RespType = RespValue['type']
export type RespOf<T extends RespType> = Extract<RespValue, { readonly type: T }>

export function isError(value: RespValue): value is RespOf<'error'> | RespOf<'bulkError'> {
  return value.type === 'error' || value.type === 'bulkError'
}

export function isNull(value: RespValue): value is RespOf<'null'> | RespOf<'nullArray'> {
  return value.type === 'null' || value.type === 'nullArray'
}
