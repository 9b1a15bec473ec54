/*
 * What every script does first: be on Node 24 and have the dependencies.
 *
 * A fresh clone on a machine with an older Node needs nothing else: Node 24
 * comes from the npm registry (package `node`) into .cache/node, and the script
 * runs itself again with it. This file and all it imports must therefore run on
 * Node 20.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { at } from './paths.mjs'
import { npm, run, withPath } from './run.mjs'
import { Stop, step } from './say.mjs'

/** The line that Electron carries too. The floor is the major; the exact version is only for who has none. */
const NODE_MAJOR = 24
const NODE_VERSION = '24.21.0'

/** Returns on Node 24 with everything installed. On an older Node it never returns. */
export async function bootstrap() {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
    const node = await ownNode()
    // PATH too: what the script starts (npm, tools, workers) must find the same Node.
    process.exit(await run(node, process.argv.slice(1), { env: withPath(dirname(node)) }))
  }
  if (!isInstalled()) await install()
}

async function ownNode() {
  const folder = at('.cache/node')
  const node = at(`.cache/node/node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`)
  if (versionOf(node) === `v${NODE_VERSION}`) return node
  await step(`fetching Node ${NODE_VERSION} (this is ${process.version})`, async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(at('.cache/node/package.json'), '{ "private": true }\n')
    // The package brings its binary through its preinstall script: the one install that must run scripts.
    const args = ['install', '--prefix', folder, '--ignore-scripts=false', '--no-save', `node@${NODE_VERSION}`]
    await npmOrStop(
      [...args, ...QUIET],
      'Node 24 could not be installed; install it yourself (nodejs.org) and try again',
    )
  })
  if (versionOf(node) !== `v${NODE_VERSION}`) {
    throw new Stop(`the npm package node@${NODE_VERSION} did not bring a working binary; install Node 24 (nodejs.org)`)
  }
  return node
}

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error']

function versionOf(node) {
  return existsSync(node) ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() : undefined
}

async function install() {
  await step('installing dependencies', () =>
    npmOrStop(
      ['ci', '--ignore-scripts', ...QUIET],
      'npm ci failed: see above; the network or the registry is the usual reason',
    ),
  )
}

async function npmOrStop(args, message) {
  // npm's own stdout is noise here ("added 230 packages"); its errors are not.
  const code = await npm(args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (code !== 0) throw new Stop(message, code)
}

/**
 * Whether node_modules holds what package-lock.json names. npm writes its own
 * lock file into node_modules as the last act of an install, so comparing the
 * two needs no stamp of ours and notices an interrupted install. Packages for
 * other platforms are absent and optional.
 */
function isInstalled() {
  const wanted = packagesOf(at('package-lock.json'))
  const present = packagesOf(at('node_modules/.package-lock.json'))
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' || optional || devOptional || peer || present[path]?.version === version,
  )
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}
