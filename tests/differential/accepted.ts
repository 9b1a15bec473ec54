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
  {
    id: 'scan-type-unknown',
    command: /^scan\b.* type\b/,
    against: ['valkey91'],
    ours: /^\["\d+" \[\]\]$/,
    theirs: /^-ERR unknown type name/,
    reason: 'as in Redis 7, no key is of an unknown type',
  },
  {
    id: 'client-id-refusal',
    command: /^client kill id\b/,
    against: ['valkey91'],
    ours: /^-ERR client-id should be greater than 0$/,
    theirs: /^-ERR syntax error$/,
    reason: 'the refusal is that of Redis 7',
  },
  {
    id: 'key-named-fields',
    command: /^h[gs]etex fields (?:\d+|fields|n?xx?|fn?xx?|p?exat|[ep]x|persist|keepttl)\b/,
    against: ['valkey91'],
    ours: /./,
    theirs: /^(?:-ERR value is not an integer or out of range$|-ERR numfields should be|\[|:[01]$)/,
    reason: 'Valkey takes a key of this name for the option; here it is a key like any other',
  },
  {
    id: 'client-info-zero-byte',
    command: /^client setinfo .*\\x00/,
    against: ['valkey91'],
    ours: /cannot contain spaces, newlines or special characters\.$/,
    theirs: /^\+OK$/,
    reason: 'all bytes are checked, not those before the first zero byte',
  },
  {
    id: 'hexadecimal-corners',
    command: /^geosearch(?:store)?\b.* bypolygon\b.* [+-]?0x/,
    against: ['valkey91'],
    ours: /./,
    theirs: /^-ERR value is not a valid float$/,
    reason: 'hexadecimal numbers are numbers everywhere, as in Redis 7; Valkey 9.1 refuses them',
  },
  {
    id: 'lset-beyond-2-31',
    command: /^lset\b/,
    against: ['valkey91', 'redis80'],
    ours: /^-ERR index out of range$/,
    theirs: /^\+OK$/,
    reason: 'an index beyond 32 bits is out of range, as in Redis 7; Valkey 9.1 and Redis 8.0 take its lower 32 bits',
  },
  {
    id: 'sort-by-spaced-numbers',
    command: /^sort(?:_ro)?\b/,
    against: ['valkey91'],
    ours: /^(?!-)/,
    theirs: /^-ERR One or more scores can't be converted into double$/,
    reason: 'a number may have spaces before it or be hexadecimal, as in Redis 7; Valkey 9.1 refuses to sort by it',
  },
  {
    id: 'getkeys-of-sync',
    command: /^command getkeys p?sync\b/,
    ours: /^-ERR Invalid command specified$/,
    theirs: /^-ERR The command has no key arguments$/,
    reason: 'there is no replication, and so no such command',
  },
  {
    id: 'stream-lag',
    command: /^(?:value of|xinfo)\b/,
    against: ['valkey91'],
    ours: /"lag" :\d+/,
    theirs: /"lag" \(nil\)/,
    reason:
      'as in Redis 7, the lag of a group that stands before the first entry follows from what was added and is left',
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
