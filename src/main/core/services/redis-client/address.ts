/*
 * All that is needed to reach a server and be let in. It holds a password in
 * clear: it is made when a connection is attempted, and kept nowhere.
 */
import type { Endpoint } from '../../../../shared/contract/connections.ts'
import { addressOf } from '../connections/parse-url.ts'

export interface ServerAddress {
  readonly endpoint: Endpoint
  readonly username?: string
  readonly password?: string
  readonly db: number
}

/** How the address reads in a sentence. */
export const describeAddress = (address: ServerAddress): string => addressOf(address.endpoint)
