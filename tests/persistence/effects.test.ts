/*
 * What commands leave in the append-only file does again what they did: random
 * commands of every kind run on a server that keeps one, another server starts
 * on a copy of the file, and both must hold the same. Real servers must read it
 * and hold the same, too. EFFECTS_ROUNDS makes the long run, SEED replays one.
 */
import { cpSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { GROUPS } from '../differential/groups.ts'
import { Side } from '../differential/side.ts'
import { makeSteps } from '../differential/tester.ts'
import { withDataFolders } from '../support/data-folders.ts'
import { findPeer } from '../support/peers.ts'
import { random } from '../support/random.ts'
import type { CommandArg } from '../support/reply.ts'
import { keysteadProgram, type Program, peerProgram } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

const ROUNDS = Number(process.env['EFFECTS_ROUNDS'] ?? 2)
const FIRST_SEED = Number(process.env['SEED'] ?? 1)
const STEPS = 1_500
const ROUND_TIMEOUT_MS = 60_000
const DATABASES = [0, 1, 2, 15]
/** What connections and servers are asked changes no data. */
const WITHOUT_DATA = ['connection', 'server']
const SMALL_LIMITS = {
  'hash-max-listpack-entries': '2',
  'set-max-listpack-entries': '2',
  'zset-max-listpack-entries': '2',
  'list-max-listpack-size': '2',
  'stream-node-max-entries': '2',
}

const folders = withDataFolders()
const { newFolder } = folders
const sides: Side[] = []

afterEach(async () => {
  await Promise.all(sides.splice(0).map((side) => side.close()))
})

async function start(program: Program, dir: string, options: Readonly<Record<string, string>>): Promise<Side> {
  const { server } = await folders.start(program, { dir, appendonly: 'yes', appendfsync: 'always', ...options })
  const side = await Side.open({ name: server.name, host: '127.0.0.1', port: server.port })
  sides.push(side)
  return side
}

/** Random commands that leave out those which `isLeftOut` names, by themselves and in transactions. */
async function runSteps(side: Side, seed: number, isLeftOut: (name: string) => boolean): Promise<void> {
  const groups = GROUPS.filter(({ name }) => !WITHOUT_DATA.includes(name))
  const grammars = groups.flatMap(({ commands }) => commands).filter(({ words }) => !isLeftOut(words[0]))
  const steps = makeSteps(grammars, STEPS, { random: random(seed), peer: { kind: 'valkey', version: '9.1.2' } })
  for (const { connection, args } of steps) await side.answers(connection, [args])
  for (const connection of [0, 1]) await side.answers(connection, [['DISCARD']])
}

/** All data: the digest of each value, when keys and fields expire to the millisecond, scores, and what streams know. */
async function exactly({ endpoint }: Side): Promise<readonly string[]> {
  const client = await WireClient.open({ port: endpoint.port })
  const facts: string[] = []
  for (const db of DATABASES) {
    await client.command('SELECT', db)
    const keys = ((await client.command('SCAN', 0, 'COUNT', 10_000)) as [unknown, CommandArg[]])[1]
    for (const key of keys) {
      const type = await client.command('TYPE', key)
      const [digest] = (await client.command('DEBUG', 'DIGEST-VALUE', key)) as [string]
      const more = await beyondDigest(client, String(type), key)
      facts.push(`${db}/${key} ${type} ${await client.command('PEXPIRETIME', key)} ${more ?? digest}`)
    }
  }
  await client.close()
  return facts.toSorted()
}

/**
 * When consumers were last seen is not repeated, the nodes of a stream are each server's own, and so is how it
 * infers the lag of a group.
 */
const NOT_REPEATED = /"(seen-time|active-time|radix-tree-keys|radix-tree-nodes|lag)",(-?\d+|null|"-?\d+"),?/g

/** Integers beyond 2^53 as texts. */
const asText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))

/** What the digest of a value leaves out, or says in other words than another server. */
async function beyondDigest(client: WireClient, type: string, key: CommandArg): Promise<string | undefined> {
  if (type === 'zset') return asText(await client.command('ZRANGE', key, 0, -1, 'WITHSCORES'))
  if (type === 'stream') {
    return asText(await client.command('XINFO', 'STREAM', key, 'FULL')).replace(NOT_REPEATED, '')
  }
  if (type !== 'hash') return undefined
  const fields = ((await client.command('HKEYS', key)) as CommandArg[]).toSorted()
  if (fields.length === 0) return ''
  const times = await client.command('HPEXPIRETIME', key, 'FIELDS', fields.length, ...fields)
  const values = await client.command('HMGET', key, ...fields)
  return asText([fields, values, times])
}

/** Starts another server on what the first has written, and compares the two. */
async function expectSame(first: Side, program: Program, dir: string, options: Readonly<Record<string, string>>) {
  const copy = newFolder()
  cpSync(dir, copy, { recursive: true })
  const second = await start(program, copy, options)
  expect(await exactly(second)).toEqual(await exactly(first))
}

describe('effects', () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
    test(
      `random commands of seed ${seed} are repeated with the same outcome`,
      async () => {
        const dir = newFolder()
        const options = seed % 2 === 0 ? SMALL_LIMITS : {}
        const first = await start(keysteadProgram(), dir, options)
        await first.begin(2, {})
        await runSteps(first, seed, () => false)
        await expectSame(first, keysteadProgram(), dir, options)
      },
      ROUND_TIMEOUT_MS,
    )

    test(
      `random commands of seed ${seed} are repeated by valkey91 with the same outcome`,
      async (context) => {
        if (findPeer('valkey91') === undefined) context.skip('valkey91 is not on this machine')
        const dir = newFolder()
        const first = await start(keysteadProgram(), dir, {})
        await first.begin(2, {})
        await runSteps(first, seed, (name) => name === 'PFDEBUG')
        const copy = newFolder()
        cpSync(dir, copy, { recursive: true })
        const second = await start(peerProgram('valkey91'), copy, {})
        expect(await exactly(second)).toEqual(await exactly(first))
      },
      ROUND_TIMEOUT_MS,
    )
  }
})
