import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CheckpointFolder } from './checkpoint-folder.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keystead-checkpoint-folder-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function put(name: string, record: string): void {
  mkdirSync(join(dir, 'checkpoints', name), { recursive: true })
  writeFileSync(join(dir, 'checkpoints', name, 'checkpoint.json'), record)
}

test('a database without checkpoints has no facts about them', async () => {
  const folder = new CheckpointFolder(dir)
  expect(await folder.look(Date.now())).toBe(false)
  expect(folder.facts).toBe(undefined)
})

test('checkpoints are counted, and the newest tells its time; what is half done is none', async () => {
  put('b', '{"created":5}')
  put('a', '{"created":7}')
  put('.keystead-1-1', '{"created":9}')
  const folder = new CheckpointFolder(dir)
  expect(await folder.look(Date.now())).toBe(true)
  expect(folder.facts).toEqual({ count: 2, latestAt: 7 })
})

test('one that comes or goes is noticed, and nothing else is', async () => {
  const folder = new CheckpointFolder(dir)
  put('a', '{"created":5}')
  expect(await folder.look(Date.now())).toBe(true)
  expect(await folder.look(Date.now())).toBe(false)
  put('b', '{"created":6}')
  expect(await folder.look(Date.now())).toBe(true)
  expect(folder.facts).toEqual({ count: 2, latestAt: 6 })
  rmSync(join(dir, 'checkpoints'), { recursive: true })
  expect(await folder.look(Date.now())).toBe(true)
  expect(folder.facts).toBe(undefined)
})

test('a broken one counts, but has no time', async () => {
  put('a', 'not JSON')
  const folder = new CheckpointFolder(dir)
  await folder.look(Date.now())
  expect(folder.facts).toEqual({ count: 1, latestAt: undefined })
})
