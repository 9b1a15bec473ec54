/*
 * What the scripts tell the person who typed the command: one short line per
 * step, on stderr, so that stdout belongs to what was started.
 */
export function say(line) {
  process.stderr.write(`keystead: ${line}\n`)
}

/** Says what is about to take a while, runs it, and says how long it took. */
export async function step(what, work) {
  say(`${what} ...`)
  const start = performance.now()
  const result = await work()
  say(`${what}: done in ${seconds(performance.now() - start)}`)
  return result
}

export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** Ends the script with a plain sentence instead of a stack trace. */
export class Stop extends Error {
  constructor(message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs a script's main function: a Stop is said in one line, anything else is a bug and shown whole. */
export async function main(run) {
  try {
    process.exitCode = (await run()) ?? 0
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    say(error.message)
    process.exitCode = error.exitCode
  }
}
