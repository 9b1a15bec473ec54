/*
 * Lists by window. An index is what it is to the server: from the head 0, 1, 2,
 * from the tail -1, -2, -3. Others push and pop while one looks, so an index
 * alone names no element: whatever changes one says which it means, and is
 * refused where another has come to stand there.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import { bytes, digest, keyAddress, latin1Name, natural, type Page, WINDOW_MAX, windowCount } from './types.ts'

export interface ListElement {
  /** Counted from the end that was asked for: negative from the tail. */
  readonly index: number
  /** The first bytes of the element; all of it when it is no longer than `size`. */
  readonly value: Uint8Array
  readonly size: number
  /** What tells it from another that has come to stand at its index. */
  readonly digest: string
}

export interface ListFindings {
  readonly rows: readonly ListElement[]
  /** Where to search on; null: the other end was reached. */
  readonly next: number | null
  /** Elements this call looked at. */
  readonly looked: number
  /** Elements of the whole list. */
  readonly length: number
}

const LIST_ENDS = ['head', 'tail'] as const
/** The end from which a list is looked at. */
export type ListEnd = (typeof LIST_ENDS)[number]

const end = v.picklist(LIST_ENDS)
const index = v.pipe(v.number(), v.safeInteger())
const valueBytes = v.optional(v.pipe(natural, v.maxValue(65_536)), 1_024)
const element = { ...keyAddress, index, digest }
const nothing = returns<Record<string, never>>()

/** As `keys.create` takes it, from head to tail. */
export const newList = v.strictObject({
  type: v.literal('list'),
  values: v.pipe(v.array(bytes), v.minLength(1, 'must have at least one element'), v.maxLength(WINDOW_MAX)),
})
export type NewList = v.InferOutput<typeof newList>

export const lists = {
  /** `offset` counts from the end looked from. */
  'lists.window': call(
    v.strictObject({ ...keyAddress, from: end, offset: natural, count: windowCount, valueBytes }),
    returns<Page<ListElement>>(),
  ),
  /**
   * The elements that match a glob, from `offset` on: as many as were found in
   * the time of one call. The rest is another call, from `next`.
   */
  'lists.search': call(
    v.strictObject({ ...keyAddress, from: end, offset: natural, match: latin1Name, valueBytes }),
    returns<ListFindings>(),
  ),
  /** The whole of one element. CHANGED_MEANWHILE where another stands there. */
  'lists.read': call(v.strictObject(element), returns<{ readonly bytes: Uint8Array }>()),
  /** Never creates. Answers how many elements there are now. */
  'lists.push': call(v.strictObject({ ...keyAddress, end, value: bytes }), returns<{ readonly length: number }>()),
  /** `before` is on the side of the head, whichever end the index counts from. */
  'lists.insert': call(v.strictObject({ ...element, side: v.picklist(['before', 'after']), value: bytes }), nothing),
  /** Only over `expected`, the whole of the element as it was read. Answers the digest of the new one. */
  'lists.set': call(
    v.strictObject({ ...keyAddress, index, expected: bytes, value: bytes }),
    returns<{ readonly digest: string }>(),
  ),
  'lists.remove': call(v.strictObject(element), nothing),
} as const
