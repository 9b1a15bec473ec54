/*
 * Rounds of crashes: a server is started on what the one before it left, is used, and
 * is killed at a moment that chance picks. Most of a round is the start of a process, so
 * several chains of rounds go on at the same time, each in a folder of its own.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from './ports.ts'
import { type Random, random, seedFromEnvironment } from './random.ts'
import { keysteadProgram } from './server-process.ts'

const CHAINS = 4
/** A round has this long to be used in. */
const USED_MS = { least: 5, most: 100 }
/** Node alone takes half of it; the other half is what a server does before it answers. */
const STARTING_MS_MAX = 200

/** Does so many rounds in all; `chain` does its share of them with the dice, one after the other. */
export async function inChains(rounds: number, chain: (rounds: number, dice: Random) => Promise<void>): Promise<void> {
  const seed = seedFromEnvironment()
  const shares = Array.from({ length: CHAINS }, (_, i) => Math.floor((rounds + i) / CHAINS))
  await Promise.all(shares.map((share, i) => (share > 0 ? chain(share, random(seed + i)) : undefined)))
}

/** Resolves when the time has come for a crash. Nothing is expected to have happened by then. */
export function untilCrash(dice: Random): Promise<void> {
  return new Promise((done) => setTimeout(done, dice.between(USED_MS.least, USED_MS.most)))
}

/** Starts a server and kills it before anybody has asked it for anything: while it loads, or opens its files. */
export async function crashWhileStarting(options: Readonly<Record<string, string>>, dice: Random): Promise<void> {
  const { command, args } = keysteadProgram()
  const all = { port: String(await freePort()), bind: '127.0.0.1', ...options }
  const words = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(command, [...args, ...words], { stdio: 'ignore' })
  const closed = once(child, 'close')
  await new Promise((done) => setTimeout(done, dice.below(STARTING_MS_MAX)))
  child.kill('SIGKILL')
  await closed
}
