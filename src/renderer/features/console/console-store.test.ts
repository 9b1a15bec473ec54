import { beforeEach, expect, test } from 'vitest'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { addEntries, type CommandEntry, ensureView, findView, nextId, useConsoles } from './console-store.ts'

const session = (sessionId: string, connection = 'c1'): SessionInfo =>
  ({ sessionId, target: { connection }, db: 2, name: 'shop', address: 'h:1' }) as unknown as SessionInfo

const command = (state: CommandEntry['state']): CommandEntry => ({
  kind: 'command',
  id: nextId(),
  line: 'PING',
  state,
  position: { db: 0, inTransaction: false, protocol: 2 },
  replies: [],
  failures: [],
})

beforeEach(() => useConsoles.setState({ views: new Map() }))

test('a console begins in the database of its session, once', () => {
  expect(ensureView(session('s1'))).toBe(true)
  expect(findView('s1')?.position.db).toBe(2)
  expect(ensureView(session('s1'))).toBe(false)
})

test('the transcript goes on in a new session of the same target, and says what was cut short', () => {
  ensureView(session('s1'))
  addEntries('s1', [command('done'), command('running'), command('waiting')])
  ensureView(session('s2'))
  expect(findView('s1')).toBeUndefined()
  expect(findView('s2')?.entries).toMatchObject([
    { state: 'done', failures: [] },
    { state: 'done', failures: [{ code: 'CONNECTION_LOST' }] },
    { state: 'skipped' },
    { kind: 'note', text: 'A new session began here.' },
  ])
})

test('consoles of other targets are left alone', () => {
  ensureView(session('s1'))
  addEntries('s1', [command('done')])
  ensureView(session('s2', 'c2'))
  expect(findView('s1')?.entries).toHaveLength(1)
  expect(findView('s2')?.entries).toEqual([])
})

test('the oldest entries give way, and are counted', () => {
  ensureView(session('s1'))
  addEntries(
    's1',
    Array.from({ length: 5_010 }, () => command('done')),
  )
  expect([findView('s1')?.entries.length, findView('s1')?.dropped]).toEqual([5_000, 10])
})
