/*
 * How long a server takes from the start of its process to its first PONG.
 */
import { type Program, startServer } from '../tests/support/server-process.ts'
import { median, type Table } from './table.ts'

export async function measureStart(options: {
  readonly programs: readonly [Program, Program]
  readonly rounds: number
}): Promise<Table> {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < options.rounds; round++) {
    for (const side of [0, 1] as const) {
      const server = await startServer(options.programs[side])
      times[side].push(server.startedInMs)
      await server.stop()
    }
  }
  return {
    title: `start, median of ${options.rounds}`,
    names: [options.programs[0].name, options.programs[1].name],
    rows: [
      { what: 'process start to PONG', ours: median(times[0]), theirs: median(times[1]), unit: 'ms', better: 'less' },
    ],
    commands: [],
    notes: [],
  }
}
