/*
 * Servers started from Node, as other projects' tests start them.
 */
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { createServer } from './server.ts'

/** Sends one inline command and gives the first thing that comes back. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    socket.once('error', reject)
    socket.once('data', (data) => {
      socket.destroy()
      resolve(String(data))
    })
  })
}

test('a server starts on a free port, answers, and is gone when closed', async () => {
  const server = await createServer()
  expect(await ask(server.port, 'PING')).toBe('+PONG\r\n')
  await server.close()
  await expect(ask(server.port, 'PING')).rejects.toThrow('ECONNREFUSED')
})

test('two servers in one process share nothing', async () => {
  const [one, two] = await Promise.all([
    createServer(),
    createServer({ options: { databases: '2', maxmemory: '10mb' } }),
  ])
  await ask(one.port, 'SET a 1')
  await ask(one.port, 'CONFIG SET timeout 7')
  expect(await ask(two.port, 'EXISTS a')).toBe(':0\r\n')
  expect(await ask(two.port, 'SELECT 2')).toBe('-ERR DB index is out of range\r\n')
  expect(await ask(two.port, 'CONFIG GET timeout')).toContain('$1\r\n0\r\n')
  await Promise.all([one.close(), two.close()])
})

test('an option with a wrong value is refused with its reason', async () => {
  await expect(createServer({ options: { timeout: 'soon' } })).rejects.toThrow(
    "argument couldn't be parsed into an integer",
  )
})

test('what is unusual is logged', async () => {
  const lines: string[] = []
  const server = await createServer({ options: { nosuch: '1' }, log: { write: (text) => lines.push(text) } })
  await server.close()
  expect(lines.join('')).toContain("'nosuch' is not an option of this server")
})
