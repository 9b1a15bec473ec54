/*
 * npm run keystead -- checkpoint|branch ...: asks a server that runs. Everything
 * after the -- is its own.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { buildServer } from './lib/build.mjs'
import { at } from './lib/paths.mjs'
import { runNode } from './lib/run.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await bootstrap()
  await buildServer()
  return runNode([at('out/main/keystead.js'), ...process.argv.slice(2)])
})
