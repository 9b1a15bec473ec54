import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FailureError } from '../../shared/contract/failure.ts'
import { readJsonFile, writeFileAtomically } from './atomic-file.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keystead-file-'))
})
afterEach(() => {
  chmodSync(dir, 0o700)
  rmSync(dir, { recursive: true, force: true })
})

const asIs = (json: unknown): unknown => json

test('a file is written whole, for its owner only, and leaves nothing beside it', async () => {
  const path = join(dir, 'new', 'folder', 'a.json')
  await writeFileAtomically(path, '{"a":1}')
  await writeFileAtomically(path, '{"a":2}')
  expect(readFileSync(path, 'utf8')).toBe('{"a":2}')
  expect(readdirSync(join(dir, 'new', 'folder'))).toEqual(['a.json'])
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a write that fails leaves the old file, and says so', async () => {
  const path = join(dir, 'a.json')
  await writeFileAtomically(path, 'old')
  // A folder in the place of the file: no rename can replace it.
  mkdirSync(join(dir, 'taken'))
  await expect(writeFileAtomically(join(dir, 'taken'), 'x')).rejects.toThrow(FailureError)
  await expect(writeFileAtomically(join(path, 'below'), 'x')).rejects.toMatchObject({
    failure: { code: 'DISK_FAILED' },
  })
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(dir).sort()).toEqual(['a.json', 'taken'])
})

test('a file that is not there is no mistake', async () => {
  expect(await readJsonFile(join(dir, 'no.json'), asIs, 0)).toEqual({})
})

test.each([['{"half":'], [''], ['\u0000\u0001'], ['[]']])(
  'a file that holds %j is set aside, not lost',
  async (content) => {
    const path = join(dir, 'a.json')
    writeFileSync(path, content)
    const parse = (json: unknown) => {
      if (Array.isArray(json)) throw new Error('a list has no business here')
      return json
    }
    const { value, setAside } = await readJsonFile(path, parse, Date.UTC(2026, 0, 2))
    expect(value).toBeUndefined()
    expect(setAside?.why).toBeTruthy()
    expect(readdirSync(dir)).toEqual(['a.json.broken-2026-01-02T00-00-00-000Z'])
    expect(readFileSync(setAside?.path as string, 'utf8')).toBe(content)
  },
)
