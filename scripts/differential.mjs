/*
 * npm run differential [-- options]: random commands to Keystead and to a real
 * server, compared; see tests/differential/run.ts.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { at } from './lib/paths.mjs'
import { runNode } from './lib/run.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await bootstrap()
  return runNode([at('tests/differential/run.ts'), ...process.argv.slice(2)])
})
