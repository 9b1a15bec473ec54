/*
 * Where the Electron runtime is, or why it cannot be had.
 *
 * The npm package `electron` carries no binary: it is fetched from the release
 * server on demand. That server is asked first, with a short patience, so that
 * a machine behind a wall learns it in seconds and not in minutes.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { at } from './paths.mjs'
import { capture } from './run.mjs'
import { step } from './say.mjs'

const PROBE_MS = 4_000
const DOWNLOAD_MS = 10 * 60_000

/** Resolves with { path } or { reason }. */
export async function findElectron() {
  const obstacle = obstacleToAnyWindow()
  if (obstacle !== undefined) return { reason: obstacle }
  const present = installedElectron()
  if (present !== undefined) return { path: present }
  if (process.env.KEYSTEAD_SKIP_ELECTRON_DOWNLOAD)
    return { reason: 'Electron is not installed (download switched off)' }
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/'
  if (!(await answers(mirror)))
    return { reason: `Electron cannot be downloaded (${new URL(mirror).host} does not answer)` }
  await step('downloading the Electron runtime, once', () =>
    capture(process.execPath, [at('node_modules/electron/install.js')], { timeout: DOWNLOAD_MS }),
  )
  const path = installedElectron()
  return path === undefined ? { reason: 'the Electron runtime could not be downloaded' } : { path }
}

function obstacleToAnyWindow() {
  if (process.platform !== 'linux') return undefined
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'there is no display for the desktop app'
  // Chromium refuses to run its sandbox as root, and we do not run without it.
  if (process.getuid() === 0) return 'the desktop app does not run as root'
  return undefined
}

/** As the electron package itself finds its binary, without importing it: importing would download. */
export function installedElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const folder = override ?? at('node_modules/electron/dist')
  const named = at('node_modules/electron/path.txt')
  const file = existsSync(named) ? readFileSync(named, 'utf8') : 'electron'
  const path = join(folder, file)
  return existsSync(path) ? path : undefined
}

async function answers(url) {
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) })
    return true
  } catch {
    return false // No route, no name, refused, or too slow: all the same to us.
  }
}
