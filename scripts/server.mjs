/*
 * npm run server -- [file.conf] [--option value ...]: the database alone.
 * Everything after the -- is the server's own; it says what it does not know.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { buildServer } from './lib/build.mjs'
import { at } from './lib/paths.mjs'
import { runNode } from './lib/run.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await bootstrap()
  await buildServer()
  const cwd = process.env.INIT_CWD ?? process.cwd() // npm changes to the package; the user is elsewhere.
  return runNode([at('out/main/keystead-server.js'), ...process.argv.slice(2)], { cwd })
})
