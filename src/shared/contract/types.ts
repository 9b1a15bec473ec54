/*
 * The nouns that several domains of the contract share, each with the schema
 * that admits it. Nouns of one domain live in that domain's file.
 */
import * as v from 'valibot'

declare const latin1: unique symbol

/**
 * Bytes as a string, one character (U+0000..U+00FF) per byte: lossless, hashable
 * and comparable, but not text. Decode it only to show it (shared/text/bytes.ts).
 */
export type Latin1 = string & { readonly [latin1]: true }
export type KeyName = Latin1
export type FieldName = Latin1

/** A name longer than this is refused at the boundary; Redis allows 512 MB, a frame does not. */
export const NAME_SIZE_MAX = 1 << 20
/** Rows that one call may ask for. A screen shows fewer than 200. */
export const WINDOW_MAX = 2_000
/** Bytes of a value that one call may carry either way. */
export const VALUE_SIZE_MAX = 32 << 20

// biome-ignore lint/suspicious/noControlCharactersInRegex: every byte is allowed in a key name, control characters too.
const ONE_BYTE_CHARACTERS = /^[\x00-\xff]*$/

export const isLatin1 = (x: unknown): x is Latin1 =>
  typeof x === 'string' && x.length <= NAME_SIZE_MAX && ONE_BYTE_CHARACTERS.test(x)

export const latin1Name = v.custom<Latin1>(isLatin1, 'must be a name of one character per byte')
export const keyName = latin1Name
export const fieldName = latin1Name

export const bytes = v.custom<Uint8Array>(
  (x) => x instanceof Uint8Array && x.byteLength <= VALUE_SIZE_MAX,
  `must be bytes, at most ${VALUE_SIZE_MAX} of them`,
)

export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
export const label = v.pipe(v.string(), v.trim(), v.minLength(1, 'must not be empty'), v.maxLength(200))
export const text = (sizeMax: number) => v.pipe(v.string(), v.maxLength(sizeMax))
export const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))
export const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** What tells the bytes of one element from those of another. */
export const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'must be a digest'))

export const windowCount = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(WINDOW_MAX))
/** Where a scan goes on. Opaque, but for '0', which begins and ends it. */
export const scanCursor = v.pipe(v.string(), v.regex(/^\d{1,20}$/, 'must be a cursor'))
/** Redis' own `databases` option ends at INT_MAX; nobody has that many, but none is refused. */
export const dbIndex = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2_147_483_647))

/** The request of a method that needs to be told nothing. */
export const nothing = v.strictObject({})

export const ENVIRONMENTS = ['development', 'staging', 'production'] as const
export type Environment = (typeof ENVIRONMENTS)[number]
export const environment = v.picklist(ENVIRONMENTS)

/** A value's type as TYPE names it; modules bring others (`ReJSON-RL`), so it stays open. */
export type KeyType = 'string' | 'list' | 'set' | 'zset' | 'hash' | 'stream' | (string & {})
export const keyType = text(64)

/** What the methods about one key need to find it. */
export const keyAddress = { sessionId: id, db: dbIndex, key: keyName }

/** A window onto a longer list. `total` is what exists, not what was sent. */
export interface Page<T> {
  readonly rows: readonly T[]
  readonly offset: number
  readonly total: number
}
