/*
 * What a server is like to somebody who asks for one thing at a time while others keep
 * it busy, and while it does something in the background.
 *
 * Whoever asks must do nothing else: what takes 10 ms in his process would be taken for
 * 10 ms of the server. So memory, which takes as long to look up, is measured when the
 * same is done once more.
 */
import type { ServerProcess } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { familyBytes } from './process-usage.ts'

/** Something that a server does in the background, and how INFO persistence tells of it. */
export interface Background {
  readonly command: 'BGSAVE' | 'BGREWRITEAOF'
  readonly running: RegExp
  readonly succeeded: RegExp
}

export const SAVE: Background = {
  command: 'BGSAVE',
  running: /rdb_bgsave_in_progress:1/,
  succeeded: /rdb_last_bgsave_status:ok/,
}
export const REWRITE: Background = {
  command: 'BGREWRITEAOF',
  running: /aof_rewrite_(in_progress|scheduled):1/,
  succeeded: /aof_last_bgrewrite_status:ok/,
}

/** Milliseconds. */
export interface Latencies {
  /** Commands that the server ran a second meanwhile, of everybody. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly count: number
}

const LOOK_MS = 50

export class Probe {
  private readonly server: ServerProcess
  private readonly asking: WireClient
  private readonly looking: WireClient
  private readonly keys: number
  private readonly value: string

  private constructor(
    server: ServerProcess,
    [asking, looking]: readonly [WireClient, WireClient],
    keys: number,
    value: string,
  ) {
    this.server = server
    this.asking = asking
    this.looking = looking
    this.keys = keys
    this.value = value
  }

  /** It will set keys of loads.ts' strings to the value. */
  static async open(server: ServerProcess, keys: number, value: string): Promise<Probe> {
    const options = { port: server.port, keepsBytes: false }
    return new Probe(server, [await WireClient.open(options), await WireClient.open(options)], keys, value)
  }

  /** Sends SET and GET in turn, each when the one before is answered, for so many milliseconds. */
  askFor(ms: number): Promise<Latencies> {
    const end = performance.now() + ms
    return this.ask(() => performance.now() >= end)
  }

  /** As askFor, while something is done in the background. */
  async askDuring(background: Background): Promise<Latencies & { readonly seconds: number }> {
    const start = performance.now()
    let isOver = false
    const whenOver = this.run(background).then(() => {
      isOver = true
    })
    const latencies = await this.ask(() => isOver)
    await whenOver
    return { ...latencies, seconds: (performance.now() - start) / 1000 }
  }

  /** By how many percent the memory grows, at the peak, while something is done in the background. */
  async extraMemory(background: Background): Promise<number> {
    const before = familyBytes(this.server.pid)
    let peak = before
    const sampler = setInterval(() => {
      peak = Math.max(peak, familyBytes(this.server.pid))
    }, LOOK_MS)
    await this.run(background)
    clearInterval(sampler)
    return (peak / before - 1) * 100
  }

  /** Has it done, and looks now and then whether it is over. Throws when it went wrong. */
  async run({ command, running, succeeded }: Background): Promise<void> {
    await this.looking.command(command)
    let info: string
    do {
      await new Promise((done) => setTimeout(done, LOOK_MS))
      info = String(await this.looking.command('INFO', 'persistence'))
    } while (running.test(info))
    if (!succeeded.test(info)) throw new Error(`${command} of ${this.server.name} failed: ${this.server.output()}`)
  }

  private async ask(isOver: () => boolean): Promise<Latencies> {
    const times: number[] = []
    const [before, beganAt] = [await this.commands(), performance.now()]
    do {
      const key = `key:${String(Math.floor(Math.random() * this.keys)).padStart(12, '0')}`
      const start = performance.now()
      if (times.length % 2 === 0) await this.asking.command('SET', key, this.value)
      else await this.asking.command('GET', key)
      times.push(performance.now() - start)
    } while (!isOver())
    const rate = ((await this.commands()) - before) / ((performance.now() - beganAt) / 1000)
    const sorted = Float64Array.from(times).sort()
    const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!
    return { rate, p50: at(0.5), p99: at(0.99), max: at(1), count: times.length }
  }

  /** How many commands the server has run so far. */
  private async commands(): Promise<number> {
    const info = String(await this.looking.command('INFO', 'stats'))
    return Number(/total_commands_processed:(\d+)/.exec(info)?.[1])
  }
}
