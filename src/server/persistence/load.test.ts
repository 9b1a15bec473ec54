/*
 * Loading what is broken, or goes away meanwhile.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { Log } from '../base/log.ts'
import { Slice } from '../base/slice.ts'
import { Config } from '../config/config.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { KIND_STRING_EMBSTR } from '../keyspace/object.ts'
import { systemDisk } from './disk.ts'
import { loadRdbFile } from './load.ts'
import { rdbWriter } from './rdb-writer.ts'
import { Snapshot } from './snapshot.ts'

test('a broken file that somebody takes away while it is recovered from is recovered from all the same', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'keystead-load-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const path = join(dir, 'dump.rdb')
  const saved = new Keyspace()
  saved.databases[0]!.setString(Slice.of('a'), Slice.of('then'), KIND_STRING_EMBSTR, -1)
  systemDisk.writeAtOnce(path, `${path}.part`, (send) => {
    const writer = rdbWriter({ config: new Config(), keyspace: saved, clock: systemClock, isAofBase: false, send })
    const snapshot = new Snapshot(saved, writer, { isAtOnce: true })
    snapshot.step(() => true)
    snapshot.end()
    return writer.end()
  })
  writeFileSync(path, readFileSync(path, 'latin1').replace('then', 'them'), 'latin1')
  const lines: string[] = []
  const write = (line: string): void => {
    lines.push(line)
    if (line.includes('wrong checksum')) rmSync(path)
  }
  const keyspace = new Keyspace()
  const log = new Log({ write }, systemClock)
  await loadRdbFile({ path, keyspace, log, clock: systemClock, recovers: true })
  expect(keyspace.size).toBe(1)
  expect(lines.join('')).toMatch(/The broken file could not be kept: ENOENT.*The next save replaces it/)
  expect(existsSync(`${path}.broken`)).toBe(false)
})
