/*
 * npm run build: builds everything into out/, whether or not it changed.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { buildApp } from './lib/build.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await bootstrap()
  await buildApp({ force: true })
})
