/*
 * Which connections CLIENT LIST shows and CLIENT KILL closes: conditions that must all
 * hold, as Valkey 9 has them. Each but those about time and SKIPME has an opposite
 * with NOT- before its name; of two with the same name the last one counts.
 */
import type { Slice } from '../base/slice.ts'
import { int64Of, integerOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import type { Client } from '../exec/client.ts'
import { flagsOf } from '../exec/client-text.ts'
import { Err, errorLine } from '../exec/errors.ts'

type Holds = (client: Client) => boolean
/** An encoded error, or one that repeats what was asked for. */
type Refusal = Uint8Array | string
type Read = (value: Slice, c: Call, label: string) => Holds | Refusal

const BAD_ID = errorLine('ERR client-id should be greater than 0')
const INVALID_ID = errorLine('ERR Invalid client ID')
const BAD_AGE = errorLine('ERR maxage is not an integer or out of range')
const ZERO_AGE = errorLine('ERR maxage should be greater than 0')
const BAD_IDLE = errorLine('ERR idle is not an integer or out of range')
const ZERO_IDLE = errorLine('ERR idle should be greater than 0')

// Kinds of clients, as TYPE names them. Only normal ones exist until pub/sub and replication do.
const TYPES = ['normal', 'master', 'primary', 'replica', 'slave', 'pubsub']
/** Every letter that `flags=` has in some server; ours are among them. */
const FLAG_LETTERS = 'bcdeirtuxABEIMNOPRSTU'
const CAPABILITIES = 'r'
const INT32_MAX = 2 ** 31 - 1

const isMadeOf = (text: string, letters: string): boolean => [...text].every((letter) => letters.includes(letter))

/** The address without its port; undefined for a connection through a file. */
function ipOf({ origin }: Client): string | undefined {
  if (origin.isUnixSocket) return undefined
  return origin.address.slice(0, origin.address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')
}

const isText =
  (of: (client: Client) => string | undefined): Read =>
  (value) => {
    const wanted = value.textToZero()
    // Who has no name is not found by an empty one.
    return (client) => wanted !== '' && of(client) === wanted
  }

/** At least so many whole seconds since a moment. */
const isOlder =
  (since: (client: Client) => number, bad: Uint8Array, zero: Uint8Array): Read =>
  (value, c) => {
    const seconds = integerOf(value)
    if (seconds === undefined) return bad
    if (seconds < 1) return zero
    const { now } = c.server.keyspace
    return (client) => Math.floor((now - since(client)) / 1000) >= seconds
  }

/** How an error calls a filter of letters. */
const placeOf = (label: string): string => (label.startsWith('NOT-') ? `the ${label} filter` : 'the provided filter')

const NEGATABLE: Record<string, Read> = {
  type(value) {
    const type = TYPES.find((name) => name === value.textToZero().toLowerCase())
    return type === undefined ? `ERR Unknown client type '${value.textToZero()}'` : (client) => client.class === type
  },
  user: (value) =>
    value.text() === 'default' ? (client) => client.user === 'default' : `ERR No such user '${value.textToZero()}'`,
  addr: isText((client) => client.origin.address),
  laddr: isText((client) => client.origin.localAddress),
  ip: isText(ipOf),
  name: isText((client) => client.name),
  'lib-name': isText((client) => client.libName),
  'lib-ver': isText((client) => client.libVersion),
  flags(value, _, label) {
    const flags = value.textToZero()
    if (!isMadeOf(flags, FLAG_LETTERS)) return `ERR Unknown flags found in ${placeOf(label)}: ${flags}`
    return (client) => isMadeOf(flags, flagsOf(client))
  },
  capa(value, _, label) {
    const capabilities = value.textToZero()
    if (!isMadeOf(capabilities, CAPABILITIES)) return `ERR Unknown capa found in ${placeOf(label)}: ${capabilities}`
    return (client) => capabilities === '' || client.redirects
  },
  db(value, c, label) {
    const index = integerOf(value)
    if (index === undefined || Math.abs(index) > INT32_MAX) return `ERR ${label} is not an integer or out of range`
    const last = c.server.keyspace.databases.length - 1
    if (index < 0 || index > last) return `ERR ${label} number should be between 0 and ${last}`
    return (client) => client.dbIndex === index
  },
}
const OTHERS: Record<string, Read> = {
  maxage: isOlder((client) => client.createdAt, BAD_AGE, ZERO_AGE),
  idle: isOlder((client) => client.lastInteraction, BAD_IDLE, ZERO_IDLE),
}

function own(reads: Record<string, Read>, name: string): Read | undefined {
  return Object.hasOwn(reads, name) ? reads[name] : undefined
}

/** Any 64-bit integer may be asked for. Ours are counted from 1, so one that rounding moves is nobody's either way. */
export function clientIdOf(s: Slice): number | undefined {
  const id = int64Of(s)
  return id === undefined ? undefined : Number(id)
}

export class ClientFilter {
  private readonly isList: boolean
  private readonly conditions = new Map<string, Holds>()
  private ids: number[] | undefined
  private readonly otherIds = new Set<number>()
  private sparesCaller: boolean

  /** A list has the caller unless SKIPME says otherwise, and what is to be closed has not. */
  constructor(isList: boolean) {
    this.isList = isList
    this.sparesCaller = !isList
  }

  /** Reads all arguments after the subcommand; what to answer if they are no filters. */
  read(c: Call): Refusal | undefined {
    const { argv, argc } = c
    // As in Redis 7, where nothing but ids can follow an id of LIST: what else is there is taken for one.
    let unknown = Err.syntax
    let at = 2
    while (at < argc) {
      const name = argv[at++].text().toLowerCase()
      const isNegative = name.startsWith('not-')
      if (name === 'id' || name === 'not-id') {
        // As in Valkey: no ids at the end are the ids of nobody, unless that is all there is.
        if (at === argc && at > 3) {
          if (!isNegative) this.ids ??= []
          return unknown === INVALID_ID ? unknown : undefined
        }
        const next = this.readIds(c, at, isNegative)
        if (typeof next !== 'number') return next
        at = next
        unknown = this.isList && !isNegative ? INVALID_ID : Err.syntax
        continue
      }
      const isSkip = name === 'skipme'
      const read = isNegative ? own(NEGATABLE, name.slice(4)) : (own(NEGATABLE, name) ?? own(OTHERS, name))
      if (!isSkip && read === undefined) return unknown
      if (at === argc) return Err.syntax
      const value = argv[at++]
      unknown = Err.syntax
      if (read === undefined) {
        if (!value.is('yes') && !value.is('no')) return Err.syntax
        this.sparesCaller = value.is('yes')
        continue
      }
      const holds = read(value, c, name.toUpperCase())
      if (typeof holds !== 'function') return holds
      this.conditions.set(name, isNegative ? (client) => !holds(client) : holds)
    }
    return undefined
  }

  /** Reads all ids from `from` on, of which there is one at least. Where the next argument is. */
  private readIds({ argv, argc }: Call, from: number, isNegative: boolean): number | Uint8Array {
    let at = from
    for (; at < argc; at++) {
      const id = clientIdOf(argv[at])
      if (id === undefined) break
      if (id < 1 && (isNegative || !this.isList)) return BAD_ID
      this.addId(id, isNegative)
    }
    if (at > from) return at
    if (at === argc || isNegative) return Err.syntax
    return this.isList ? INVALID_ID : BAD_ID
  }

  private addId(id: number, isNegative: boolean): void {
    if (isNegative) this.otherIds.add(id)
    else {
      this.ids ??= []
      this.ids.push(id)
    }
  }

  /** Those for whom all holds, in the order in which they came, or in which they were asked for by their ids. */
  chosen({ client: caller, server: { clients } }: Call): Client[] {
    const asked = this.ids?.map((id) => clients.get(id)) ?? [...clients]
    // A list has a client as often as it was asked for, as in Redis 7; nobody is closed twice.
    const candidates = this.isList ? asked : [...new Set(asked)]
    return candidates.filter((client): client is Client => {
      if (client === undefined || this.otherIds.has(client.id) || (this.sparesCaller && client === caller)) return false
      for (const holds of this.conditions.values()) if (!holds(client)) return false
      return true
    })
  }
}
