/*
 * Child processes of the scripts: programs and arguments, never a shell line,
 * so that the same call works on Linux, macOS and Windows.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { root } from './paths.mjs'
import { Stop } from './say.mjs'

/**
 * Runs a program to its end and resolves with its exit code (128 + n for a
 * signal, as shells count). SIGTERM to us is handed on; Ctrl-C reaches the child
 * by itself, and we wait for what it makes of it.
 *
 * npm hands a SIGTERM only to its shell, which dies of it and leaves us behind:
 * started by npm, losing our parent means the same as SIGTERM.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    const forward = (signal) => child.kill(signal)
    const wait = () => {}
    const parent = process.ppid
    const watch = setInterval(() => {
      if (process.env.npm_lifecycle_event && process.ppid !== parent) forward('SIGTERM')
    }, ORPHAN_CHECK_MS)
    process.on('SIGTERM', forward)
    process.on('SIGHUP', forward)
    process.on('SIGINT', wait)
    const done = () => {
      clearInterval(watch)
      process.off('SIGTERM', forward)
      process.off('SIGHUP', forward)
      process.off('SIGINT', wait)
    }
    child.once('error', (error) => {
      done()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      done()
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

const ORPHAN_CHECK_MS = 500

/** As run, but keeps what the child prints and gives it back. */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

export const runNode = (args, options) => run(process.execPath, args, options)

/** The environment with a folder first in PATH, whatever the system calls that variable. */
export function withPath(folder, env = process.env) {
  const name = Object.keys(env).find((key) => key.toLowerCase() === 'path') ?? 'PATH'
  return { ...env, [name]: `${folder}${delimiter}${env[name] ?? ''}` }
}

/** npm by its JavaScript: npm.cmd cannot be spawned without a shell on Windows. */
export function npmArguments() {
  const beside = dirname(process.execPath)
  const candidates = [
    process.env.npm_execpath,
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ]
  const cli = candidates.find((file) => file?.endsWith('npm-cli.js') && existsSync(file))
  if (cli === undefined) throw new Stop('npm was not found; start this through npm (npm start, npm test, npm run ...)')
  return [cli]
}

export function npm(args, options) {
  return runNode([...npmArguments(), ...args], options)
}
