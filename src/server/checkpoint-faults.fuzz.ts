/*
 * Everything that can be asked of checkpoints and branches, on a disk that fails at one
 * step of it: each step in turn, in one of several ways. Whatever was answered, the data
 * is the old one or the new one, in memory and after the next start, and what has a name
 * is whole.
 *
 * CHECKPOINT_FAULTS=all has each step fail in all ways.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { WireClient } from '../../tests/support/wire-client.ts'
import { systemClock } from './base/clock.ts'
import { Log } from './base/log.ts'
import { type Disk, type DiskFile, systemDisk } from './persistence/disk.ts'
import { directivesOf, type StartedServer, startServer } from './server.ts'

const folders = new Set<string>()
const servers = new Set<StartedServer>()

afterEach(async () => {
  for (const server of servers) await server.close()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** How a step fails: without being done, having been done all the same, or with all that follow until it is repaired. */
const WAYS = ['once', 'late', 'dead'] as const
type Way = (typeof WAYS)[number]

const failure = (): Error => Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'write', errno: -5 })

/** The system's disk, whose steps are counted, and of which one fails. */
class CountedDisk {
  steps = 0
  /** The step that fails, from 1; 0: none. */
  private fatal = 0
  private way: Way = 'once'
  readonly disk: Disk

  constructor() {
    const { open, create, writeAtOnce, atOnce, ...later } = systemDisk
    this.disk = {
      ...this.countedLater(later),
      ...this.countedAtOnce({ writeAtOnce }),
      open: (path, isNew) => this.stepLater(async () => this.countedLater(await open(path, isNew))),
      create: (path) => this.stepLater(async () => this.countedLater(await create(path))),
      atOnce: this.countedAtOnce(atOnce),
    }
  }

  failAt(step: number, way: Way): void {
    this.steps = 0
    this.fatal = step
    this.way = way
  }

  repair(): void {
    this.fatal = 0
  }

  private countedAtOnce<Part extends object>(part: Part): Part {
    const entries = Object.entries(part).map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        const fails = this.isFatal()
        if (!fails || this.way === 'late') method(...args)
        if (fails) throw failure()
      },
    ])
    return Object.fromEntries(entries) as Part
  }

  private countedLater<Part extends object>(part: Part): Part {
    const entries = Object.entries(part).map(([name, method]) =>
      name === 'close' || name === 'size'
        ? [name, method]
        : [name, (...args: unknown[]) => this.stepLater(() => method(...args))],
    )
    return Object.fromEntries(entries) as Part
  }

  private async stepLater<T>(work: () => Promise<T>): Promise<T> {
    const fails = this.isFatal()
    if (!fails) return work()
    if (this.way === 'late') {
      const done = await work()
      if (isFile(done)) await done.close()
    }
    throw failure()
  }

  private isFatal(): boolean {
    this.steps++
    return this.fatal > 0 && (this.way === 'dead' ? this.steps >= this.fatal : this.steps === this.fatal)
  }
}

const isFile = (x: unknown): x is Pick<DiskFile, 'close'> => typeof x === 'object' && x !== null && 'close' in x

const KEPT = { rdb: { save: '3600 1000000' }, aof: { save: '', appendonly: 'yes', appendfsync: 'always' } } as const
type Kept = keyof typeof KEPT

interface Started {
  readonly connect: () => Promise<WireClient>
  /** As a crash would: nothing is saved. */
  readonly end: () => Promise<void>
}

async function start(kept: Kept, dir: string, disk: Disk): Promise<Started> {
  const options = { bind: '127.0.0.1', port: '0', dir, 'enable-debug-command': 'yes', ...KEPT[kept] }
  const log = new Log({ write() {} }, systemClock)
  const server = await startServer({ directives: directivesOf(options), log, disk })
  servers.add(server)
  const end = (): Promise<void> => {
    servers.delete(server)
    return server.close()
  }
  return { connect: () => WireClient.open({ port: server.port }), end }
}

const OPERATIONS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'a checkpoint that is made': ['KEYSTEAD.CHECKPOINT', 'CREATE', 'new'],
  'a checkpoint that is deleted': ['KEYSTEAD.CHECKPOINT', 'DELETE', 'old'],
  'a rewind': ['KEYSTEAD.CHECKPOINT', 'REWIND', 'old'],
  'a branch that is made of now': ['KEYSTEAD.BRANCH', 'CREATE', 'new'],
  'a branch that is made of a checkpoint': ['KEYSTEAD.BRANCH', 'CREATE', 'new', 'FROM', 'old'],
  'a branch that is deleted': ['KEYSTEAD.BRANCH', 'DELETE', 'old'],
  'a flush': ['FLUSHALL'],
}

type Facts = Readonly<Record<string, unknown>>

async function factsOf(r: WireClient, what: 'CHECKPOINT' | 'BRANCH'): Promise<Facts[]> {
  const rows = (await r.command(`KEYSTEAD.${what}`, 'LIST')) as unknown[][]
  return rows.map((row) => {
    const pairs = Array.from({ length: row.length / 2 }, (_, i) => [row[2 * i], row[2 * i + 1]])
    return Object.fromEntries(pairs)
  })
}

const digest = (r: WireClient): Promise<unknown> => r.command('DEBUG', 'DIGEST')

/** Does one of them with a disk that fails at a step. How many steps it took. */
async function attempt(kept: Kept, operation: readonly [string, ...string[]], step: number, way: Way): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'keystead-faults-'))
  folders.add(dir)
  const counted = new CountedDisk()
  const { connect, end } = await start(kept, dir, counted.disk)
  const asking = await connect()
  const r = await connect()
  await r.command('SET', 'a', 'then')
  await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'old')
  await r.command('KEYSTEAD.BRANCH', 'CREATE', 'old')
  const then = await digest(r)
  await r.command('SET', 'a', 'now')
  const now = await digest(r)

  counted.failAt(step, way)
  const refusal = await asking.command(...operation).then(
    () => undefined,
    (error: Error) => error.message,
  )
  const { steps } = counted
  counted.repair()
  while (String(await r.command('INFO', 'persistence')).includes('aof_last_write_status:err')) {}

  const about = `step ${step} of ${steps}, ${way}: ${refusal ?? 'OK'}`
  const changed = { 'KEYSTEAD.CHECKPOINT': then, FLUSHALL: '0'.repeat(40) }[operation[0]]
  const replaces = operation[1] === 'REWIND' || operation[0] === 'FLUSHALL'
  // A rewind that may be undone by the end of the machine is told as a failure too; who is disconnected is told nothing.
  const isDone = replaces && (refusal === undefined || /has been rewound|closed the connection/.test(refusal))
  expect(await digest(r), about).toBe(isDone ? changed : now)
  const checkpoints = await factsOf(r, 'CHECKPOINT')
  const branches = await factsOf(r, 'BRANCH')
  expect(
    checkpoints.filter(({ problem }) => problem !== ''),
    about,
  ).toEqual([])
  for (const [what, all] of [
    ['CHECKPOINT', checkpoints],
    ['BRANCH', branches],
  ] as const) {
    const names = all.map(({ name }) => name)
    const isAbout = operation[0] === `KEYSTEAD.${what}`
    // On a dead disk it may keep a name that it was given already.
    if (way !== 'dead' || refusal === undefined)
      expect(names.includes('new'), about).toBe(isAbout && operation[1] === 'CREATE' && refusal === undefined)
    if (refusal === undefined) expect(names.includes('old'), about).toBe(!(isAbout && operation[1] === 'DELETE'))
  }
  await r.command('SET', 'b', 'later')
  if (kept === 'rdb') await r.command('SAVE')
  const later = await digest(r)
  await end()

  const next = await start(kept, dir, systemDisk)
  const again = await next.connect()
  expect(await digest(again), about).toBe(later)
  expect(await factsOf(again, 'CHECKPOINT'), about).toEqual(checkpoints)
  expect(await factsOf(again, 'BRANCH'), about).toEqual(branches)
  if (checkpoints.some(({ name }) => name === 'old')) {
    await again.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'old')
    expect(await digest(again), about).toBe(then)
  }
  await next.end()
  const left = readdirSync(dir, { recursive: true }).filter((name) => /(^|[/\\])(\.keystead|temp)-/.test(String(name)))
  expect(left, about).toEqual([])
  folders.delete(dir)
  rmSync(dir, { recursive: true })
  return steps
}

const TRIES_ALL = process.env['CHECKPOINT_FAULTS'] === 'all'
/** Some at a time: the append-only file tries again after a second, which is not to be waited for by each alone. */
const AT_A_TIME = 8

for (const kept of Object.keys(KEPT) as Kept[]) {
  describe(`kept as ${kept}`, () => {
    for (const [what, operation] of Object.entries(OPERATIONS)) {
      test.each(TRIES_ALL ? WAYS : ['each in turn'])(
        `${what} leaves the old or the new (%s)`,
        { timeout: 120_000 },
        async (chosen) => {
          for (let first = 1, isOver = false; !isOver; first += AT_A_TIME) {
            const steps = Array.from({ length: AT_A_TIME }, (_, i) => first + i)
            const wayOf = (step: number): Way => WAYS.find((way) => way === chosen) ?? WAYS[step % WAYS.length]
            const taken = await Promise.all(steps.map((step) => attempt(kept, operation, step, wayOf(step))))
            isOver = taken.at(-1)! < steps.at(-1)!
          }
        },
      )
    }
  })
}
