/*
 * The built app in the real Electron, where its binary exists: that it comes up
 * sandboxed, that the page reaches the backend, that it quits cleanly. Electron's
 * npm package carries no binary, so on many machines this is skipped; the
 * reason is printed.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { freePort } from '../support/ports.ts'

const root = resolve(import.meta.dirname, '../..')
const out = resolve(root, process.env['KEYSTEAD_OUT'] ?? 'out')

/** As the `electron` package finds it, without its offer to download. */
function findBinary(): string | undefined {
  const folder = join(root, 'node_modules/electron')
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const named = join(folder, 'path.txt')
  const name = existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron'
  const candidates = [
    process.env['ELECTRON_EXEC_PATH'],
    override === undefined ? undefined : join(override, name),
    join(folder, 'dist', name),
  ]
  return candidates.find((path) => path !== undefined && existsSync(path))
}

const binary = findBinary()
const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
const reason =
  binary === undefined
    ? 'no Electron binary on this machine'
    : hasDisplay
      ? undefined
      : 'no display to open a window on'

describe('the built app in Electron', () => {
  let app: ElectronApplication | undefined
  const home = mkdtempSync(join(tmpdir(), 'keystead-electron-'))

  afterAll(async () => {
    await app?.close()
    rmSync(home, { recursive: true, force: true })
  })

  test('opens a sandboxed page that shows the local database', async (context) => {
    if (reason !== undefined) return context.skip(reason)
    const port = await freePort()
    const database = { id: 'd1', name: 'proof', port, autoStart: true, createdAt: 0 }
    writeFileSync(join(home, 'databases.json'), JSON.stringify({ version: 1, databases: [database] }))
    // Containers run as root, where Chromium's own sandbox cannot be set up.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    app = await _electron.launch({
      executablePath: binary,
      args: [...sandbox, join(out, 'main/index.js')],
      env: { ...process.env, KEYSTEAD_HOME: home } as Record<string, string>,
    })
    const page = await app.firstWindow()
    await page.getByText('proof').first().waitFor()
    await page.getByText(String(port)).first().waitFor()
    expect(page.url()).toMatch(/^app:\/\/keystead\//)
    expect(await page.evaluate('[typeof require, typeof process]')).toEqual(['undefined', 'undefined'])
    await expect(page.goto('https://example.com')).rejects.toThrow()
  })
})
