import { expect, onTestFinished, test, vi } from 'vitest'
import { PAUSED_ALL } from './gates.ts'
import { Pause } from './pause.ts'
import type { ServerContext } from './server-context.ts'

const DAY_MS = 24 * 60 * 60 * 1000

test('a pause that is longer than a timer can tell lasts as long as it is asked for', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const server = { clock: { now: () => Date.now() }, conditions: 0, clients: [] } as unknown as ServerContext
  const pause = new Pause(server)
  pause.begin(Date.now() + 60 * DAY_MS, PAUSED_ALL)
  vi.advanceTimersByTime(60 * DAY_MS - 1)
  expect(server.conditions).toBe(PAUSED_ALL)
  vi.advanceTimersByTime(1)
  expect(server.conditions).toBe(0)
})
