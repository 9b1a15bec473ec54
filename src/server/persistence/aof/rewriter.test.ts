/*
 * Rewrites of the append-only file that meet each other.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { Log } from '../../base/log.ts'
import { Config } from '../../config/config.ts'
import { Keyspace } from '../../keyspace/keyspace.ts'
import { type Disk, type NewFile, systemDisk } from '../disk.ts'
import { AofFolder } from './folder.ts'
import { AofRewriter } from './rewriter.ts'

/**
 * A disk whose new files wait with their sync: each is told when it is asked for, with what lets it go on; and
 * each file that was removed.
 */
function slowDisk(asked: (goOn: () => void) => void, removed: () => void): Disk {
  return {
    ...systemDisk,
    async remove(path) {
      await systemDisk.remove(path)
      removed()
    },
    async create(path): Promise<NewFile> {
      const file = await systemDisk.create(path)
      return {
        write: (bytes) => file.write(bytes),
        overwriteHead: (bytes) => file.overwriteHead(bytes),
        close: () => file.close(),
        async sync() {
          await new Promise<void>(asked)
          await file.sync()
        },
      }
    },
  }
}

test('a rewrite that was cancelled leaves the disk to the one after it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'keystead-rewriter-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const config = new Config()
  config.configure('dir', [dir])
  config.configure('no-appendfsync-on-rewrite', ['yes'])
  const waiting: (() => void)[] = []
  let removals = 0
  let look = (): void => undefined
  const disk = slowDisk(
    (goOn) => {
      waiting.push(goOn)
      look()
    },
    () => {
      removals++
      look()
    },
  )
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (holds()) resolve()
      }
      look()
    })
  const log = new Log({ write() {} }, systemClock)
  let isSuspended = false
  const file = {
    isOn: false,
    isBeginning: false,
    appended: 0,
    currentSize: 0,
    rotate: () => Promise.resolve(),
    suspendSync(is: boolean): void {
      isSuspended = is
    },
  }
  const keyspace = new Keyspace()
  const folder = new AofFolder({ config, log, disk })
  await systemDisk.open(folder.pathOf({ name: 'x' }), true).then((made) => made.close())
  const rewriter = new AofRewriter({ keyspace, config, log, clock: systemClock, disk, folder, file })
  rewriter.start()
  await until(() => waiting.length === 1)
  rewriter.cancel()
  rewriter.start()
  await until(() => waiting.length === 2)
  waiting[0]!()
  // Its file is given up by whoever cancelled it, and by the one who was to finish it.
  await until(() => removals === 2)
  await new Promise(setImmediate)
  expect(isSuspended).toBe(true)
  waiting[1]!()
  await rewriter.whenOver
  expect(isSuspended).toBe(false)
})
