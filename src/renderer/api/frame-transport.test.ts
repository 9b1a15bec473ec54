import { expect, test } from 'vitest'
import type { CallFrame } from '../../shared/contract/frames.ts'
import { FrameTransport } from './frame-transport.ts'

const answer = (id: number, value: unknown) => ({ t: 'result', id, result: { ok: true, value } })

test('answers find their calls, in whatever order they come', async () => {
  const transport = new FrameTransport()
  const sent: CallFrame[] = []
  transport.attach((frame) => sent.push(frame))
  const first = transport.invoke('databases.list', {})
  const second = transport.invoke('connections.list', {})
  transport.receive(answer(sent[1]?.id ?? 0, ['b']))
  transport.receive(answer(sent[0]?.id ?? 0, ['a']))
  expect(await first).toEqual({ ok: true, value: ['a'] })
  expect(await second).toEqual({ ok: true, value: ['b'] })
})

test('calls made before the first wire wait for it', async () => {
  const transport = new FrameTransport()
  const waiting = transport.invoke('databases.list', {})
  transport.attach((frame) => queueMicrotask(() => transport.receive(answer(frame.id, []))))
  expect(await waiting).toEqual({ ok: true, value: [] })
})

test('a lost wire fails what was in flight and what is asked while it is away, and repeats neither', async () => {
  const transport = new FrameTransport()
  const sent: CallFrame[] = []
  transport.attach((frame) => sent.push(frame))
  const inFlight = transport.invoke('databases.list', {})
  transport.detach()
  const whileAway = transport.invoke('databases.list', {})
  transport.attach((frame) => sent.push(frame))
  expect(await inFlight).toMatchObject({ ok: false, error: { code: 'BACKEND_GONE' } })
  expect(await whileAway).toMatchObject({ ok: false, error: { code: 'BACKEND_GONE' } })
  expect(sent.length).toBe(1)
})

test('events reach those who asked, until they no longer do', () => {
  const transport = new FrameTransport()
  const seen: unknown[] = []
  const stop = transport.subscribe('connections.changed', (list) => seen.push(list))
  transport.receive({ t: 'event', name: 'connections.changed', payload: [1] })
  stop()
  transport.receive({ t: 'event', name: 'connections.changed', payload: [2] })
  expect(seen).toEqual([[1]])
})

test.each([null, 42, 'text', {}, { t: 'result', id: 'x' }, { t: 'event' }, answer(999, 1)])(
  'what is not an answer to anything is dropped: %j',
  (frame) => {
    const transport = new FrameTransport()
    transport.attach(() => {})
    expect(() => transport.receive(frame)).not.toThrow()
  },
)
