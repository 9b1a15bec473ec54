/*
 * Loading a server with many commands: RESP made piece by piece, through
 * redis-cli --pipe, which waits for us as we wait for it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerProcess } from '../tests/support/server-process.ts'

/** Bytes per write to redis-cli's input. */
const PIECE_SIZE = 256 * 1024

type Command = readonly (string | number)[]

/** One command as RESP. The arguments are ASCII. */
export function encoded(command: Command): string {
  let text = `*${command.length}\r\n`
  for (const arg of command) {
    const word = String(arg)
    text += `$${word.length}\r\n${word}\r\n`
  }
  return text
}

/** Sends all commands; throws when one is refused. */
export async function pipeInto(server: ServerProcess, cli: string, commands: Iterable<Command>): Promise<void> {
  const child = spawn(cli, ['-p', String(server.port), '--pipe'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  // A server that is gone takes redis-cli with it: what it said is in the error below.
  child.stdin.on('error', () => child.kill())
  const closed = once(child, 'close')
  let count = 0
  let piece = ''
  for (const command of commands) {
    count++
    piece += encoded(command)
    if (piece.length < PIECE_SIZE) continue
    if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, 'drain'), closed])
    piece = ''
  }
  child.stdin.end(piece)
  await closed
  if (!output.includes(`errors: 0, replies: ${count}`)) throw new Error(`loading ${server.name} went wrong:\n${output}`)
}
