/*
 * A talk with another server as its client (base/peer-talk.ts): one connection, some
 * requests, replies of one line each, which is what AUTH, SELECT and RESTORE answer.
 */
import { connect, isIP } from 'node:net'
import type { PeerFailure, PeerTalk } from '../base/peer-talk.ts'

const PORT_MAX = 65535
/** Timers tell no more. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1
/** A reply without an end is none. */
const LINE_MAX = 64 * 1024

export function talkToPeer(talk: PeerTalk): Promise<PeerFailure | undefined> {
  const { host, port, timeoutMs, steps } = talk
  const { promise, resolve } = Promise.withResolvers<PeerFailure | undefined>()
  // No name at all would be this machine, and one with a zero byte makes `connect` throw.
  if (host === '' || host.includes('\0') || port < 0 || port > PORT_MAX) return Promise.resolve('connecting')
  const socket = connect({ host, port, noDelay: true })
  // Until the name has an address; a connection that is refused counts as one that cannot be written to.
  let phase: PeerFailure = isIP(host) === 0 ? 'connecting' : 'writing'
  let step = -1
  let unanswered = 0
  let rest = ''
  const end = (failure: PeerFailure | undefined): void => {
    resolve(failure)
    socket.destroy()
  }
  const sayNext = (): void => {
    if (++step === steps.length) return end(undefined)
    const { requests } = steps[step]
    phase = 'writing'
    unanswered = requests.length
    socket.cork()
    for (const request of requests) socket.write(request)
    socket.write('', () => {
      phase = 'reading'
    })
    socket.uncork()
  }
  const take = (line: string): void => {
    if (!talk.onReply(line)) return end(undefined)
    if (--unanswered === 0) sayNext()
  }
  socket.setTimeout(Math.min(timeoutMs, TIMEOUT_MAX_MS), () => end(phase))
  socket.on('lookup', (error) => {
    if (error === null) phase = 'writing'
  })
  socket.on('connect', sayNext)
  socket.on('error', () => end(phase))
  socket.on('close', () => end(phase))
  socket.on('data', (data) => {
    const lines = (rest + data.toString('latin1')).split('\r\n')
    rest = lines.pop()!
    for (const line of lines) {
      if (socket.destroyed) return
      take(line)
    }
    if (rest.length > LINE_MAX) end(phase)
  })
  return promise
}
