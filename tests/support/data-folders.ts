/*
 * Data folders that outlive the servers on them: one server is killed, another
 * starts on what it left. After each test the servers are stopped and the folders gone.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { type Program, type ServerProcess, startServer } from './server-process.ts'
import { WireClient } from './wire-client.ts'

export interface Started {
  readonly server: ServerProcess
  readonly client: WireClient
}

export interface DataFolders {
  newFolder(): string
  /** A server and a client of it; the folder is its option `dir`. */
  start(program: Program, options: Readonly<Record<string, string>>): Promise<Started>
}

/** To be called at the top of a file. */
export function withDataFolders(): DataFolders {
  const servers: ServerProcess[] = []
  const folders: string[] = []
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()))
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  return {
    newFolder() {
      const folder = mkdtempSync(join(tmpdir(), 'keystead-data-'))
      folders.push(folder)
      return folder
    },
    async start(program, options) {
      for (;;) {
        const server = await startServer(program, options)
        servers.push(server)
        const client = await WireClient.open({ port: server.port })
        if (await isOf(client, server)) return { server, client }
        await client.close()
        await server.stop()
      }
    },
  }
}

/** Whether it is not the server of somebody else who was given the same port, while ours ends because it has none. */
async function isOf(client: WireClient, server: ServerProcess): Promise<boolean> {
  const info = String(await client.command('INFO', 'server').catch(() => ''))
  const pid = /process_id:(\d+)/.exec(info)?.[1]
  return pid === undefined || Number(pid) === server.pid
}

/** Ends it as a power cut would end it, but for what the system has taken. */
export async function kill({ server }: { readonly server: ServerProcess }): Promise<void> {
  server.signal('SIGKILL')
  await server.exited
}
