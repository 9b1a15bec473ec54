import { describe, expect, test } from 'vitest'
import type { Connection, ParsedUrl } from '../../../shared/contract/connections.ts'
import { draftOf, EMPTY_FORM, formOf, guessEnvironment, placeOf, urlOf, withUrl } from './connection-form.ts'

const url: ParsedUrl = {
  name: 'cache.prod.example.org',
  endpoint: { kind: 'tcp', host: 'cache.prod.example.org', port: 6380, tls: { verify: true } },
  username: 'oncall',
  password: 's3cret',
  db: 2,
}
const saved: Connection = {
  id: 'c1',
  name: 'cache',
  endpoint: { kind: 'tcp', host: 'h', port: 6379, tls: { verify: false, serverName: 'inner', ca: 'PEM' } },
  username: 'u',
  db: 3,
  environment: 'staging',
  color: 'teal',
  hasPassword: true,
  createdAt: 0,
}

describe('a URL', () => {
  test('fills every field', () => {
    expect(withUrl(EMPTY_FORM, url)).toMatchObject({
      name: 'cache.prod.example.org',
      host: 'cache.prod.example.org',
      port: '6380',
      tls: true,
      username: 'oncall',
      password: 's3cret',
      db: '2',
      environment: 'production',
    })
  })

  test('leaves the name and the environment that the user chose', () => {
    const form = {
      ...EMPTY_FORM,
      name: 'mine',
      isNameOwn: true,
      environment: 'staging',
      isEnvironmentOwn: true,
    } as const
    expect(withUrl(form, url)).toMatchObject({ name: 'mine', environment: 'staging' })
  })

  test('without a password forgets the one typed for another server', () => {
    const form = { ...EMPTY_FORM, password: 'for another' }
    expect(withUrl(form, { ...url, password: undefined }).password).toBe('')
  })

  test('of a socket switches to its path', () => {
    const form = withUrl(EMPTY_FORM, { name: 's', endpoint: { kind: 'unix', path: '/run/s' }, db: 0 })
    expect(draftOf(form)).toMatchObject({ draft: { endpoint: { kind: 'unix', path: '/run/s' } } })
  })
})

describe('a draft', () => {
  test('says what is wrong with each field', () => {
    expect(draftOf({ ...EMPTY_FORM, host: ' ', port: '99999', db: '-1' })).toEqual({
      errors: { host: expect.any(String), port: '1 to 65535', db: expect.any(String) },
    })
    expect(draftOf({ ...EMPTY_FORM, host: 'redis://h' })).toMatchObject({
      errors: { host: expect.stringContaining('whole URL') },
    })
  })

  test('of an unchanged connection changes nothing and sends no password', () => {
    const { hasPassword, createdAt, ...rest } = saved
    expect(draftOf(formOf(saved))).toEqual({ draft: rest })
  })

  test('tells a new password from a forgotten one', () => {
    expect(draftOf({ ...formOf(saved), password: 'new' })).toMatchObject({ draft: { password: 'new' } })
    expect(draftOf({ ...formOf(saved), forgetPassword: true })).toMatchObject({ draft: { password: null } })
  })

  test('without a name is named by its address', () => {
    expect(draftOf({ ...EMPTY_FORM, host: '::1' })).toMatchObject({ draft: { name: '[::1]:6379' } })
  })
})

test.each([
  ['prod-cache', 'production'],
  ['cache.PRD.example', 'production'],
  ['staging-1', 'staging'],
  ['products', 'development'],
  ['127.0.0.1:6379', 'development'],
] as const)('%s is guessed to be %s', (words, environment) => {
  expect(guessEnvironment(words)).toBe(environment)
})

test('a URL to copy has no password', () => {
  expect(urlOf(saved)).toBe('rediss://u@h:6379/3')
  expect(placeOf({ kind: 'tcp', host: '::1', port: 1 })).toBe('[::1]:1')
})
