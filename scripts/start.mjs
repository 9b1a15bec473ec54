/*
 * npm start [-- --web] [-- other options]: the app, with all the set-up it needs.
 *
 * The desktop app where Electron can run, else the same app in a browser; which
 * one, and why not the other, is said in one line.
 */
import { bootstrap } from './lib/bootstrap.mjs'
import { buildApp } from './lib/build.mjs'
import { findElectron } from './lib/electron.mjs'
import { at, root } from './lib/paths.mjs'
import { run, runNode } from './lib/run.mjs'
import { main, say } from './lib/say.mjs'

/** An Electron that ends with an error this soon never came up: a library is missing, or the display refused it. */
const NEVER_CAME_UP_MS = 5_000
/** It was closed, or told to end by SIGHUP, SIGINT or SIGTERM. */
const STOPPED = new Set([0, 129, 130, 143])

await main(async () => {
  await bootstrap()
  const options = process.argv.slice(2)
  const others = options.filter((option) => option !== '--web')
  await buildApp()
  if (others.length === options.length) {
    const electron = await findElectron()
    if (electron.path !== undefined) {
      const start = performance.now()
      const code = await run(electron.path, [root, ...others])
      if (STOPPED.has(code) || performance.now() - start > NEVER_CAME_UP_MS) return code
      electron.reason = `Electron ended with code ${code} at once`
    }
    say(`${electron.reason}: running in web mode instead`)
  }
  return runNode([at('out/main/web.js'), ...others])
})
