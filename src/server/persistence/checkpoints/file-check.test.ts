/*
 * Files of checkpoints that the disk does not give, and servers that end while they are read.
 * What is found in files is tested with whole servers, in ../../checkpoints.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { checkFiles, problemOf } from './file-check.ts'

const COMMAND = '*1\r\n$4\r\nPING\r\n'
const SOUND = { name: 'sound.aof', bytes: COMMAND.length }
const by = { clock: systemClock, databases: 1, isGivenUp: () => false }

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystead-file-check-'))
  writeFileSync(join(folder, SOUND.name), COMMAND)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a file that the disk does not give is told of, and those after it are looked at', async () => {
  // No file can have so long a name: some systems say that there is none, others what is wrong with it.
  const refused = { name: `${'a'.repeat(300)}.aof`, bytes: 1 }
  const checks = await checkFiles({ folder, files: [refused, SOUND] }, by)
  expect(checks).toEqual([
    { ...refused, problem: expect.stringMatching(/^is missing$|^cannot be read: the disk says E/), offset: -1 },
    { ...SOUND, problem: '', offset: -1 },
  ])
})

test('files are not read to their end for a server that ends', async () => {
  const ending = { ...by, isGivenUp: () => true }
  await expect(checkFiles({ folder, files: [SOUND] }, ending)).rejects.toThrow('shutting down')
  await expect(problemOf({ folder, files: [SOUND] }, ending)).rejects.toThrow('shutting down')
  expect(await problemOf({ folder, files: [SOUND] }, by)).toBe(undefined)
})
