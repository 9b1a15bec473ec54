import { describe, expect, test } from 'vitest'
import { random } from '../../../tests/support/random.ts'
import { type AnyCall, check } from './call.ts'
import { contract, isMethod, type Method } from './contract.ts'
import { isBackendFrame, isCallFrame } from './frames.ts'

const refusal = (method: Method, request: unknown): string => {
  const checked = check(contract[method] as AnyCall, request)
  return checked.ok ? 'accepted' : checked.field
}

describe('a request', () => {
  test('is accepted with its defaults filled in', () => {
    const checked = check(contract['databases.create'] as AnyCall, { name: ' cache ' })
    expect(checked).toEqual({ ok: true, request: { name: 'cache', autoStart: false, start: true } })
  })

  test.each<[Method, unknown, string]>([
    ['app.info', null, '(request)'],
    ['app.info', { extra: 1 }, 'extra'],
    ['databases.create', { name: '' }, 'name'],
    ['databases.create', { name: 'x', port: 0 }, 'port'],
    ['databases.create', { name: 'x', port: 6379.5 }, 'port'],
    ['databases.create', { name: 'x', port: '6379' }, 'port'],
    ['databases.remove', { id: 'x' }, 'deleteData'],
    ['settings.set', { theme: 'purple' }, 'theme'],
    ['settings.set', { panes: { a: [101] } }, 'panes.a.0'],
    ['sessions.open', { target: {} }, 'target'],
    ['sessions.open', { target: { connection: 'a', database: 'b' } }, 'target'],
    ['connections.save', { name: 'x', db: 0, environment: 'production' }, 'endpoint'],
    ['keys.describe', { sessionId: 's', db: 0, key: 'Ā' }, 'key'],
    ['keys.describe', { sessionId: 's', db: -1, key: 'a' }, 'db'],
    ['keys.describe', { sessionId: 's', db: 0, key: 'a', __proto__: null, more: 1 }, 'more'],
    ['strings.write', { sessionId: 's', db: 0, key: 'a', bytes: 'text' }, 'bytes'],
    ['strings.read', { sessionId: 's', db: 0, key: 'a', offset: 0, count: 0 }, 'count'],
    ['browse.list', { browseId: 'b', offset: 0, count: 1e9 }, 'count'],
    ['hashes.page', { sessionId: 's', db: 0, key: 'a', cursor: '-1', count: 10 }, 'cursor'],
    ['streams.page', { sessionId: 's', db: 0, key: 'a', order: 'up', min: '5', count: 10 }, 'min'],
    ['streams.add', { sessionId: 's', db: 0, key: 'a', id: '5-*', fields: [] }, 'fields'],
    ['streams.add', { sessionId: 's', db: 0, key: 'a', id: '$', fields: [{ field: 'f', value: 1 }] }, 'id'],
  ])('%s with %j is refused at %s', (method, request, field) => {
    expect(refusal(method, request)).toBe(field)
  })

  test('may name a key of any bytes', () => {
    const key = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))
    expect(refusal('keys.describe', { sessionId: 's', db: 0, key })).toBe('accepted')
  })
})

test('only methods of the table are methods', () => {
  expect(isMethod('app.info')).toBe(true)
  for (const name of ['toString', '__proto__', 'constructor', 'app.nothing', '', 1, null, undefined]) {
    expect(isMethod(name)).toBe(false)
  }
})

test('no request, however odd, makes a validator throw', () => {
  const r = random()
  const odd = (depth: number): unknown =>
    r.pick([
      () => undefined,
      () => null,
      () => r.u32() - 2 ** 31,
      () => Number.NaN,
      () => 'text',
      () => r.bytes(5),
      () => 10n,
      () => Symbol.iterator,
      () => [],
      () => (depth > 3 ? {} : [odd(depth + 1), odd(depth + 1)]),
      () => (depth > 3 ? {} : { [r.pick(NAMES)]: odd(depth + 1), [r.pick(NAMES)]: odd(depth + 1) }),
    ])()
  const NAMES = [
    'id',
    'name',
    'sessionId',
    'db',
    'key',
    'keys',
    'target',
    'endpoint',
    'kind',
    'port',
    'bytes',
    'value',
    'type',
  ]
  const methods = Object.keys(contract) as Method[]
  for (let step = 0; step < 20_000; step++) {
    const method = r.pick(methods)
    const request = odd(0)
    expect(() => check(contract[method] as AnyCall, request), `seed ${r.seed}, step ${step}`).not.toThrow()
  }
})

test('frames are told from what is none', () => {
  expect(isCallFrame({ t: 'call', id: 1, method: 'app.info', request: {} })).toBe(true)
  for (const x of [
    null,
    'call',
    {},
    { t: 'call', id: 1.5, method: 'x', request: 0 },
    { t: 'call', id: 1, method: 2, request: 0 },
  ]) {
    expect(isCallFrame(x)).toBe(false)
  }
  expect(isBackendFrame({ t: 'result', id: 1, result: { ok: true, value: 1 } })).toBe(true)
  expect(isBackendFrame({ t: 'event', name: 'app.notice', payload: {} })).toBe(true)
  for (const x of [
    undefined,
    [],
    { t: 'result', id: 1 },
    { t: 'result', id: 'x', result: { ok: true } },
    { t: 'event' },
  ]) {
    expect(isBackendFrame(x)).toBe(false)
  }
})
