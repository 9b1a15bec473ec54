import { expect, test } from 'vitest'
import { dangerOf } from './danger.ts'

const flags = new Map([
  ['get', new Set(['readonly', 'fast'])],
  ['config|get', new Set(['admin'])],
  ['config|set', new Set(['admin'])],
  ['slowlog|get', new Set(['admin'])],
  ['slowlog|reset', new Set(['admin'])],
  ['mod.wipe', new Set(['admin', 'write'])],
  ['replconf', new Set(['admin'])],
])
const danger = (line: string): string | undefined => dangerOf(line.split(' '), flags)

test('what is known by name is dangerous in any case of letters, whatever the server says', () => {
  expect(dangerOf(['FlushAll'], new Map())).toContain('every key of every database')
  expect(danger('KEYS *')).toContain('SCAN does not')
  expect(danger('config SET maxmemory 1')).toBeDefined()
  expect(dangerOf([new TextEncoder().encode('SHUTDOWN')], new Map())).toBe('stops the server')
})

test('what the server flags as administration is asked about, unless it only tells', () => {
  expect(danger('SLOWLOG RESET')).toContain('flags')
  expect(danger('MOD.WIPE x')).toContain('flags')
  expect(danger('REPLCONF ack 1')).toContain('flags')
  expect(danger('CONFIG GET *')).toBeUndefined()
  expect(danger('SLOWLOG GET')).toBeUndefined()
})

test('everyday commands are not', () => {
  for (const line of ['GET k', 'SET k v', 'DEL k', 'SCAN 0', 'INFO', 'UNKNOWN', 'toString', '__proto__']) {
    expect(danger(line), line).toBeUndefined()
  }
})
