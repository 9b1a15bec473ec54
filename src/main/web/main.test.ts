/*
 * Web mode as it is started: the process, its supervisor, its signals.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../../../tests/support/ports.ts'

const ENTRY = join(import.meta.dirname, 'main.ts')

let home: string
let child: ChildProcess | undefined
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'keystead-main-'))
  // No databases: what is tested here is the process.
  writeFileSync(join(home, 'databases.json'), '{"version":1,"databases":[]}')
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

function start(...args: string[]) {
  const started = spawn(process.execPath, [ENTRY, ...args], { env: { ...process.env, KEYSTEAD_HOME: home } })
  child = started
  const said = { out: '', err: '' }
  started.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
  })
  started.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString()
  })
  const exited = new Promise<number | null>((resolve) => started.once('exit', resolve))
  const url = () =>
    vi.waitFor(
      () => {
        const found = /^Keystead is at (http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)$/m.exec(said.out)?.[1]
        expect(found, said.err).toBeDefined()
        return found as string
      },
      { timeout: 10_000 },
    )
  return { child: started, said, exited, url }
}

/** The process that the supervisor forked. */
const hostOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])

describe('web mode', () => {
  test('prints where it is, and ends with 0 when told to', async () => {
    const { child, exited, url } = start()
    const response = await fetch(await url(), { redirect: 'manual' })
    expect(response.status).toBe(303)
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })

  test('ends with 0 on Ctrl+C, which a terminal sends to both processes', async () => {
    const { child, exited, url } = start()
    await url()
    if (process.platform === 'linux') process.kill(hostOf(child.pid as number), 'SIGINT')
    child.kill('SIGINT')
    expect(await exited).toBe(0)
  })

  test.runIf(process.platform === 'linux')(
    'comes back under the same URL after a crash, and gives up after two',
    async () => {
      const { child, said, exited, url } = start()
      const address = await url()
      const first = hostOf(child.pid as number)
      process.kill(first, 'SIGKILL')
      await vi.waitFor(async () => expect((await fetch(address, { redirect: 'manual' })).status).toBe(303), {
        timeout: 10_000,
      })
      expect(said.err).toContain('is being started again')
      process.kill(hostOf(child.pid as number), 'SIGKILL')
      expect(await exited).toBe(1)
      expect(said.err).toContain('crashed twice')
    },
  )

  test('says that its port is taken', async () => {
    const port = String(await freePort())
    const first = start('--port', port)
    await first.url()
    const second = start('--port', port)
    expect(await second.exited).toBe(1)
    expect(second.said.err).toContain(`Port ${port} is already taken`)
    first.child.kill('SIGKILL')
  })

  test('refuses what it does not understand', async () => {
    const { said, exited } = start('--host', '0.0.0.0')
    expect(await exited).toBe(2)
    expect(said.err).toContain('a password is needed')
  })

  test('shows its help', async () => {
    const { said, exited } = start('--help')
    expect(await exited).toBe(0)
    expect(said.out).toContain('--allow-host')
  })
})
