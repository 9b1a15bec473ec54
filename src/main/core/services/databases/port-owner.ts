/*
 * Who holds a port, as far as this machine tells: what the listener answers to
 * INFO, and which process the system says it is. Nothing here is certain, and
 * nothing here may fail: a port that is taken is bad enough.
 */
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { promisify } from 'node:util'
import { FailureError, type PortOwner } from '../../../../shared/contract/failure.ts'
import { isError } from '../../../../shared/resp/value.ts'
import { errnoOf } from '../../failure.ts'
import { errorText, replyFailure } from '../redis-client/failures.ts'
import { openSocket } from '../redis-client/open-socket.ts'
import { textOf } from '../redis-client/replies.ts'
import { Wire } from '../redis-client/wire.ts'
import { identify, numberOf, parseInfo } from '../sessions/server-info.ts'

const LOOPBACK = '127.0.0.1'
/** Loopback answers in a millisecond or not at all; the user is waiting for a start. */
const ASK_TIMEOUT_MS = 700
const PORT_MAX = 65_535
/** Beyond this many taken ports in a row something else is wrong. */
const PORTS_TRIED_MAX = 200

export type PortState = 'free' | 'taken' | 'forbidden'

export async function portState(port: number): Promise<PortState> {
  // Asked both ways: macOS lets us bind 127.0.0.1 while another listens on all addresses.
  if (await isAnswered(port)) return 'taken'
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error) => resolve(errnoOf(error) === 'EACCES' ? 'forbidden' : 'taken'))
    probe.listen(port, LOOPBACK, () => probe.close(() => resolve('free')))
  })
}

function isAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port })
    const finish = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.setTimeout(ASK_TIMEOUT_MS, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

/** The first free port from `from` on that is not in `reserved`. */
export async function nextFreePort(from: number, reserved: ReadonlySet<number>): Promise<number | undefined> {
  for (let port = from; port <= Math.min(PORT_MAX, from + PORTS_TRIED_MAX); port++) {
    if (!reserved.has(port) && (await portState(port)) === 'free') return port
  }
  return undefined
}

export async function portOwner(port: number): Promise<Omit<PortOwner, 'nextFree'>> {
  const [server, found] = await Promise.all([askServer(port), findProcess(port)])
  return { port, ...found, ...server, ...(server.pid === undefined ? {} : { pid: server.pid }) }
}

/** `an unknown program`, `valkey 9.1.2 (valkey-server, process 4711)` ... */
export function describeOwner({ server, version, pid, process }: PortOwner): string {
  const programme = server === undefined ? (process ?? 'another program') : [server, version].filter(Boolean).join(' ')
  const details = [server === undefined ? undefined : process, pid === undefined ? undefined : `process ${pid}`].filter(
    Boolean,
  )
  return details.length === 0 ? programme : `${programme} (${details.join(', ')})`
}

async function askServer(port: number): Promise<Pick<PortOwner, 'server' | 'version' | 'pid'>> {
  let wire: Wire | undefined
  try {
    const socket = await openSocket({ kind: 'tcp', host: LOOPBACK, port }, ASK_TIMEOUT_MS)
    wire = new Wire(socket, `${LOOPBACK}:${port}`, { unasked: () => undefined, closed: () => undefined })
    const asked = wire
    const timer = setTimeout(() => asked.close({ code: 'TIMED_OUT', message: 'No answer to INFO.' }), ASK_TIMEOUT_MS)
    const reply = await wire.send(['INFO', 'server']).finally(() => clearTimeout(timer))
    if (isError(reply)) {
      const { code } = replyFailure(errorText(reply))
      return code === 'COMMAND_FAILED' ? {} : { server: 'a Redis or Valkey server that asks for a password' }
    }
    const info = parseInfo(textOf(reply))
    const { kind, version } = identify(info, {})
    return { server: kind, version, pid: numberOf(info, 'process_id') }
  } catch (error) {
    // Expected: it is no server of ours, or too slow. Then the system's word is all there is.
    if (!(error instanceof FailureError)) throw error
    return {}
  } finally {
    wire?.close({ code: 'CANCELLED', message: 'Asked enough.' })
  }
}

async function findProcess(port: number): Promise<Pick<PortOwner, 'pid' | 'process'>> {
  try {
    return process.platform === 'linux' ? await findInProc(port) : await findWithLsof(port)
  } catch {
    // Expected: no right to look, no lsof, a process that ended meanwhile.
    return {}
  }
}

async function findInProc(port: number): Promise<Pick<PortOwner, 'pid' | 'process'>> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  )
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)))
  if (inodes.size === 0) return {}
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || !(await holdsSocket(entry, inodes))) continue
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '')
    return { pid: Number(entry), process: name.trim() || undefined }
  }
  return {}
}

/** Lines read `sl local_address rem_address st ... inode`; state 0A is LISTEN, ports are hexadecimal. */
export function listeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    return fields[1]?.endsWith(`:${hexPort}`) && fields[3] === '0A' ? [`socket:[${fields[9]}]`] : []
  })
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  // Another user's process: its descriptors are not ours to see.
  const descriptors = await readdir(folder).catch(() => [])
  for (const descriptor of descriptors) {
    const target = await readlink(`${folder}/${descriptor}`).catch(() => '')
    if (inodes.has(target)) return true
  }
  return false
}

async function findWithLsof(port: number): Promise<Pick<PortOwner, 'pid' | 'process'>> {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']
  const { stdout } = await promisify(execFile)('lsof', args, { timeout: ASK_TIMEOUT_MS })
  const pid = /^p(\d+)$/m.exec(stdout)?.[1]
  return { pid: pid === undefined ? undefined : Number(pid), process: /^c(.+)$/m.exec(stdout)?.[1] }
}
