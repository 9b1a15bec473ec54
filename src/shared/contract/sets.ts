/*
 * Sets by cursor. Members have no order and no number: SSCAN is the only way to
 * look at a set that may be large.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import { bytes, digest, keyAddress, latin1Name, natural, scanCursor, WINDOW_MAX, windowCount } from './types.ts'

/** Members up to here come whole. There is no command that reads a part of one, or one alone. */
export const MEMBER_WHOLE_MAX = 64 << 10

/** Where a member was found: in a page of a scan, or in a sorted set at a rank. */
const foundMember = v.union(
  [
    v.strictObject({
      type: v.picklist(['set', 'zset']),
      digest,
      cursor: scanCursor,
      count: windowCount,
      match: v.optional(latin1Name),
    }),
    v.strictObject({ digest, rank: natural }),
  ],
  'must name the page of a scan, or a rank',
)
export type FoundMember = v.InferOutput<typeof foundMember>

export interface Member {
  /** All of it up to MEMBER_WHOLE_MAX bytes, else the beginning. */
  readonly member: Uint8Array
  readonly size: number
  /** Of a member that did not come whole: what `members.read` reads it by. */
  readonly found?: FoundMember
}

export interface MemberPage<M extends Member> {
  readonly members: readonly M[]
  /** '0': that was the last page. A scan may repeat a member while the table is resized. */
  readonly cursor: string
  /** Members of the whole value. */
  readonly length: number
  /** About how many members this page looked at; the server does not count them. */
  readonly looked: number
}

const members = v.pipe(v.array(bytes), v.minLength(1, 'must have at least one member'), v.maxLength(WINDOW_MAX))

/** As `keys.create` takes it. */
export const newSet = v.strictObject({ type: v.literal('set'), members })
export type NewSet = v.InferOutput<typeof newSet>

export const sets = {
  'sets.page': call(
    v.strictObject({
      ...keyAddress,
      /** '0' begins. */
      cursor: scanCursor,
      count: windowCount,
      match: v.optional(latin1Name),
    }),
    returns<MemberPage<Member>>(),
  ),
  /**
   * The whole of a member of a set or a sorted set that is too long for a page. TOO_LARGE beyond VALUE_SIZE_MAX,
   * CHANGED_MEANWHILE where it is not found again.
   */
  'members.read': call(
    v.strictObject({ ...keyAddress, found: foundMember }),
    returns<{ readonly bytes: Uint8Array }>(),
  ),
  /** `added: false`: it is a member already. Never creates the key. */
  'sets.add': call(v.strictObject({ ...keyAddress, member: bytes }), returns<{ readonly added: boolean }>()),
  /** One member in another's place. KEY_EXISTS where `to` is a member already, KEY_MISSING where `from` is none. */
  'sets.rename': call(v.strictObject({ ...keyAddress, from: bytes, to: bytes }), returns<Record<string, never>>()),
  'sets.remove': call(v.strictObject({ ...keyAddress, members }), returns<{ readonly removed: number }>()),
} as const
