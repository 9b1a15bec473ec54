import { describe, expect, test } from 'vitest'
import { random } from '../../../../../tests/support/random.ts'
import { FailureError } from '../../../../shared/contract/failure.ts'
import { parseUrl } from './parse-url.ts'

const tcp = (host: string, port = 6379, tls = false) =>
  tls ? { kind: 'tcp', host, port, tls: { verify: true } } : { kind: 'tcp', host, port }

describe('a URL', () => {
  test.each([
    ['redis://localhost', { name: 'localhost:6379', endpoint: tcp('localhost'), db: 0 }],
    ['redis://localhost/', { name: 'localhost:6379', endpoint: tcp('localhost'), db: 0 }],
    ['REDIS://h:1/3', { name: 'h:1', endpoint: tcp('h', 1), db: 3 }],
    ['valkey://u:p@h:7000/15', { name: 'h:7000', endpoint: tcp('h', 7000), username: 'u', password: 'p', db: 15 }],
    ['rediss://h', { name: 'h:6379', endpoint: tcp('h', 6379, true), db: 0 }],
    ['valkeys://h:6380', { name: 'h:6380', endpoint: tcp('h', 6380, true), db: 0 }],
    ['redis://:secret@h', { name: 'h:6379', endpoint: tcp('h'), password: 'secret', db: 0 }],
    ['redis://:@h', { name: 'h:6379', endpoint: tcp('h'), password: '', db: 0 }],
    ['redis://u@h', { name: 'h:6379', endpoint: tcp('h'), username: 'u', db: 0 }],
    ['redis://u:p%40s%3Ass@h', { name: 'h:6379', endpoint: tcp('h'), username: 'u', password: 'p@s:ss', db: 0 }],
    ['redis://u:p@ss@h', { name: 'h:6379', endpoint: tcp('h'), username: 'u', password: 'p@ss', db: 0 }],
    ['redis://u:100%@h', { name: 'h:6379', endpoint: tcp('h'), username: 'u', password: '100%', db: 0 }],
    ['redis://[::1]:7001/2', { name: '[::1]:7001', endpoint: tcp('::1', 7001), db: 2 }],
    ['redis://h?db=4&password=p', { name: 'h:6379', endpoint: tcp('h'), password: 'p', db: 4 }],
    ['h:6400', { name: 'h:6400', endpoint: tcp('h', 6400), db: 0 }],
    ['  127.0.0.1  ', { name: '127.0.0.1:6379', endpoint: tcp('127.0.0.1'), db: 0 }],
    ['redis://', { name: '127.0.0.1:6379', endpoint: tcp('127.0.0.1'), db: 0 }],
    [
      'unix:///run/redis.sock?db=2',
      { name: '/run/redis.sock', endpoint: { kind: 'unix', path: '/run/redis.sock' }, db: 2 },
    ],
    [
      'unix://u:p@/a%20b.sock',
      { name: '/a b.sock', endpoint: { kind: 'unix', path: '/a b.sock' }, username: 'u', password: 'p', db: 0 },
    ],
  ])('%s is understood', (url, parsed) => {
    expect(parseUrl(url)).toEqual(parsed)
  })

  test.each([
    ['', 'empty'],
    ['http://localhost:6379', 'scheme, http'],
    ['toString://h', 'scheme, toString'],
    ['redis://h:0', 'port, 0'],
    ['redis://h:70000', 'port, 70000'],
    ['redis://h:6379x', 'not a host'],
    ['redis://::1', 'brackets'],
    ['redis://h/abc', 'database, abc'],
    ['redis://h/99999999999', 'database'],
    ['redis://h ost', 'spaces'],
    ['redis://h\u0000', 'control characters'],
    ['unix://relative.sock', 'absolute path'],
    ['unix://host/path.sock', 'three slashes'],
  ])('%j is refused, saying why', (url, why) => {
    expect(() => parseUrl(url)).toThrow(FailureError)
    expect(() => parseUrl(url)).toThrow(why)
  })

  test('made of garbage is refused or understood, and nothing else', () => {
    const r = random()
    const parts = [
      'redis',
      'unix',
      '://',
      ':',
      '@',
      '/',
      '?',
      '#',
      '[',
      ']',
      '%',
      '%41',
      '::1',
      'h',
      '6379',
      '=',
      '&',
      'db',
      'é',
      '\n',
      '',
    ]
    for (let step = 0; step < 20_000; step++) {
      const url = Array.from({ length: r.below(12) }, () => r.pick(parts)).join('')
      try {
        const { endpoint } = parseUrl(url)
        expect(endpoint.kind === 'unix' ? endpoint.path : endpoint.host, `${url}, seed ${r.seed}`).not.toBe('')
      } catch (error) {
        expect(error, `${JSON.stringify(url)}, seed ${r.seed}`).toBeInstanceOf(FailureError)
      }
    }
  })
})
