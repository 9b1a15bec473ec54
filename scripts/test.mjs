/*
 * npm test [-- --only a,b]: everything that can be checked, ended by one line:
 *
 *   N passed, N failed, N skipped
 *
 * Parts: check wire oracle differential compat build e2e bench. `npm run check`
 * is the short form for every day.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { buildApp } from './lib/build.mjs'
import { quickChecks } from './lib/checks.mjs'
import { Gate } from './lib/gate.mjs'
import { at } from './lib/paths.mjs'
import { main, Stop } from './lib/say.mjs'
import { installSystemParts } from './lib/system-parts.mjs'

/** Real servers that judge the wire tests: what each is for. */
const ORACLES = { redis70: 'Redis 7.0', valkey91: 'Valkey 9.1, which has field expiry' }

const PARTS = {
  check: quickChecks,
  wire: (gate) => gate.tests('wire tests against Keystead', ['--project', 'wire']),
  async oracle(gate) {
    const { findPeer } = await import(at('tests/support/peers.ts'))
    for (const [name, what] of Object.entries(ORACLES)) {
      const title = `wire tests against ${what}`
      // Tests of files start the servers that they need, whoever the oracle is.
      if (findPeer(name)) await gate.tests(title, ['--project', 'wire', 'tests/wire/'], { ORACLE: name })
      else gate.skip(title, `${name} is not on this machine`)
    }
  },
  differential: (gate) => gate.tests('differential round', ['--project', 'differential']),
  compat: (gate) => gate.tests('third-party clients', ['--project', 'compat']),
  async e2e(gate) {
    if (!(await gate.step('build', () => buildApp()))) return gate.skip('end-to-end tests', 'the build failed')
    await gate.tests('end-to-end tests', ['--project', 'e2e'])
  },
  async bench(gate) {
    const { findPeer } = await import(at('tests/support/peers.ts'))
    const title = 'benchmark, smallest size'
    if (!findPeer('redis70')?.benchmark)
      return gate.skip(title, 'redis-server and redis-benchmark are not on this machine')
    await gate.check(title, [at('bench/run.ts'), '--smoke'])
  },
}

await main(async () => {
  const only = onlyOption(process.argv.slice(2))
  await bootstrap()
  await installSystemParts()
  const gate = new Gate()
  for (const name of only) await PARTS[name](gate)
  return gate.finish()
})

function onlyOption(options) {
  if (options.length === 0) return Object.keys(PARTS)
  const [name, list] = options.flatMap((option) => option.split('='))
  const parts = (list ?? '').split(',').filter((part) => part !== '')
  const unknown = parts.filter((part) => !Object.hasOwn(PARTS, part))
  if (name !== '--only' || parts.length === 0 || unknown.length > 0) {
    throw new Stop(`usage: npm test [-- --only ${Object.keys(PARTS).join(',')}]`)
  }
  return parts
}
