/*
 * Counters of the server that INFO reports and CONFIG RESETSTAT resets. Those of
 * a command are in its table entry, those of the keyspace with the keyspace.
 */

const SAMPLES = 16

/** A rate per second, as the mean of the last samples; a sample is taken by the cron. */
export class Rate {
  private readonly samples = new Float64Array(SAMPLES)
  private next = 0
  private lastTotal = 0
  private lastAt = 0

  sample(total: number, nowMs: number): void {
    const elapsed = nowMs - this.lastAt
    if (this.lastAt > 0 && elapsed > 0) {
      this.samples[this.next] = ((total - this.lastTotal) * 1000) / elapsed
      this.next = (this.next + 1) % SAMPLES
    }
    this.lastTotal = total
    this.lastAt = nowMs
  }

  get perSecond(): number {
    let sum = 0
    for (const sample of this.samples) sum += sample
    return sum / SAMPLES
  }

  reset(): void {
    this.samples.fill(0)
    this.lastTotal = 0
    this.lastAt = 0
  }
}

export class ServerStats {
  connectionsReceived = 0
  connectionsRejected = 0
  commandsProcessed = 0
  bytesReceived = 0
  bytesSent = 0
  errorReplies = 0
  /** Error replies by their first word. */
  readonly errors = new Map<string, number>()
  queryBufferDisconnections = 0
  outputBufferDisconnections = 0
  authFailures = 0
  evictedKeys = 0
  /** Spent on deleting what has expired, by the cron. */
  expiryMs = 0
  memoryPeak = 0
  gcPauseMaxMs = 0
  gcPauses = 0
  readonly opsPerSecond = new Rate()
  readonly inputPerSecond = new Rate()
  readonly outputPerSecond = new Rate()

  /** Counts an error reply, given as the bytes after the minus sign. */
  countError(code: string): void {
    this.errorReplies++
    // Commands may answer any word: the list is bounded so that a script cannot fill the memory with it.
    if (this.errors.has(code) || this.errors.size < MAX_ERROR_CODES) {
      this.errors.set(code, (this.errors.get(code) ?? 0) + 1)
    }
  }

  reset(): void {
    this.connectionsReceived = 0
    this.connectionsRejected = 0
    this.commandsProcessed = 0
    this.bytesReceived = 0
    this.bytesSent = 0
    this.errorReplies = 0
    this.errors.clear()
    this.queryBufferDisconnections = 0
    this.outputBufferDisconnections = 0
    this.authFailures = 0
    this.evictedKeys = 0
    this.expiryMs = 0
    this.memoryPeak = 0
    this.gcPauseMaxMs = 0
    this.gcPauses = 0
    this.opsPerSecond.reset()
    this.inputPerSecond.reset()
    this.outputPerSecond.reset()
  }
}

const MAX_ERROR_CODES = 128
