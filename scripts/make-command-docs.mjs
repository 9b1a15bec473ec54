/*
 * Writes src/shared/command-docs.json, the console's table for servers that do
 * not document themselves (Redis before 7.0).
 *
 *   node scripts/make-command-docs.mjs <valkey-server> <valkey-cli>
 *
 * It asks a Valkey server for COMMAND DOCS and keeps the facts: names, arguments,
 * first version, complexity, group. Sentences are left out, they are the
 * server's authors'; `npm run docs` then adds our own summaries.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const [serverPath, cliPath] = process.argv.slice(2)
if (!serverPath || !cliPath) {
  console.error('usage: node scripts/make-command-docs.mjs <valkey-server> <valkey-cli>')
  process.exit(1)
}

const port = await freePort()
const dir = mkdtempSync(join(tmpdir(), 'keystead-docs-'))
const server = spawn(serverPath, ['--port', String(port), '--save', '', '--dir', dir, '--bind', '127.0.0.1'], {
  stdio: 'ignore',
})
try {
  await untilReady()
  const docs = ask('COMMAND', 'DOCS')
  const version = /valkey_version:([\d.]+)/.exec(cli('INFO', 'server'))?.[1]
  const commands = Object.entries(docs)
    .flatMap(([name, doc]) => [
      commandOf(name.toUpperCase(), doc),
      ...Object.entries(doc.subcommands ?? {}).map(([sub, subdoc]) =>
        commandOf(sub.replace('|', ' ').toUpperCase(), subdoc),
      ),
    ])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const lines = commands.map((command) => JSON.stringify(command)).join(',\n')
  const file = resolve(import.meta.dirname, '../src/shared/command-docs.json')
  writeFileSync(file, `{\n"from": "Valkey ${version}",\n"commands": [\n${lines}\n]}\n`)
  console.log(`${commands.length} commands of Valkey ${version} written to ${file}`)
} finally {
  server.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
}

/** Undefined fields are left out by JSON. */
function commandOf(name, doc) {
  return {
    name,
    group: doc.group,
    since: doc.since,
    complexity: doc.complexity,
    deprecatedSince: doc.deprecated_since,
    args: (doc.arguments ?? []).map(argumentOf),
    isContainer: doc.subcommands ? true : undefined,
  }
}

function argumentOf(argument) {
  const flags = new Set(argument.flags ?? [])
  return {
    name: argument.display_text ?? argument.name,
    type: argument.type,
    token: argument.token,
    optional: flags.has('optional') || undefined,
    multiple: flags.has('multiple') || undefined,
    multipleToken: flags.has('multiple_token') || undefined,
    since: argument.since,
    args: argument.arguments?.map(argumentOf),
  }
}

function cli(...args) {
  return execFileSync(cliPath, ['-p', String(port), '-3', '--json', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 << 20,
  })
}

function ask(...args) {
  return JSON.parse(cli(...args))
}

async function untilReady() {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      if (ask('PING') === 'PONG') return
    } catch {
      // Not listening yet.
    }
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`${serverPath} did not answer`)
}

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => done(port))
    })
  })
}
