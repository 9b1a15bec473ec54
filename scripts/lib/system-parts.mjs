/*
 * The real programs that tests use and npm cannot bring: a browser and real
 * servers. On Debian as root they are installed; elsewhere they are looked for.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { capture } from './run.mjs'
import { say, step } from './say.mjs'

/** Debian package to the program it brings. */
const PARTS = { chromium: 'chromium', 'redis-server': 'redis-server', 'redis-tools': 'redis-cli' }

export async function installSystemParts() {
  const missing = Object.keys(PARTS).filter((name) => !isOnPath(PARTS[name]))
  if (missing.length === 0) return
  if (!existsSync('/etc/debian_version') || process.getuid() !== 0) {
    say(
      `not found: ${missing.join(', ')}; what needs them is skipped (on Debian: apt-get install ${missing.join(' ')})`,
    )
    return
  }
  await step(`installing ${missing.join(', ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const install = () => capture('apt-get', ['install', '-y', '--no-install-recommends', ...missing], { env })
    if ((await install()).code === 0) return
    await capture('apt-get', ['update'], { env }) // No package lists yet, or old ones.
    const { code, output } = await install()
    if (code !== 0) say(`apt-get failed; what needs ${missing.join(', ')} is skipped:\n${output.trim()}`)
  })
}

export function isOnPath(program) {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder && existsSync(join(folder, program + suffix)))
}
