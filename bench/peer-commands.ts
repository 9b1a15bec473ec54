/*
 * What a server under measurement lacks: a figure that cannot be taken is
 * reported as missing instead of ending the run.
 */
import type { ServerProcess } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'

/** The names of `names` that the server does not know. */
export async function missingCommands(server: ServerProcess, names: readonly string[]): Promise<Set<string>> {
  const client = await WireClient.open({ port: server.port })
  try {
    const known = await client.command('COMMAND', 'INFO', ...names)
    return new Set(names.filter((_, i) => !(Array.isArray(known) && Array.isArray(known[i]))))
  } finally {
    await client.close()
  }
}
