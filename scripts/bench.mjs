/*
 * npm run bench [-- options]: Keystead beside redis-server, see bench/run.ts.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { buildServer } from './lib/build.mjs'
import { at } from './lib/paths.mjs'
import { runNode } from './lib/run.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await bootstrap()
  await buildServer()
  return runNode([at('bench/run.ts'), ...process.argv.slice(2)])
})
