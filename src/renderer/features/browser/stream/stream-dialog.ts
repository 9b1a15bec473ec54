import type { EntryField, StreamConsumer, StreamGroup } from '../../../../shared/contract/streams.ts'
import type { Latin1 } from '../../../../shared/contract/types.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import type { PendingFilter } from './queries.ts'

/** What of a stream is about to be changed. */
export type StreamDialog =
  /** `like`: fields to begin with. */
  | { readonly does: 'add'; readonly like?: readonly EntryField[] }
  | { readonly does: 'remove'; readonly id: StreamId }
  | { readonly does: 'trim' }
  | { readonly does: 'create-group' }
  | { readonly does: 'set-place'; readonly group: StreamGroup }
  | { readonly does: 'remove-group'; readonly group: StreamGroup }
  | { readonly does: 'remove-consumer'; readonly group: Latin1; readonly consumer: StreamConsumer }
  | { readonly does: 'acknowledge'; readonly group: Latin1; readonly ids: readonly StreamId[] }
  | { readonly does: 'claim'; readonly group: Latin1; readonly ids: readonly StreamId[] }
  | ({ readonly does: 'acknowledge-all' } & AllPending)
  | ({ readonly does: 'claim-all' } & AllPending)

/** What is pending in a group and matches. */
interface AllPending {
  readonly group: Latin1
  readonly filter: PendingFilter
  /** How many they are; undefined: only reading them tells. */
  readonly total: number | undefined
}
