/*
 * What the server does by itself, `hz` times a second: deleting what has expired,
 * moving tables that are being resized, freeing what waits to be freed, closing
 * clients that are silent for too long, sampling rates. While nobody is connected
 * and nothing expires it wakes up once a second only.
 */
import { FieldExpiry } from '../types/hash-expiry.ts'
import { LOADING } from './gates.ts'
import type { ServerContext } from './server-context.ts'

/** Share of the time that background work may take while there is some. */
const WORK_SHARE = 0.25
const RESIZE_BUDGET_MS = 1
const IDLE_INTERVAL_MS = 1000
/** Rates are sampled this often; INFO shows the mean of the last 16. */
const SAMPLE_INTERVAL_MS = 100

export class Cron {
  private readonly server: ServerContext
  private timer: NodeJS.Timeout | undefined
  private lastSample = 0
  private lastSecond = 0
  private readonly fieldExpiry: FieldExpiry

  constructor(server: ServerContext) {
    this.server = server
    this.fieldExpiry = new FieldExpiry(server.keyspace, {
      field: (db, key, field) => {
        server.watches.touch(db, key)
        server.effects.fieldDeleted(db.index, key, field)
        server.notify?.('h', 'hexpired', key, db)
      },
      emptied: (db, key) => server.notify?.('g', 'del', key, db),
    })
  }

  start(): void {
    this.plan(1000 / this.server.config.get('hz'))
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private plan(delayMs: number): void {
    this.timer = setTimeout(() => {
      const isBusy = this.run()
      const interval = 1000 / this.server.config.get('hz')
      this.plan(isBusy ? interval : IDLE_INTERVAL_MS)
    }, delayMs)
  }

  /** One round; false if the next can wait. */
  private run(): boolean {
    const { server } = this
    const { keyspace, clock, config, stats } = server
    // During a rewind the keys belong to whoever loads them.
    if (server.conditions & LOADING) return true
    keyspace.now = clock.now()
    const budget = (1000 / config.get('hz')) * WORK_SHARE
    let isBusy = server.clients.count > 0
    const expiryFrom = clock.monotonic()
    // During a pause the data stays as it is, so that a replica or a copy can catch up.
    if (server.pause.condition === 0 && keyspace.databases.some((db) => db.expiring > 0)) {
      keyspace.activeExpire(budget * (1 + 0.25 * (config.get('active-expire-effort') - 1)))
      isBusy = true
    }
    if (server.pause.condition === 0 && keyspace.activeExpireEnabled && this.fieldExpiry.isPending) {
      const fieldsFrom = clock.monotonic()
      this.fieldExpiry.step(budget, () => clock.monotonic() - fieldsFrom)
      isBusy = true
    }
    stats.expiryMs += clock.monotonic() - expiryFrom
    server.waiting.serveTurns()
    if (!server.aof.rewriter.isRunning) server.saves.startDue()
    if (!server.saves.isRunning) server.aof.rewriter.startDue()
    if (server.dirty > 0 || server.saves.isRunning || server.aof.rewriter.isScheduled) isBusy = true
    if (config.get('activerehashing') && keyspace.resizeStep(RESIZE_BUDGET_MS)) isBusy = true
    if (keyspace.lazyFreeStep(budget)) isBusy = true
    stats.memoryPeak = Math.max(stats.memoryPeak, keyspace.memory.usedBytes)
    const monotonic = clock.monotonic()
    if (monotonic - this.lastSample >= SAMPLE_INTERVAL_MS) {
      this.lastSample = monotonic
      stats.opsPerSecond.sample(stats.commandsProcessed, monotonic)
      stats.inputPerSecond.sample(stats.bytesReceived, monotonic)
      stats.outputPerSecond.sample(stats.bytesSent, monotonic)
    }
    if (monotonic - this.lastSecond >= 1000) {
      this.lastSecond = monotonic
      this.closeSilentClients()
    }
    return isBusy
  }

  private closeSilentClients(): void {
    const { server } = this
    const limitMs = server.config.get('timeout') * 1000
    if (limitMs === 0) return
    const now = server.keyspace.now
    for (const client of [...server.clients]) {
      // Who waits is not silent.
      if (client.held || now - client.lastInteraction <= limitMs) continue
      server.log.verbose('Closing idle client')
      server.executor.disconnect(client)
    }
  }
}
