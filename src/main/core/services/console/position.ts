/*
 * Where a connection stands, as the user moved it: its database, its protocol,
 * whether MULTI is open. Learnt from commands and their replies, because no
 * server can be asked for all of it.
 */
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { errorText } from '../redis-client/failures.ts'
import type { Command } from '../redis-client/wire.ts'
import { wordAt } from './words.ts'

export interface Position {
  readonly db: number
  readonly inTransaction: boolean
  readonly protocol: 2 | 3
}

export class PositionTracker {
  #db: number
  #inTransaction = false
  #protocol: 2 | 3 = 2
  /** For each command that is queued: where its SELECT will go, if it is one. */
  #queued: (number | undefined)[] = []

  constructor(db: number) {
    this.#db = db
  }

  get now(): Position {
    return { db: this.#db, inTransaction: this.#inTransaction, protocol: this.#protocol }
  }

  /** A new connection is in no transaction. Database and protocol are set again by whoever connects. */
  reconnected(): void {
    this.#inTransaction = false
    this.#queued = []
  }

  answered(args: Command, reply: RespValue): void {
    const name = wordAt(args, 0)
    const isQueued = this.#inTransaction && reply.type === 'simple' && reply.text === 'QUEUED'
    if (isQueued) this.#queued.push(name === 'select' ? dbOf(args) : undefined)
    else if (name === 'exec') this.#executed(reply)
    else if (!isError(reply)) this.#done(name, args)
  }

  #done(name: string, args: Command): void {
    switch (name) {
      case 'multi':
        this.#inTransaction = true
        this.#queued = []
        return
      case 'discard':
        this.reconnected()
        return
      case 'reset':
        this.reconnected()
        this.#db = 0
        this.#protocol = 2
        return
      case 'select':
        this.#db = dbOf(args) ?? this.#db
        return
      case 'hello':
        if (wordAt(args, 1) === '3') this.#protocol = 3
        else if (wordAt(args, 1) === '2') this.#protocol = 2
    }
  }

  #executed(reply: RespValue): void {
    // A user without the right to EXEC is still in the transaction.
    if (isError(reply) && errorText(reply).startsWith('NOPERM')) return
    if (reply.type === 'array') {
      reply.items.forEach((item, i) => {
        const db = this.#queued[i]
        if (db !== undefined && !isError(item)) this.#db = db
      })
    }
    this.reconnected()
  }
}

function dbOf(args: Command): number | undefined {
  const db = Number(wordAt(args, 1) || Number.NaN)
  return Number.isInteger(db) && db >= 0 ? db : undefined
}
