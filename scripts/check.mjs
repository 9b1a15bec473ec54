/*
 * npm run check: the gate before a commit, in well under a minute. Format,
 * lint, types per environment, layering, unit and renderer tests.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { quickChecks } from './lib/checks.mjs'
import { Gate } from './lib/gate.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await bootstrap()
  const gate = new Gate()
  await quickChecks(gate)
  return gate.finish()
})
