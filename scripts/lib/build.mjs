/*
 * Builds when the sources changed since the last build, and only then.
 *
 * `whole` is everything `npm start` runs, by electron-vite. `server` is the
 * database alone and the command line, from their own entries, for `npm run server`
 * on a fresh clone: it takes a second instead of ten. Both write out/main/keystead-server.js.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { at } from './paths.mjs'
import { capture } from './run.mjs'
import { Stop, step } from './say.mjs'

const WHOLE = {
  what: 'building the app',
  inputs: [
    'src',
    'resources',
    'electron.vite.config.ts',
    'scripts/lib/server-chunks.mjs',
    'package-lock.json',
    'tsconfig.base.json',
  ],
  outputs: [
    'out/main/index.js',
    'out/main/web.js',
    'out/main/keystead-server.js',
    'out/main/keystead.js',
    'out/renderer/index.html',
  ],
  stamp: 'out/.built-app',
  command: ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
}

const SERVER = {
  what: 'building the server',
  inputs: [
    'src/server',
    'src/shared',
    'src/main/cli',
    'src/main/core',
    'scripts/lib/server-chunks.mjs',
    'scripts/lib/server.vite.config.mjs',
    'package-lock.json',
  ],
  outputs: ['out/main/keystead-server.js', 'out/main/keystead.js'],
  stamp: 'out/.built-server',
  command: [
    'node_modules/vite/bin/vite.js',
    'build',
    '--config',
    'scripts/lib/server.vite.config.mjs',
    '--logLevel',
    'warn',
  ],
}

export const buildApp = ({ force = false } = {}) => build(WHOLE, force)

/** A whole build that is up to date holds the server too. */
export const buildServer = async () => {
  if (!isUpToDate(WHOLE)) await build(SERVER, false)
}

async function build(target, force) {
  if (!force && isUpToDate(target)) return
  const fingerprint = fingerprintOf(target.inputs)
  await step(target.what, async () => {
    const { code, output } = await capture(process.execPath, target.command)
    if (code === 0) return
    process.stderr.write(output)
    throw new Stop(`${target.what} failed, see above`, code)
  })
  const missing = target.outputs.filter((file) => !existsSync(at(file)))
  if (missing.length > 0) throw new Stop(`${target.what} ended well but did not write ${missing.join(', ')}`)
  mkdirSync(at('out'), { recursive: true })
  writeFileSync(at(target.stamp), fingerprint)
}

function isUpToDate(target) {
  if (!existsSync(at(target.stamp)) || target.outputs.some((file) => !existsSync(at(file)))) return false
  return readFileSync(at(target.stamp), 'utf8') === fingerprintOf(target.inputs)
}

/** Content, not times: a checkout or a touch must not rebuild, and a restored old file must. */
function fingerprintOf(inputs) {
  const hash = createHash('sha256')
  for (const file of inputs.flatMap((input) => filesUnder(input))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(at(file)))
      .update('\0')
  }
  return hash.digest('hex')
}

const NEVER_BUILT = /\.(?:test|fuzz|bench)\.tsx?$/

function filesUnder(path) {
  if (!existsSync(at(path))) return []
  const entries = readEntries(path)
  if (entries === undefined) return [path]
  return entries
    .sort()
    .flatMap((name) => filesUnder(join(path, name)))
    .filter((file) => !NEVER_BUILT.test(file))
}

function readEntries(path) {
  try {
    return readdirSync(at(path))
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined // A file.
    throw error
  }
}
