/*
 * A client as a line of CLIENT LIST: the fields of Valkey 9 in its order.
 */
import type { Client } from './client.ts'

/** Letters for what is special about it, N for nothing. */
export function flagsOf(client: Client): string {
  let flags = ''
  if (client.transaction) flags += 'x'
  if (client.wait) flags += 'b'
  if (client.watchBroken) flags += 'd'
  if (client.closing) flags += 'c'
  if (client.origin.isUnixSocket) flags += 'U'
  if (client.noEvict) flags += 'e'
  if (client.noTouch) flags += 'T'
  return flags === '' ? 'N' : flags
}

export function clientText(client: Client, now: number): string {
  const { sink, origin, transaction } = client
  const queryBytes = sink.queryBytes()
  const outputBytes = sink.pendingBytes()
  const fields: readonly (readonly [string, string | number])[] = [
    ['id', client.id],
    ['addr', origin.address],
    ['laddr', origin.localAddress],
    ['fd', origin.fd],
    ['name', client.name],
    ['age', Math.floor((now - client.createdAt) / 1000)],
    ['idle', Math.floor((now - client.lastInteraction) / 1000)],
    ['flags', flagsOf(client)],
    ['capa', client.redirects ? 'r' : ''],
    ['db', client.dbIndex],
    ['sub', 0],
    ['psub', 0],
    ['ssub', 0],
    ['multi', transaction ? transaction.queue.length : -1],
    ['watch', client.watched.length],
    ['qbuf', queryBytes],
    ['qbuf-free', 0],
    ['argv-mem', 0],
    ['multi-mem', transaction?.bytes ?? 0],
    ['rbs', 0],
    ['rbp', 0],
    ['obl', 0],
    ['oll', outputBytes > 0 ? 1 : 0],
    ['omem', outputBytes],
    ['tot-mem', queryBytes + outputBytes + (transaction?.bytes ?? 0)],
    ['events', outputBytes > 0 ? 'rw' : 'r'],
    ['cmd', client.lastCommand?.name ?? 'NULL'],
    ['user', client.user],
    ['redir', -1],
    ['resp', client.protocol],
    ['lib-name', client.libName],
    ['lib-ver', client.libVersion],
    ['tot-net-in', client.bytesReceived],
    ['tot-net-out', client.bytesSent],
    ['tot-cmds', client.commandCount],
  ]
  return fields.map(([name, value]) => `${name}=${value}`).join(' ')
}
