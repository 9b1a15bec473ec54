import { compareIds, idsOfMillisecond, type StreamId, toStreamId } from '../../../../shared/text/stream-id.ts'

/**
 * What is wrong with an ID for a new entry of a stream whose greatest ever was
 * `greatest`; undefined where the server will take it, as far as can be told.
 */
export function newIdFault(typed: string, greatest: StreamId | undefined): string | undefined {
  if (typed === '*') return undefined
  const milliseconds = /^(\d+)-\*$/.exec(typed)?.[1]
  const id = milliseconds === undefined ? (toStreamId(typed) ?? idsOfMillisecond(typed)?.first) : undefined
  // With <ms>-* the server takes the next free number: the last there is tells whether any is.
  const reach = milliseconds === undefined ? id : idsOfMillisecond(milliseconds)?.last
  if (reach === undefined) return 'Write * or an ID such as 1700000000000-0; 1700000000000-* leaves the number open.'
  if (reach === '0-0') return 'IDs begin at 0-1.'
  if (greatest !== undefined && compareIds(reach, greatest) <= 0)
    return `It must be above ${greatest}, the greatest ID this stream ever had.`
  return undefined
}
