/*
 * What the page asks about checkpoints, against a Keystead that keeps its data,
 * and against a real server, which has none of this.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findPeer } from '../../../../tests/support/peers.ts'
import {
  keysteadProgram,
  peerProgram,
  type ServerProcess,
  startServer,
} from '../../../../tests/support/server-process.ts'
import { WireClient } from '../../../../tests/support/wire-client.ts'
import { failureOf, openPage, type Page } from './testing/page.ts'

const place = { sessionId: 's' }

let server: ServerProcess
let raw: WireClient
let page: Page

/** Before each test of the block a server that keeps its data, and a page of it. */
function withKeystead(): void {
  beforeEach(async () => {
    server = await startServer(keysteadProgram(), { save: '3600 1000000' })
    raw = await WireClient.open({ port: server.port })
    page = await openPage(server.port)
  })
  afterEach(async () => {
    page.session.close()
    await raw.close()
    await server.stop()
  })
}

describe('checkpoints of a Keystead server', () => {
  withKeystead()
  const list = () => page.ask['checkpoints.list']({ place })
  const names = async () => (await list()).checkpoints.map(({ name }) => name)

  test('are made under a name, and listed with the newest first', async () => {
    expect(await list()).toEqual({ checkpoints: [], branches: [], keepsTimes: false })
    await raw.command('SET', 'a', '1')
    await page.ask['checkpoints.create']({ place, name: 'one' })
    await raw.command('SET', 'b', '1')
    await page.ask['checkpoints.create']({ place, name: 'two' })
    const { checkpoints } = await list()
    expect(checkpoints).toMatchObject([
      { name: 'two', reason: 'asked', keys: 2 },
      { name: 'one', reason: 'asked', keys: 1 },
    ])
    expect(checkpoints[0]?.createdAt).toBeGreaterThanOrEqual(checkpoints[1]?.createdAt ?? Number.NaN)
    expect(checkpoints[0]?.size).toBeGreaterThan(0)
    expect(checkpoints[0]?.problem).toBe(undefined)
  })

  test('are rewound to, and the answer names the checkpoint that undoes it', async () => {
    await raw.command('SET', 'a', 'then')
    await page.ask['checkpoints.create']({ place, name: 'then' })
    await raw.command('SET', 'a', 'now')
    const { undo } = await page.ask['checkpoints.rewind']({ place, to: { checkpoint: 'then' } })
    expect(await raw.command('GET', 'a')).toBe('then')
    expect(undo).toMatchObject({ reason: 'before REWIND', keys: 1 })
    const again = await page.ask['checkpoints.rewind']({ place, to: { checkpoint: undo?.name ?? '' } })
    expect(await raw.command('GET', 'a')).toBe('now')
    expect(again.undo?.name).not.toBe(undo?.name)
  })

  test('are there after FLUSHALL without having been asked for', async () => {
    await raw.command('SET', 'a', '1')
    await raw.command('FLUSHALL')
    const { checkpoints } = await list()
    expect(checkpoints).toMatchObject([{ reason: 'before FLUSHALL', keys: 1 }])
    await page.ask['checkpoints.rewind']({ place, to: { checkpoint: checkpoints[0]?.name ?? '' } })
    expect(await raw.command('GET', 'a')).toBe('1')
  })

  test('are deleted', async () => {
    await page.ask['checkpoints.create']({ place, name: 'one' })
    await page.ask['checkpoints.remove']({ place, name: 'one' })
    expect(await names()).toEqual([])
  })

  test('that cannot be made, rewound to or deleted say so, in the words of the server', async () => {
    await page.ask['checkpoints.create']({ place, name: 'one' })
    expect(await failureOf(page.ask['checkpoints.create']({ place, name: 'ONE' }))).toMatchObject({
      code: 'COMMAND_FAILED',
      message: 'The checkpoint was not made.',
      detail: 'ERR there is a checkpoint of that name',
    })
    expect(await failureOf(page.ask['checkpoints.rewind']({ place, to: { checkpoint: 'none' } }))).toMatchObject({
      message: 'The data was not rewound.',
      detail: 'ERR no such checkpoint',
    })
    expect(await failureOf(page.ask['checkpoints.remove']({ place, name: 'none' }))).toMatchObject({
      message: 'The checkpoint was not deleted.',
    })
  })

  test('with a file that is gone are listed with what is wrong', async () => {
    await page.ask['checkpoints.create']({ place, name: 'one' })
    rmSync(join(server.dir, 'checkpoints/one/dump.rdb'))
    expect((await list()).checkpoints).toMatchObject([{ name: 'one', problem: 'dump.rdb is missing' }])
    const failure = await failureOf(page.ask['checkpoints.rewind']({ place, to: { checkpoint: 'one' } }))
    expect(failure.detail).toContain('the checkpoint is broken: dump.rdb is missing')
    expect(await names()).toEqual(['one'])
  })

  test('are in the ledger of the session, with all that was sent for them', async () => {
    await page.ask['checkpoints.create']({ place, name: 'before lunch' })
    const commands = page.session.ledger
      .page(0, 100)
      .rows.filter(({ source }) => source === 'checkpoints')
      .map(({ command }) => command)
    expect(commands).toContain('KEYSTEAD.CHECKPOINT CREATE "before lunch"')
  })

  test('that the disk does not take fail with what can be done about it', async () => {
    // A file where the folder belongs: even a privileged user cannot write into it.
    writeFileSync(join(server.dir, 'checkpoints'), '')
    expect(await failureOf(page.ask['checkpoints.create']({ place, name: 'one' }))).toMatchObject({
      code: 'DISK_FAILED',
      message: 'The checkpoint was not made.',
      hint: expect.stringContaining('Look at the folder'),
      detail: expect.stringContaining('the disk says ENOTDIR'),
    })
  })

  test('of a server that is away fail with the reason', async () => {
    server.signal('SIGKILL')
    await server.exited
    expect((await failureOf(list())).code).toBe('CONNECTION_REFUSED')
  })
})

describe('branches of a Keystead server', () => {
  withKeystead()
  const branches = async () => (await page.ask['checkpoints.list']({ place })).branches

  test('are made of now and of a checkpoint, listed and deleted', async () => {
    await raw.command('SET', 'a', '1')
    await page.ask['checkpoints.create']({ place, name: 'then' })
    await raw.command('SET', 'b', '1')
    await page.ask['branches.create']({ place, name: 'of then', from: { checkpoint: 'then' } })
    await page.ask['branches.create']({ place, name: 'of now' })
    expect(await branches()).toMatchObject([
      { name: 'of now', origin: 'now', keys: 2, dir: join(server.dir, 'branches/of now') },
      { name: 'of then', origin: 'checkpoint then', keys: 1 },
    ])
    await page.ask['branches.remove']({ place, name: 'of now' })
    expect((await branches()).map(({ name }) => name)).toEqual(['of then'])
  })

  test('that cannot be made or deleted say so, in the words of the server', async () => {
    expect(
      await failureOf(page.ask['branches.create']({ place, name: 'x', from: { checkpoint: 'none' } })),
    ).toMatchObject({
      message: 'The branch was not made.',
      detail: 'ERR no such checkpoint',
    })
    expect(await failureOf(page.ask['branches.remove']({ place, name: 'none' }))).toMatchObject({
      message: 'The branch was not deleted.',
    })
  })
})

test('a server that keeps times goes back to moments between checkpoints', async () => {
  const options = { save: '3600 1000000', appendonly: 'yes', 'aof-timestamp-enabled': 'yes' }
  const server = await startServer(keysteadProgram(), options)
  const page = await openPage(server.port)
  try {
    expect((await page.ask['checkpoints.list']({ place })).keepsTimes).toBe(true)
    const failure = await failureOf(page.ask['checkpoints.rewind']({ place, to: { time: 1_000 } }))
    expect(failure.message).toBe('The data was not rewound.')
    await page.ask['branches.create']({ place, name: 'try', from: { time: Date.now() } })
    const { branches } = await page.ask['checkpoints.list']({ place })
    expect(branches).toMatchObject([{ name: 'try', origin: expect.stringMatching(/^time \d+$/) }])
    // Nobody has counted them.
    expect(branches[0]?.keys).toBe(undefined)
  } finally {
    page.session.close()
    await server.stop()
  }
})

test.skipIf(!findPeer('redis70'))('a server that has no checkpoints says so', async () => {
  const server = await startServer(peerProgram('redis70'))
  const page = await openPage(server.port)
  try {
    expect((await failureOf(page.ask['checkpoints.list']({ place }))).code).toBe('UNSUPPORTED')
  } finally {
    page.session.close()
    await server.stop()
  }
})
