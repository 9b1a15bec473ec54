/*
 * npm run docs: writes what is made from the code: docs/commands.md, and the
 * summaries of the console's built-in documentation.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { at } from './lib/paths.mjs'
import { runNode } from './lib/run.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await bootstrap()
  return runNode([at('tests/docs/write.ts')])
})
