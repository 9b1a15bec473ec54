/*
 * The writer of the append-only file on files that tell what is done with them and
 * refuse what a closed one refuses.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import type { DiskFile } from '../disk.ts'
import { AofWriter } from './writer.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

class RecordedFile implements DiskFile {
  bytes = 0
  syncs = 0
  isClosed = false

  async write(bytes: Uint8Array): Promise<void> {
    this.refuseIfClosed()
    this.bytes += bytes.length
  }

  async sync(): Promise<void> {
    this.refuseIfClosed()
    this.syncs++
  }

  async truncate(size: number): Promise<void> {
    this.refuseIfClosed()
    this.bytes = size
  }

  async size(): Promise<number> {
    return this.bytes
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  private refuseIfClosed(): void {
    if (this.isClosed) throw new Error('file closed')
  }
}

test('the sync of every second does not meet with a file that is being closed for the next one', async () => {
  const [first, second] = [new RecordedFile(), new RecordedFile()]
  const failures: Error[] = []
  const writer: AofWriter = new AofWriter({
    file: first,
    fileSize: 0,
    policy: 'everysec',
    clock: systemClock,
    onProgress: () => void (writer.failure && failures.push(writer.failure)),
    onDoubt: () => undefined,
  })
  writer.append(Uint8Array.of(1, 2, 3), 3)
  const isClosed = Promise.withResolvers<void>()
  const goesOn = Promise.withResolvers<void>()
  const over = writer.succeed(async (old) => {
    await old.sync()
    await old.close()
    isClosed.resolve()
    await goesOn.promise
    return second
  })
  await isClosed.promise
  vi.advanceTimersByTime(1000)
  goesOn.resolve()
  await over
  expect(failures).toEqual([])
  expect(writer.synced).toBe(3)
  writer.append(Uint8Array.of(4), 1)
  await vi.waitFor(() => expect(second.bytes).toBe(1))
  vi.advanceTimersByTime(1000)
  await vi.waitFor(() => expect(writer.synced).toBe(4))
  expect([first.bytes, second.syncs]).toEqual([3, 1])
  await writer.close()
})
