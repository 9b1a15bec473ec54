/*
 * Checkpoints, rewinds and branches through files and processes: what is there
 * after a crash at any moment, what is refused, what a server on a branch has.
 * CHECKPOINT_ROUNDS makes the long run.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kill, type Started, withDataFolders } from '../support/data-folders.ts'
import { random } from '../support/random.ts'
import { keysteadProgram } from '../support/server-process.ts'

const ROUNDS = Number(process.env['CHECKPOINT_ROUNDS'] ?? 3)
const folders = withDataFolders()
const { newFolder } = folders

/** The two ways in which data is kept. */
const KEPT = {
  'an RDB file': { save: '3600 1000000', appendonly: 'no' },
  'an append-only file': { save: '', appendonly: 'yes', appendfsync: 'always', 'aof-timestamp-enabled': 'yes' },
} as const
type Kept = keyof typeof KEPT
const ALL_KEPT = Object.keys(KEPT) as Kept[]

interface Running extends Started {
  /** Answers a command, words with blanks between them. */
  readonly run: (line: string) => Promise<unknown>
}

async function start(kept: Kept, dir: string, options: Readonly<Record<string, string>> = {}): Promise<Running> {
  const { server, client } = await folders.start(keysteadProgram(), { dir, ...KEPT[kept], ...options })
  await server.says('Ready to accept connections') // Before that it may be loading.
  return {
    server,
    client,
    run(line) {
      const [name, ...words] = line.split(' ')
      return client.command(name!, ...words)
    },
  }
}

const digest = async ({ client }: Running): Promise<string> => String(await client.command('DEBUG', 'DIGEST'))

interface Facts {
  readonly name: string
  readonly reason: string
  readonly keys: number
  readonly bytes: number
  readonly created: number
  readonly problem: string
  readonly dir: string
  readonly origin: string
  readonly 'rewind-from': number
  readonly 'rewind-to': number
}

async function list({ client }: Running, container = 'KEYSTEAD.CHECKPOINT'): Promise<Facts[]> {
  const all = (await client.command(container, 'LIST')) as unknown[][]
  return all.map((flat) =>
    Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]])),
  ) as unknown as Facts[]
}

/** The record of a checkpoint is written anew when its files of commands have been added up. */
async function untilAddedUp({ run }: Running, folder: string): Promise<void> {
  while (!readFileSync(join(folder, 'checkpoint.json'), 'utf8').includes('"sum"')) await run('PING')
}

/** All files under a folder, as paths relative to it. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

async function fill({ client }: Running, count: number, text: string): Promise<void> {
  for (let i = 0; i < count; i++) client.send('SET', `key:${i}`, `${text} ${i}`)
  for (let i = 0; i < count; i++) await client.receive()
  await client.command('SELECT', 3)
  await client.command('RPUSH', 'list', text, 'x')
  await client.command('HSET', 'hash', 'field', text)
  await client.command('SELECT', 0)
}

describe.each(ALL_KEPT)('with %s', (kept) => {
  test('a checkpoint that is asked for while a save goes on is made after it', async () => {
    const started = await start(kept, newFolder())
    await fill(started, 100, 'text')
    const { client } = started
    client.send('BGSAVE')
    client.send('KEYSTEAD.CHECKPOINT', 'CREATE', 'then')
    expect(await client.receive()).toBe('Background saving started')
    expect(await client.receive()).toBe('OK')
    expect(await list(started)).toMatchObject([{ name: 'then', keys: 102, problem: '' }])
  })

  test('a rewind brings back what was, also after a crash, and is undone by another one', async () => {
    const dir = newFolder()
    const first = await start(kept, dir)
    await fill(first, 100, 'old')
    const old = await digest(first)
    await first.run('KEYSTEAD.CHECKPOINT CREATE then')
    await fill(first, 50, 'new')
    const recent = await digest(first)
    expect(await first.run('KEYSTEAD.CHECKPOINT REWIND then')).toBe('OK')
    expect(await digest(first)).toBe(old)
    await kill(first)
    const second = await start(kept, dir)
    expect(await digest(second)).toBe(old)
    const undo = (await list(second)).find(({ reason }) => reason === 'before REWIND')
    await second.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', undo!.name)
    expect(await digest(second)).toBe(recent)
    await kill(second)
    expect(await digest(await start(kept, dir))).toBe(recent)
  })

  test('what is written after a rewind is kept, and changes no checkpoint', async () => {
    const dir = newFolder()
    const first = await start(kept, dir)
    await fill(first, 20, 'old')
    await first.run('KEYSTEAD.CHECKPOINT CREATE then')
    const folder = join(dir, 'checkpoints', 'then')
    if (kept === 'an append-only file') await untilAddedUp(first, folder)
    const bytes = filesUnder(folder).map((file) => readFileSync(join(folder, file)))
    await first.run('SET a 1')
    for (let i = 0; i < 3; i++) {
      await first.run('KEYSTEAD.CHECKPOINT REWIND then')
      await first.run(`SET after:${i} 1`)
    }
    if (kept === 'an RDB file') await first.run('SAVE')
    const wanted = await digest(first)
    await kill(first)
    const second = await start(kept, dir)
    expect(await digest(second)).toBe(wanted)
    expect(await second.run('EXISTS a after:0 after:2')).toBe(1)
    expect(filesUnder(folder).map((file) => readFileSync(join(folder, file)))).toEqual(bytes)
    expect((await list(second)).map(({ problem }) => problem)).toEqual(['', '', '', ''])
  })

  test.each(['FLUSHALL', 'FLUSHDB'])('%s is undone, also after a crash', async (flush) => {
    const dir = newFolder()
    const first = await start(kept, dir)
    await fill(first, 100, 'old')
    const wanted = await digest(first)
    await first.run(flush)
    await first.run('SET later 1')
    await kill(first)
    const second = await start(kept, dir)
    const [made] = await list(second)
    expect(made).toMatchObject({ reason: `before ${flush}`, keys: 102, problem: '' })
    await second.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', made!.name)
    expect(await digest(second)).toBe(wanted)
  })

  test('FLUSHALL in a transaction is undone to the moment within it', async () => {
    const dir = newFolder()
    const first = await start(kept, dir)
    for (const line of ['SET a 1', 'MULTI', 'SET b 1', 'FLUSHALL', 'SET c 1', 'EXEC']) await first.run(line)
    const [made] = await list(first)
    expect(made).toMatchObject({ reason: 'before FLUSHALL', keys: 2 })
    await first.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', made!.name)
    expect(await first.run('MGET a b c')).toEqual(['1', '1', null])
  })

  test('a server starts on a branch with the same kind of files, and shares nothing with the first', async () => {
    const dir = newFolder()
    const first = await start(kept, dir)
    await fill(first, 30, 'old')
    await first.run('KEYSTEAD.CHECKPOINT CREATE then')
    const then = await digest(first)
    await fill(first, 10, 'new')
    const now = await digest(first)
    await first.run('KEYSTEAD.BRANCH CREATE now')
    await first.run('KEYSTEAD.BRANCH CREATE then FROM then')
    await first.run('SET more 1')
    const branches = await list(first, 'KEYSTEAD.BRANCH')
    expect(branches).toMatchObject([
      { name: 'now', origin: 'now', keys: 32 },
      { name: 'then', origin: 'checkpoint then', keys: 32 },
    ])
    const digests = await Promise.all(
      branches.map(async (branch) => {
        const started = await start(kept, branch.dir)
        const found = await digest(started)
        await started.run('SET branch 1')
        if (kept === 'an RDB file') await started.run('SAVE')
        await kill(started)
        const again = await start(kept, branch.dir)
        expect(await again.run('GET branch')).toBe('1')
        return found
      }),
    )
    expect(digests).toEqual([now, then])
    expect(await first.run('EXISTS branch more')).toBe(1)
    expect(await first.run('KEYSTEAD.CHECKPOINT REWIND then')).toBe('OK')
    expect(await digest(first)).toBe(then)
  })

  test('what is broken is refused, and the data stays', async () => {
    const dir = newFolder()
    const first = await start(kept, dir)
    await fill(first, 30, 'old')
    await first.run('KEYSTEAD.CHECKPOINT CREATE then')
    await first.run('SET more 1')
    const wanted = await digest(first)
    const folder = join(dir, 'checkpoints', 'then')
    if (kept === 'an append-only file') await untilAddedUp(first, folder)
    for (const file of filesUnder(folder)) {
      const path = join(folder, file)
      const bytes = readFileSync(path)
      // Another file of that name: the server's own share its bytes.
      const put = (content: Uint8Array): void => {
        rmSync(path, { force: true })
        writeFileSync(path, content)
      }
      const broken: [string, () => void][] = [
        ['missing', () => rmSync(path)],
        ['longer', () => put(Buffer.concat([bytes, Buffer.from('x')]))],
      ]
      if (bytes.length > 0) {
        broken.push(['cut', () => put(bytes.subarray(0, bytes.length - 2))])
        broken.push(['garbage', () => put(Buffer.alloc(bytes.length, 'garbage '))])
      }
      for (const [how, damage] of broken) {
        damage()
        await expect(first.run('KEYSTEAD.CHECKPOINT REWIND then'), `${file} ${how}`).rejects.toThrow('ERR ')
        expect(await digest(first), `${file} ${how}`).toBe(wanted)
        put(bytes)
      }
    }
    await first.run('SET still 1')
    await first.run('DEL still')
    if (kept === 'an RDB file') await first.run('SAVE')
    await kill(first)
    const second = await start(kept, dir)
    expect(await digest(second)).toBe(wanted)
    expect(await second.run('KEYSTEAD.CHECKPOINT REWIND then')).toBe('OK')
  })

  test('of those that nobody asked for as many stay as the option says, of the others all', async () => {
    const dir = newFolder()
    const first = await start(kept, dir, { 'checkpoint-automatic-max': '2' })
    for (const name of ['a', 'b', 'c']) {
      await first.run('SET k 1')
      await first.run(`KEYSTEAD.CHECKPOINT CREATE ${name}`)
    }
    for (let i = 0; i < 4; i++) {
      await first.run(`SET k ${i}`)
      await first.run('FLUSHALL')
    }
    await first.run('KEYSTEAD.CHECKPOINT DELETE c') // After all that was begun before it.
    const names = (await list(first)).map(({ name, reason }) => (reason === 'asked' ? name : reason))
    expect(names).toEqual(['a', 'b', 'before FLUSHALL', 'before FLUSHALL'])
    for (let i = 0; i < 3; i++) await first.run('KEYSTEAD.CHECKPOINT REWIND a')
    expect((await list(first)).map(({ reason }) => reason)).toEqual([
      ...['asked', 'asked', 'before REWIND', 'before REWIND'],
    ])
  })

  test(
    'a crash at any moment of CREATE leaves a whole checkpoint or none',
    async () => {
      const dice = random()
      const dir = newFolder()
      let wanted = ''
      for (let round = 0; round <= ROUNDS; round++) {
        const started = await start(kept, dir)
        if (round === 0) {
          await started.run('DEBUG POPULATE 20000')
          if (kept === 'an RDB file') await started.run('SAVE')
          wanted = await digest(started)
        }
        expect(await digest(started), `seed ${dice.seed}`).toBe(wanted)
        for (const { name, problem, keys } of await list(started)) {
          expect([problem, keys], `${name}, seed ${dice.seed}`).toEqual(['', 20_000])
          await started.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', name)
          expect(await digest(started), `${name}, seed ${dice.seed}`).toBe(wanted)
          if (name.startsWith('c')) await started.client.command('KEYSTEAD.CHECKPOINT', 'DELETE', name)
        }
        expect(
          readdirSync(dir).filter((name) => name === 'checkpoints').length === 0 ||
            readdirSync(join(dir, 'checkpoints')).every((name) => !name.startsWith('.')),
        ).toBe(true)
        // Not just what the files have, so that there is something to write.
        await started.run('SET k 1')
        await started.run('DEL k')
        started.client.send('KEYSTEAD.CHECKPOINT', 'CREATE', `c${round}`)
        await pause(dice.below(kept === 'an RDB file' ? 40 : 8))
        await kill(started)
      }
    },
    60_000 + ROUNDS * 5_000,
  )

  test(
    'a crash at any moment of REWIND leaves the old data or the new',
    async () => {
      const dice = random()
      const dir = newFolder()
      let digests: string[] = []
      const seen = new Set<number>()
      for (let round = 0; round <= ROUNDS * 2; round++) {
        const started = await start(kept, dir)
        if (round === 0) {
          for (const text of ['one', 'two']) {
            await started.run('FLUSHALL')
            await started.client.command('DEBUG', 'POPULATE', text === 'one' ? 15_000 : 10_000, text)
            digests = [...digests, await digest(started)]
            await started.run(`KEYSTEAD.CHECKPOINT CREATE ${text}`)
          }
          if (kept === 'an RDB file') await started.run('SAVE')
        }
        const is = digests.indexOf(await digest(started))
        expect(is, `seed ${dice.seed}`).toBeGreaterThanOrEqual(0)
        seen.add(is)
        for (const { name, problem } of await list(started)) expect(problem, `${name}, seed ${dice.seed}`).toBe('')
        started.client.send('KEYSTEAD.CHECKPOINT', 'REWIND', is === 0 ? 'two' : 'one')
        await pause(dice.below(120))
        await kill(started)
      }
      const last = await start(kept, dir)
      expect(digests, `seed ${dice.seed}`).toContain(await digest(last))
    },
    60_000 + ROUNDS * 5_000,
  )
})

describe('a crash at any moment of FLUSHALL', () => {
  test.each(ALL_KEPT)(
    'leaves the data, or a checkpoint of it, with %s',
    async (kept) => {
      const dice = random()
      const dir = newFolder()
      let wanted = ''
      for (let round = 0; round <= ROUNDS; round++) {
        const started = await start(kept, dir)
        if (round === 0) {
          await started.run('DEBUG POPULATE 5000')
          if (kept === 'an RDB file') await started.run('SAVE')
          wanted = await digest(started)
        }
        if ((await started.run('DBSIZE')) === 0) {
          const made = (await list(started)).at(-1)!
          await started.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', made.name)
        }
        expect(await digest(started), `seed ${dice.seed}`).toBe(wanted)
        for (const { name, problem } of await list(started)) expect(problem, `${name}, seed ${dice.seed}`).toBe('')
        // So that there is a file to end.
        await started.run('SET k 1')
        await started.run('DEL k')
        started.client.send('FLUSHALL')
        if (kept === 'an RDB file') started.client.send('SAVE')
        await pause(dice.below(8))
        await kill(started)
      }
    },
    60_000 + ROUNDS * 5_000,
  )
})

/** A crash comes at any time, which is what this is for: nothing is expected after it. */
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

describe('between the two ways of keeping data', () => {
  test.each(ALL_KEPT)('a checkpoint made with %s is gone back to with the other', async (kept) => {
    const other = ALL_KEPT.find((one) => one !== kept)!
    const dir = newFolder()
    const first = await start(kept, dir)
    await fill(first, 30, 'old')
    const wanted = await digest(first)
    await first.run('KEYSTEAD.CHECKPOINT CREATE then')
    await kill(first)
    const second = await start(other, dir)
    await fill(second, 5, 'new')
    await second.run('KEYSTEAD.CHECKPOINT REWIND then')
    expect(await digest(second)).toBe(wanted)
    await second.run('SET more 1')
    await second.run('DEL more')
    await kill(second)
    expect(await digest(await start(other, dir))).toBe(wanted)
  })
})

const SECOND = 1000
/** When the base of `writeHistory` was made, in seconds. */
const BASE_TIME = 1_000_000

const commandText = (line: string): string => {
  const words = line.split(' ')
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
}

/** The folder of a server that has had `a` = base, 1, 2, 3 at 10 seconds from each other. */
async function writeHistory(dir: string): Promise<void> {
  const maker = await start('an RDB file', dir, { rdbchecksum: 'no' })
  await maker.run('SET a base')
  await maker.run('SAVE')
  await kill(maker)
  const base = readFileSync(join(dir, 'dump.rdb'))
  // The name, and the form of an integer of 4 bytes.
  base.writeInt32LE(BASE_TIME, base.indexOf('ctime') + 6)
  const folder = join(dir, 'appendonlydir')
  mkdirSync(folder)
  writeFileSync(join(folder, 'appendonly.aof.1.base.rdb'), base)
  const lines = [
    `#TS:${BASE_TIME + 10}\r\n${commandText('SET a 1')}`,
    `#TS:${BASE_TIME + 20}\r\n${['MULTI', 'SET b 1', 'SET a 2', 'EXEC'].map(commandText).join('')}`,
    `#TS:${BASE_TIME + 30}\r\n${commandText('SET a 3')}`,
  ]
  writeFileSync(join(folder, 'appendonly.aof.1.incr.aof'), lines.slice(0, 2).join(''))
  writeFileSync(join(folder, 'appendonly.aof.2.incr.aof'), lines[2]!)
  writeFileSync(
    join(folder, 'appendonly.aof.manifest'),
    'file appendonly.aof.1.base.rdb seq 1 type b\n' +
      'file appendonly.aof.1.incr.aof seq 1 type i\nfile appendonly.aof.2.incr.aof seq 2 type i\n',
  )
}

/** Milliseconds, and what `a` was then. */
const HISTORY: readonly (readonly [time: number, a: string])[] = [
  [BASE_TIME * SECOND, 'base'],
  [(BASE_TIME + 10) * SECOND - 1, 'base'],
  [(BASE_TIME + 10) * SECOND, '1'],
  [(BASE_TIME + 19) * SECOND + 999, '1'],
  [(BASE_TIME + 20) * SECOND, '2'],
  [(BASE_TIME + 29) * SECOND, '2'],
  [(BASE_TIME + 30) * SECOND, '3'],
  [(BASE_TIME + 1000) * SECOND, '3'],
]

describe('going back to a time', () => {
  test('brings back what was then, in any order, also after a rewrite of the files and a crash', async () => {
    const dir = newFolder()
    await writeHistory(dir)
    let started = await start('an append-only file', dir)
    for (const [time, a] of [...HISTORY, ...HISTORY.toReversed()]) {
      expect(await started.run(`KEYSTEAD.CHECKPOINT REWIND TIME ${time}`), String(time)).toBe('OK')
      expect(await started.run('GET a'), String(time)).toBe(a)
      expect(await started.run('GET b'), String(time)).toBe(a < '2' || a === 'base' ? null : '1')
      if (time % 3 === 0) {
        await kill(started)
        started = await start('an append-only file', dir)
        expect(await started.run('GET a'), String(time)).toBe(a)
      } else if (time % 3 === 1) {
        await started.run('BGREWRITEAOF')
        while (!String(await started.run('INFO persistence')).includes('aof_rewrite_in_progress:0')) {}
      }
    }
  })

  test('makes branches of it, on which a server starts', async () => {
    const dir = newFolder()
    await writeHistory(dir)
    const first = await start('an append-only file', dir)
    for (const [time, a] of HISTORY.filter((_, i) => i % 3 === 0)) {
      await first.run(`KEYSTEAD.BRANCH CREATE ${time} TIME ${time}`)
      const branch = (await list(first, 'KEYSTEAD.BRANCH')).find(({ name }) => name === String(time))!
      expect(branch).toMatchObject({ origin: `time ${time}`, keys: -1 })
      const other = await start('an append-only file', branch.dir)
      expect(await other.run('GET a')).toBe(a)
      await other.run('SET a branch')
    }
    expect(await first.run('GET a')).toBe('3')
    expect(await list(first)).toEqual([])
  })

  test('says from when on that is possible, and leaves everything as it is', async () => {
    const dir = newFolder()
    await writeHistory(dir)
    const first = await start('an append-only file', dir)
    for (const line of ['KEYSTEAD.CHECKPOINT REWIND TIME', 'KEYSTEAD.BRANCH CREATE b TIME']) {
      await expect(first.run(`${line} ${BASE_TIME * SECOND - 1}`)).rejects.toThrow(
        `ERR nothing is kept of that time: one can go back to ${BASE_TIME * SECOND} (1970-01-12T13:46:40.000Z) or later`,
      )
      await expect(first.run(`${line} ${Date.now() + 60_000}`)).rejects.toThrow('ERR that time is yet to come')
    }
    expect(await first.run('GET a')).toBe('3')
    expect([...(await list(first)), ...(await list(first, 'KEYSTEAD.BRANCH'))]).toEqual([])
  })

  test('is undone, and what was before it is a time too', async () => {
    const dir = newFolder()
    await writeHistory(dir)
    const first = await start('an append-only file', dir)
    await first.run('SET a now')
    await first.run(`KEYSTEAD.CHECKPOINT REWIND TIME ${(BASE_TIME + 10) * SECOND}`)
    const [undo] = await list(first)
    expect(undo).toMatchObject({ reason: 'before REWIND', keys: 2, 'rewind-from': BASE_TIME * SECOND })
    expect(undo!['rewind-to']).toBe(undo!.created)
    await first.run(`KEYSTEAD.CHECKPOINT REWIND TIME ${undo!.created}`)
    expect(await first.run('GET a')).toBe('now')
    await first.run(`KEYSTEAD.CHECKPOINT REWIND TIME ${(BASE_TIME + 30) * SECOND}`)
    await first.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', undo!.name)
    expect(await first.run('GET a')).toBe('now')
  })

  test('needs times in the file', async () => {
    const first = await start('an append-only file', newFolder(), { 'aof-timestamp-enabled': 'no' })
    await first.run('SET a 1')
    await expect(first.run(`KEYSTEAD.CHECKPOINT REWIND TIME ${Date.now()}`)).rejects.toThrow(
      'aof-timestamp-enabled yes',
    )
    expect(await first.run('GET a')).toBe('1')
  })
})

describe('the append-only file', () => {
  test('makes a checkpoint of links: no data is written', async () => {
    const dir = newFolder()
    const first = await start('an append-only file', dir)
    await first.run('DEBUG POPULATE 50000')
    await first.run('BGREWRITEAOF')
    while (!String(await first.run('INFO persistence')).includes('aof_rewrite_in_progress:0')) {}
    await fill(first, 100, 'old')
    await first.run('KEYSTEAD.CHECKPOINT CREATE then')
    const folder = join(dir, 'checkpoints', 'then', 'appendonlydir')
    const linked = filesUnder(folder).filter((file) => statSync(join(folder, file)).nlink > 1)
    expect(linked).toEqual(['appendonly.aof.1.base.rdb', 'appendonly.aof.1.incr.aof'])
    expect((await list(first))[0]!.bytes).toBeGreaterThan(500_000)
  })
})
