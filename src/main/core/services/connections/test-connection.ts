/*
 * Tries a connection once, without keeping it: who is there, and how fast.
 */
import type { ConnectionTest } from '../../../../shared/contract/connections.ts'
import { isError } from '../../../../shared/resp/value.ts'
import { Ledger } from '../ledger/ledger.ts'
import type { ServerAddress } from '../redis-client/address.ts'
import { textOf } from '../redis-client/replies.ts'
import { CONNECT_TIMEOUT_MS, SessionConnection } from '../redis-client/session-connection.ts'
import { dbsOf, identify, parseInfo, roleOf } from '../sessions/server-info.ts'

export async function testConnection(address: ServerAddress, now: () => number): Promise<ConnectionTest> {
  const connection = new SessionConnection({
    address: async () => address,
    // Shown nowhere: what a test sends is written beside the method in the contract.
    ledger: new Ledger(),
    source: 'connection',
    clientName: 'keystead-test',
    now,
  })
  try {
    await connection.connect()
    const options = { timeoutMs: CONNECT_TIMEOUT_MS }
    const reply = await connection.command(['INFO'], options)
    const info = isError(reply) ? undefined : parseInfo(textOf(reply))
    const startedAt = performance.now()
    await connection.command(['PING'], options)
    const latencyMs = performance.now() - startedAt
    const { told } = connection.greeting
    const fields = info ?? new Map<string, string>()
    return {
      ...identify(fields, told),
      role: roleOf(fields, told),
      latencyMs,
      keys: info && dbsOf(info).reduce((sum, db) => sum + db.keys, 0),
    }
  } finally {
    connection.close()
  }
}
