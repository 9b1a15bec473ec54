/*
 * Real servers to compare with: where they are, what they are, how to start one.
 *
 * Redis 7.0 is Debian's `redis-server`; newer ones are looked for by name in
 * ~/.cache/keystead-peers/bin (KEYSTEAD_PEERS overrides) and in PATH.
 */
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

export type PeerName = 'redis70' | 'redis80' | 'valkey81' | 'valkey91'

export interface Peer {
  readonly name: PeerName
  readonly server: string
  readonly cli: string | undefined
  readonly benchmark: string | undefined
}

/** File names to look for, the most exact one first. */
const FILES: Record<PeerName, { server: string[]; cli: string[]; benchmark: string[] }> = {
  redis70: { server: ['redis-server'], cli: ['redis-cli'], benchmark: ['redis-benchmark'] },
  redis80: { server: ['redis80'], cli: ['redis80-cli'], benchmark: ['redis80-benchmark'] },
  valkey81: { server: ['valkey81'], cli: ['valkey81-cli'], benchmark: ['valkey81-benchmark'] },
  valkey91: { server: ['valkey91'], cli: ['valkey91-cli'], benchmark: ['valkey91-benchmark'] },
}

export const PEER_NAMES = Object.keys(FILES) as PeerName[]

export function isPeerName(name: string): name is PeerName {
  return Object.hasOwn(FILES, name)
}

export function findProgram(names: readonly string[]): string | undefined {
  const peers = process.env['KEYSTEAD_PEERS'] ?? join(homedir(), '.cache', 'keystead-peers', 'bin')
  const folders = [peers, ...(process.env['PATH'] ?? '').split(delimiter)].filter((folder) => folder !== '')
  const suffix = process.platform === 'win32' ? '.exe' : ''
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name + suffix)
      try {
        accessSync(file, constants.X_OK)
        return file
      } catch {
        // Not there: look on.
      }
    }
  }
  return undefined
}

export function findPeer(name: PeerName): Peer | undefined {
  const files = FILES[name]
  const server = findProgram(files.server)
  if (server === undefined) return undefined
  return { name, server, cli: findProgram(files.cli), benchmark: findProgram(files.benchmark) }
}

export function findPeers(): Peer[] {
  return PEER_NAMES.map(findPeer).filter((peer) => peer !== undefined)
}
