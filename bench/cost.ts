/*
 * What an operation costs at 10 thousand, 100 thousand, 1 million and 10 million
 * elements: a structure that is as fast as it should be costs the same, or a
 * little more for each step.
 *
 * Both servers hold one structure at a time and take turns. The commands are
 * made before the clock starts and go out in pipelines, so that what is measured
 * is the server's time; of several rounds the median is shown.
 */
import { connect, type Socket } from 'node:net'
import { type Random, random } from '../tests/support/random.ts'
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { missingCommands } from './peer-commands.ts'
import { encoded, pipeInto } from './pipe.ts'
import { STRUCTURES, type Structure } from './structures.ts'
import { median, type Row, type Table } from './table.ts'

const SIZES = { full: [10_000, 100_000, 1_000_000, 10_000_000], smoke: [500, 2_000] }
/** Commands of a pipeline, before its answer is waited for. */
const PIPELINE = 100
const PIPELINES = { full: 200, smoke: 2 }
/** What ends a pipeline: its answer ends all answers. */
const END_MARK = 'the-end-of-the-pipeline'
const SEED = 1

interface Options {
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly cli: string }
  readonly rounds: number
  readonly isSmoke: boolean
  readonly isPicked: (name: string) => boolean
}

export async function measureCost(options: Options): Promise<Table> {
  const rows: Row[] = []
  for (const structure of STRUCTURES.filter(({ name }) => options.isPicked(name))) {
    rows.push(...(await measure(structure, options)))
  }
  return {
    title: `cost of an operation, median of ${options.rounds}`,
    names: [options.programs[0].name, options.programs[1].name],
    rows,
    commands: [],
    notes: [`pipelines of ${PIPELINE} commands on one connection, at random places`],
  }
}

async function measure(structure: Structure, options: Options): Promise<Row[]> {
  const servers: ServerProcess[] = []
  try {
    for (const program of options.programs) servers.push(await startServer(program))
    const lacks = await Promise.all(servers.map((server) => missingCommands(server, structure.needs)))
    const sizes = options.isSmoke ? SIZES.smoke : SIZES.full
    // By question and then by size, as one reads how a cost grows.
    const rows = new Map<string, Row[]>(structure.questions.map(({ name }) => [name, []]))
    let held = 0
    for (const size of sizes) {
      for (const side of [0, 1] as const) {
        if (lacks[side]!.size === 0) await pipeInto(servers[side]!, options.tools.cli, structure.grow(held, size))
      }
      held = size
      for (const { name, ask } of structure.questions) {
        const samples: [number[], number[]] = [[], []]
        for (let round = 0; round < options.rounds; round++) {
          const pipelines = pipelinesOf(ask, random(SEED + round), size, options.isSmoke)
          for (const side of [0, 1] as const) {
            if (lacks[side]!.size === 0) samples[side].push(await timeOf(servers[side]!, pipelines))
          }
        }
        const [ours, theirs] = samples.map((list) => (list.length === 0 ? 'missing' : median(list)))
        rows.get(name)!.push({
          what: `${name} at ${size.toLocaleString('en-US')}`,
          ours: ours!,
          theirs: theirs!,
          unit: 'us',
          better: 'less',
        })
      }
    }
    return [...rows.values()].flat()
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

type Ask = Structure['questions'][number]['ask']

interface Pipelines {
  readonly texts: readonly Buffer[]
  /** One of the commands, to see that it is not refused. */
  readonly sample: readonly [string, ...string[]]
}

function pipelinesOf(ask: Ask, numbers: Random, size: number, isSmoke: boolean): Pipelines {
  const texts = Array.from({ length: isSmoke ? PIPELINES.smoke : PIPELINES.full }, () => {
    let text = ''
    for (let i = 0; i < PIPELINE; i++) text += encoded(ask(numbers, size))
    return Buffer.from(text + encoded(['ECHO', END_MARK]))
  })
  return { texts, sample: ask(numbers, size).map(String) as [string, ...string[]] }
}

/** Microseconds per command. */
async function timeOf(server: ServerProcess, { texts, sample }: Pipelines): Promise<number> {
  const client = await WireClient.open({ port: server.port })
  await client.command(...sample)
  await client.close()
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
  try {
    const start = performance.now()
    for (const text of texts) {
      socket.write(text)
      await endMark(socket)
    }
    return ((performance.now() - start) * 1000) / (texts.length * PIPELINE)
  } finally {
    socket.destroy()
  }
}

/** Resolves when what has been received ends with the mark, without reading what stands before it. */
function endMark(socket: Socket): Promise<void> {
  const end = Buffer.from(`${END_MARK}\r\n`)
  return new Promise((resolve, reject) => {
    let tail: Buffer = Buffer.alloc(0)
    const take = (chunk: Buffer): void => {
      tail =
        chunk.length >= end.length ? chunk.subarray(-end.length) : Buffer.concat([tail, chunk]).subarray(-end.length)
      if (!tail.equals(end)) return
      socket.off('data', take)
      socket.off('close', lost)
      resolve()
    }
    const lost = (): void => reject(new Error('the server closed the connection'))
    socket.on('data', take)
    socket.once('close', lost)
  })
}
