import { beforeEach, expect, test } from 'vitest'
import { type Clock, createClock, systemClock } from './clock.ts'

let wall: number
let monotonic: number
let clock: Clock

beforeEach(() => {
  wall = 1_700_000_000_000
  monotonic = 50.25
  clock = createClock({ wall: () => Math.floor(wall), monotonic: () => monotonic })
})

function pass(ms: number): void {
  wall += ms
  monotonic += ms
}

test('Unix time goes on with the monotonic one', () => {
  const start = clock.now()
  expect(start).toBe(1_700_000_000_000)
  for (let i = 1; i <= 1_000; i++) {
    pass(0.4)
    expect(Math.abs(clock.now() - wall)).toBeLessThanOrEqual(1)
    expect(clock.wallAt(monotonic)).toBe(clock.now())
    expect(Math.floor(clock.micros() / 1000)).toBe(clock.now())
  }
})

test('time that is set, forwards or backwards, is noticed', () => {
  for (const step of [3_600_000, -7_200_000, 5, -5]) {
    wall += step
    pass(1)
    expect(Math.abs(clock.now() - wall), `${step}`).toBeLessThanOrEqual(1)
  }
})

test('a machine that slept, during which monotonic time stood still, knows what time it is', () => {
  pass(10)
  clock.now()
  wall += 8 * 3_600_000
  pass(1)
  expect(Math.abs(clock.micros() / 1000 - wall)).toBeLessThanOrEqual(1)
})

test('it never goes back while nobody sets it, wherever it is interrupted', () => {
  let latest = 0
  let reads = 0
  clock = createClock({
    wall: () => Math.floor(wall),
    monotonic: () => {
      // At every third reading something else has the processor for a while.
      if (++reads % 3 === 0) pass(7)
      return monotonic
    },
  })
  for (let i = 0; i < 1_000; i++) {
    pass(0.3)
    const now = clock.now()
    expect(now).toBeGreaterThanOrEqual(latest)
    latest = now
  }
})

test('the time of the system is that of Date', () => {
  const before = Date.now()
  const now = systemClock.now()
  expect(now).toBeGreaterThanOrEqual(before - 2)
  expect(now).toBeLessThanOrEqual(Date.now() + 2)
})
