/*
 * What is left to do when the server has a bug: say everything that whoever
 * reads the report will ask for, and end. Going on would risk the data.
 */
import type { Log } from './base/log.ts'
import { KEYSTEAD_VERSION } from './base/version.ts'

/** Ends the process with 1 on the first error that nobody handles. */
export function reportCrashes(log: Log): void {
  const crash = (error: unknown): void => {
    reportCrash(error, log)
    process.exit(1)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}

export function reportCrash(error: unknown, log: Log): void {
  const { heapUsed, rss } = process.memoryUsage()
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log.warning('=== KEYSTEAD BUG REPORT START: Cut & paste starting from here ===')
  log.warning(`Keystead ${KEYSTEAD_VERSION} crashed: ${what}`)
  log.warning(`node ${process.version} ${process.platform} ${process.arch}, up ${Math.floor(process.uptime())} s`)
  log.warning(`rss ${rss}, V8 heap ${heapUsed}`)
  log.warning('=== KEYSTEAD BUG REPORT END. Please report it with what you were doing. ===')
}
