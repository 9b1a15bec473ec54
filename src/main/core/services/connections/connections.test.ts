import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConnectionDraft } from '../../../../shared/contract/connections.ts'
import { EventHub } from '../../events.ts'
import { Notices } from '../notices.ts'
import { aesSecrets } from '../secrets/file-secrets.ts'
import { ConnectionsService } from './connections.ts'

let dir: string
let events: EventHub
let notices: Notices
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keystead-connections-'))
  events = new EventHub()
  notices = new Notices(events, () => 1_000)
})
afterEach(() => rmSync(dir, { recursive: true }))

const secrets = aesSecrets(new Uint8Array(32).fill(7), { kind: 'key-file' })
const load = () => ConnectionsService.load({ dataDir: dir, events, secrets, notices })
const draft = (more: Partial<ConnectionDraft> = {}): ConnectionDraft => ({
  name: 'shop',
  endpoint: { kind: 'tcp', host: 'redis.example', port: 6379 },
  db: 0,
  environment: 'production',
  ...more,
})

test('a connection is there at the next start, and its password nowhere in clear', async () => {
  const saved = await (await load()).save(draft({ password: 'hunter2', username: 'app' }))
  expect(saved).toMatchObject({ name: 'shop', hasPassword: true, createdAt: 1_000 })
  expect(JSON.stringify(saved)).not.toContain('hunter2')
  expect(readFileSync(join(dir, 'connections.json'), 'utf8')).not.toContain('hunter2')
  const later = await load()
  expect(later.list()).toEqual([saved])
  expect(JSON.stringify(later.list())).not.toContain('sealed')
  expect(await later.password(saved.id)).toBe('hunter2')
})

test('a password is kept, replaced or forgotten as the draft says', async () => {
  const service = await load()
  const { id } = await service.save(draft({ password: 'one' }))
  await service.save(draft({ id, name: 'renamed' }))
  expect(await service.password(id)).toBe('one')
  expect(await service.passwordOf(draft({ id }))).toBe('one')
  expect(await service.passwordOf(draft({ id, password: 'typed' }))).toBe('typed')
  expect(await service.passwordOf(draft({ id, password: null }))).toBeUndefined()
  await service.save(draft({ id, password: '' }))
  expect(await service.password(id)).toBe('')
  expect(await service.save(draft({ id, password: null }))).toMatchObject({ id, hasPassword: false })
  expect(await service.password(id)).toBeUndefined()
})

test('saves that overlap are all kept, in memory and on disk', async () => {
  const service = await load()
  await Promise.all(Array.from({ length: 20 }, (_, i) => service.save(draft({ name: `c${i}`, password: 'x' }))))
  expect(service.list().length).toBe(20)
  expect((await load()).list().map(({ name }) => name)).toEqual(service.list().map(({ name }) => name))
})

test('every change is announced with the whole list', async () => {
  const service = await load()
  const seen: unknown[] = []
  events.listen((frame) => frame.name === 'connections.changed' && seen.push(frame.payload.map(({ name }) => name)))
  const { id } = await service.save(draft())
  await service.remove(id)
  expect(seen).toEqual([['shop'], []])
  await expect(service.remove(id)).rejects.toMatchObject({ failure: { code: 'NOT_FOUND' } })
})

test('a file of garbage is set aside, the user is told, and nothing is overwritten', async () => {
  writeFileSync(join(dir, 'connections.json'), '{"version":1,"connections":[{"id":')
  const service = await load()
  expect(service.list()).toEqual([])
  await service.save(draft())
  const broken = readdirSync(dir).find((name) => name.includes('.broken-')) as string
  expect(readFileSync(join(dir, broken), 'utf8')).toBe('{"version":1,"connections":[{"id":')
  expect(notices.list).toMatchObject([{ level: 'error', hint: expect.stringContaining(broken) }])
})

test('a file from a later version is set aside too', async () => {
  writeFileSync(join(dir, 'connections.json'), '{"version":2,"connections":[]}')
  await load()
  expect(notices.list.length).toBe(1)
})
