import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventHub } from '../../events.ts'
import { Notices } from '../notices.ts'
import { ConsoleHistory } from './history.ts'

const target = { connection: 'c1' }
let dir: string
let notices: Notices
const open = (): ConsoleHistory => new ConsoleHistory(dir, notices)

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keystead-history-'))
  notices = new Notices(new EventHub(), () => 0)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('what was typed is there after a restart, newest last and once', async () => {
  const history = open()
  for (const input of ['GET a', 'GET b', 'GET a', 'SET x "1\n2"']) expect(await history.add(target, input)).toBe(true)
  expect(await open().list(target, 10)).toEqual(['GET b', 'GET a', 'SET x "1\n2"'])
  expect(await open().list(target, 1)).toEqual(['SET x "1\n2"'])
  expect(await open().list({ database: 'c1' }, 10)).toEqual([])
})

test('what carries a secret is never written, whichever line of the input it is in', async () => {
  const history = open()
  await history.add(target, 'GET a')
  const secrets = [
    'AUTH s3cret',
    'auth default s3cret',
    'HELLO 3 AUTH default s3cret',
    'CONFIG SET requirepass s3cret',
    'config set maxmemory 0 masterauth s3cret',
    'ACL SETUSER joe on >s3cret',
    'MIGRATE h 1 k 0 10 AUTH s3cret',
    '3 AUTH s3cret',
    '"AUTH" s3cret',
    'GET a\nAUTH s3cret',
    'AUTH "s3cret',
  ]
  for (const input of secrets) expect(await history.add(target, input), input).toBe(false)
  for (const file of readdirSync(join(dir, 'console-history'))) {
    expect(readFileSync(join(dir, 'console-history', file), 'utf8')).not.toContain('s3cret')
  }
})

test('many additions at once are all kept', async () => {
  const history = open()
  await Promise.all(Array.from({ length: 50 }, (_, i) => history.add(target, `GET ${i}`)))
  expect(await open().list(target, 100)).toHaveLength(50)
})

test('the oldest give way, and an id cannot lead out of the folder', async () => {
  const history = open()
  await Promise.all(Array.from({ length: 1_100 }, (_, i) => history.add(target, `GET ${i}`)))
  const kept = await history.list(target, 5_000)
  expect([kept.length, kept[0]]).toEqual([1_000, 'GET 100'])
  await history.add({ connection: '../../x' }, 'GET a')
  expect(readdirSync(dir)).toEqual(['console-history'])
})

test('a file that cannot be read is set aside, and said', async () => {
  await open().add(target, 'GET a')
  const [file] = readdirSync(join(dir, 'console-history'))
  writeFileSync(join(dir, 'console-history', file), '{"not": "a list"')
  expect(await open().list(target, 10)).toEqual([])
  expect(notices.list).toHaveLength(1)
})
