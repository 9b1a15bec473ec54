/*
 * CLIENT PAUSE: until when, and what is held back; the commands at work that need
 * the data to stay as it is; and the clients whose request has to wait for either.
 */
import { TIMER_MAX_MS } from '../base/clock.ts'
import type { Slice } from '../base/slice.ts'
import { type Client, copyOf } from './client.ts'
import { PAUSED_ALL, PAUSED_WRITES } from './gates.ts'
import type { ServerContext } from './server-context.ts'

export class Pause {
  private readonly server: ServerContext
  /** Unix time in milliseconds; 0 when nothing is paused. */
  until = 0
  /** What CLIENT PAUSE asks for: PAUSED_ALL, PAUSED_WRITES or 0. */
  asked = 0
  /** How many commands hold writes back. */
  private holders = 0
  private timer: NodeJS.Timeout | undefined

  constructor(server: ServerContext) {
    this.server = server
  }

  /** PAUSED_ALL, PAUSED_WRITES or 0. */
  get condition(): number {
    return this.asked === 0 && this.holders > 0 ? PAUSED_WRITES : this.asked
  }

  /**
   * Until the moment `until`, commands of the kind that `condition` names are held back. A second pause can
   * prolong the first and make it stricter, never the reverse.
   */
  begin(until: number, condition: typeof PAUSED_ALL | typeof PAUSED_WRITES): void {
    this.until = Math.max(this.until, until)
    if (this.asked !== PAUSED_ALL) this.asked = condition
    this.apply()
    this.endInTime()
  }

  /** Ends the pause when its time is over, which may be later than a timer can tell. */
  private endInTime(): void {
    clearTimeout(this.timer)
    const remaining = this.until - this.server.clock.now()
    this.timer = setTimeout(
      () => (remaining > TIMER_MAX_MS ? this.endInTime() : this.end()),
      Math.min(remaining, TIMER_MAX_MS),
    )
    this.timer.unref()
  }

  /** Lets the clients go on that a pause holds back. */
  end(): void {
    clearTimeout(this.timer)
    this.until = 0
    this.asked = 0
    this.apply()
    this.resume()
  }

  /** Holds writes back, whatever pauses there are, until the answered function is called. */
  holdWriters(): () => void {
    this.holders++
    this.apply()
    return () => {
      this.holders--
      this.apply()
      this.resume()
    }
  }

  /** Keeps a request of a client, which reads no other meanwhile, until it may run. */
  postpone(client: Client, argv: readonly Slice[], argc: number): void {
    client.held = true
    client.postponed = copyOf(argv, argc)
  }

  private apply(): void {
    const { server } = this
    server.conditions = (server.conditions & ~(PAUSED_ALL | PAUSED_WRITES)) | this.condition
  }

  /** Those whose command may still not run postpone it again. */
  private resume(): void {
    for (const client of this.server.clients) {
      if (client.postponed === undefined) continue
      client.held = false
      client.sink.resume()
    }
  }
}
