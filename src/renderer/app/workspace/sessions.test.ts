import { QueryObserver } from '@tanstack/react-query'
import { beforeEach, expect, test, vi } from 'vitest'
import type { SessionInfo, SessionState } from '../../../shared/contract/sessions.ts'
import { linkLost, linkOpened } from '../../api/link.ts'
import { queryClient } from '../../api/query-client.ts'
import { ofDataOf } from '../../api/replaced-data.ts'
import { type FakeBackend, failing, fakeBackend } from '../../api/testing/fake-backend.ts'
import { closeSession, followSessions, openSession, useSessions } from './sessions.ts'

const KEY = 'connection-c1'
const info = (sessionId: string): SessionInfo => ({
  sessionId,
  target: { connection: 'c1' },
  name: 'prod',
  environment: 'production',
  address: 'h:1',
  kind: 'valkey',
  version: '8.1.1',
  role: 'primary',
  mode: 'standalone',
  protocol: 3,
  db: 0,
  dbs: [],
  lacks: [],
})
const state = (sessionId: string, name: SessionState['state']): SessionState => ({
  sessionId,
  state: name,
  dataReplaced: 0,
  commandsSent: 1,
})
const session = () => useSessions.getState().list[0]
const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

let backend: FakeBackend
let stop = (): void => {}
beforeEach(() => {
  stop()
  useSessions.setState({ list: [] })
  backend = fakeBackend({
    'sessions.open': () => info('s1'),
    'sessions.state': ({ sessionId }) => state(sessionId, 'ready'),
    'sessions.info': ({ sessionId }) => info(sessionId),
    'sessions.close': () => ({}),
  })
  stop = followSessions()
})

test('a session is opened once, however often it is asked for', async () => {
  await Promise.all([openSession(KEY), openSession(KEY)])
  await openSession(KEY)
  expect(backend.calls.filter(({ method }) => method === 'sessions.open').length).toBe(1)
  expect(session()?.state?.state).toBe('ready')
})

test('a session closed while it was being opened is closed at the backend too', async () => {
  const opening = openSession(KEY)
  closeSession(KEY)
  await opening
  expect(backend.calls.at(-1)).toEqual({ method: 'sessions.close', request: { sessionId: 's1' } })
  expect(session()).toBe(undefined)
})

test('a failure to open is kept and can be tried again', async () => {
  backend.answer({ 'sessions.open': failing({ code: 'CONNECTION_REFUSED', message: 'refused' }) })
  await openSession(KEY)
  expect(session()).toMatchObject({ phase: 'failed', failure: { code: 'CONNECTION_REFUSED' } })
  backend.answer({ 'sessions.open': () => info('s1') })
  await openSession(KEY)
  expect(session()).toMatchObject({ phase: 'open', failure: undefined })
})

test('a server that came back is noted, and looked at again', async () => {
  await openSession(KEY)
  backend.emit('sessions.state', state('s1', 'reconnecting'))
  expect(session()?.recoveredAt).toBe(undefined)
  backend.emit('sessions.state', state('s1', 'ready'))
  expect(session()?.recoveredAt).toBeTypeOf('number')
  await settled()
  expect(backend.calls.at(-1)?.method).toBe('sessions.info')
})

test('data that was replaced is asked for anew, a scan that outlives everything else too', async () => {
  await openSession(KEY)
  const other = vi.fn(() => 'value')
  const scan = vi.fn(() => 'scan')
  const observers = [
    new QueryObserver(queryClient, { queryKey: ['browser', 'key', 's1'], queryFn: other }),
    new QueryObserver(queryClient, { queryKey: ['browser', 'browse'], queryFn: scan, meta: ofDataOf('s1') }),
  ].map((observer) => observer.subscribe(() => undefined))
  await settled()
  backend.emit('sessions.state', { ...state('s1', 'ready'), dataReplaced: 1 })
  await settled()
  expect(other).toHaveBeenCalledTimes(2)
  expect(scan).toHaveBeenCalledTimes(2)
  backend.emit('sessions.state', { ...state('s1', 'ready'), dataReplaced: 1 })
  await settled()
  expect(scan).toHaveBeenCalledTimes(2)
  for (const unsubscribe of observers) unsubscribe()
})

test('a backend started anew gets its sessions opened again', async () => {
  linkOpened()
  await openSession(KEY)
  backend.answer({
    'sessions.info': failing({ code: 'NOT_FOUND', message: 'no such session' }),
    'sessions.open': () => info('s2'),
  })
  linkLost()
  linkOpened()
  await settled()
  await settled()
  expect(session()).toMatchObject({ phase: 'open', info: { sessionId: 's2' } })
})

test('an address that names nothing says so', async () => {
  await openSession('nonsense')
  expect(session()).toMatchObject({ phase: 'failed', failure: { code: 'NOT_FOUND' } })
  expect(backend.calls).toEqual([])
})
