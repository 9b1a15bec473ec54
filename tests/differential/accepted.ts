/*
 * Differences that are meant, with their reasons. docs/compatibility.md has the
 * same list for users; tests/compatibility.test.ts keeps the two together.
 *
 * An entry is as narrow as it can be: the command, the server, and what the two
 * answers look like.
 */
import type { PeerName } from '../support/peers.ts'

export interface Accepted {
  readonly id: string
  /** The command's words, lower case, as they begin. */
  readonly command: RegExp
  /** Against which servers; absent: all. */
  readonly against?: readonly PeerName[]
  readonly ours: RegExp
  readonly theirs: RegExp
  readonly reason: string
}

export const ACCEPTED: readonly Accepted[] = [
  {
    id: 'expiry-beyond-2-53',
    command: /^(?:(?:field )?time to live of|h?p?ttl|h?p?expiretime)\b/,
    ours: /^:(?:9005|9007)\d{9,12}$/,
    theirs: /^:922\d{10,16}$/,
    reason:
      'records hold 53 bits of milliseconds: a later expiry is kept as the last one that fits, in the year 287396',
  },
  {
    id: 'embstr-beyond-44',
    command: /^(?:encoding of|object encoding)\b/,
    against: ['valkey91'],
    ours: /^"raw"$/,
    theirs: /^"embstr"$/,
    reason: 'Valkey 9.1 lays longer strings beside their key; the encoding is told as by Redis, embstr to 44 bytes',
  },
]

export function isAccepted(line: string, against: string, ours: string, theirs: string): boolean {
  return ACCEPTED.some(
    (entry) =>
      entry.command.test(line.toLowerCase()) &&
      (entry.against === undefined || (entry.against as readonly string[]).includes(against)) &&
      entry.ours.test(ours) &&
      entry.theirs.test(theirs),
  )
}
