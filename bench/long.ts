/*
 * Commands that take long because a value is big: the processor time from the
 * command's first byte to the end of its answer, in which the server serves
 * nobody else, on the values of long-commands.ts. What is freed later, in slices
 * or by another thread, has a row of its own.
 *
 * A server of its own for each family and side, which take turns.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { type Argument, type Command, FAMILIES, type LongCommand, STRING_BYTES } from './long-commands.ts'
import { runSeconds } from './process-usage.ts'
import { median, type Row, type Table } from './table.ts'

interface Options {
  readonly programs: readonly [Program, Program]
  readonly rounds: number
  readonly items: number
  readonly isPicked: (name: string) => boolean
}

/** Loading sends so many bytes before it waits for their answers. */
const PIECE_BYTES = 256 * 1024
/** How often it is asked whether all that was to be freed later is. */
const POLL_MS = 5
const MARK = '\r\nthis-is-the-end\r\n'

export async function measureLong(options: Options): Promise<Table> {
  const rows: Row[] = []
  for (const family of FAMILIES) {
    const picked = family.commands.filter(({ name }) => options.isPicked(`${family.name} ${name}`))
    if (picked.length === 0) continue
    const sides: Side[] = []
    try {
      for (const program of options.programs) sides.push(await Side.start(program))
      for (const side of sides) await side.load(family.load(options.items))
      for (const command of picked)
        rows.push(...(await rowsOf(`${family.name}: ${command.name}`, command, sides, options)))
    } finally {
      await Promise.all(sides.map((side) => side.stop()))
    }
  }
  return {
    title: `server CPU until the answer, ${options.items.toLocaleString('en-US')} items, median of ${options.rounds}`,
    names: [options.programs[0].name, options.programs[1].name],
    rows,
    commands: [],
    notes: [`the string has ${STRING_BYTES} bytes an item`],
  }
}

async function rowsOf(what: string, command: LongCommand, sides: readonly Side[], options: Options): Promise<Row[]> {
  const taken: { readonly now: number[]; readonly later: number[] }[] = sides.map(() => ({ now: [], later: [] }))
  // What empties the server can be measured once.
  const rounds = command.before === undefined && command.isFreedLater === true ? 1 : options.rounds
  for (let round = 0; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      const { now, later } = await side.measure(command, options.items)
      taken[i]!.now.push(now)
      taken[i]!.later.push(later)
    }
  }
  const row = (name: string, pick: 'now' | 'later'): Row => {
    const [ours, theirs] = taken.map((times) => median(times[pick]) * 1000)
    return { what: name, ours: ours!, theirs: theirs!, unit: 'ms', better: 'less' }
  }
  return command.isFreedLater ? [row(what, 'now'), row('  with what is freed later', 'later')] : [row(what, 'now')]
}

/** One server and the connection to it. */
class Side {
  private readonly server: ServerProcess
  private readonly socket: Socket

  static async start(program: Program): Promise<Side> {
    const server = await startServer(program)
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new Side(server, socket)
  }

  private constructor(server: ServerProcess, socket: Socket) {
    this.server = server
    this.socket = socket
  }

  async load(commands: Iterable<Command>): Promise<void> {
    let piece: Uint8Array[] = []
    let size = 0
    for (const command of commands) {
      const bytes = encoded(command)
      piece.push(bytes)
      size += bytes.length
      if (size < PIECE_BYTES) continue
      await this.ask(Buffer.concat(piece))
      piece = []
      size = 0
    }
    await this.ask(Buffer.concat(piece))
  }

  /** Seconds of processor time until the answer, and until nothing of it is left to do. */
  async measure(command: LongCommand, items: number): Promise<{ now: number; later: number }> {
    let dumped: Uint8Array = new Uint8Array(0)
    for (const before of command.before?.(items) ?? []) dumped = bulk(await this.ask(encoded(before)))
    const request = encoded(command.command(items, dumped))
    const start = runSeconds(this.server.pid)
    const answer = await this.ask(request)
    const now = runSeconds(this.server.pid) - start
    if (command.isFreedLater) await this.settle()
    const later = runSeconds(this.server.pid) - start
    if (answer[0] === '-'.charCodeAt(0))
      throw new Error(`${this.server.name}, ${command.name}: ${answer.subarray(0, 200)}`)
    await this.ask(encoded(['DEL', 'tmp']))
    await this.settle()
    return { now, later }
  }

  /** Resolves when nothing is left to be freed. */
  private async settle(): Promise<void> {
    for (;;) {
      const info = await this.ask(encoded(['INFO', 'memory']))
      if (/lazyfree_pending_objects:0\r/.test(info.toString('latin1'))) return
      await new Promise((done) => setTimeout(done, POLL_MS))
    }
  }

  /** Sends it and resolves with all that is answered, whatever it is: a second command says where it ends. */
  private async ask(request: Uint8Array): Promise<Buffer> {
    const chunks: Buffer[] = []
    let tail = ''
    const answered = new Promise<void>((done, fail) => {
      const receive = (chunk: Buffer): void => {
        chunks.push(chunk)
        tail = (tail + chunk.subarray(-MARK.length).toString('latin1')).slice(-MARK.length)
        if (tail !== MARK) return
        this.socket.off('data', receive).off('close', close)
        done()
      }
      const close = (): void => fail(new Error(`${this.server.name} hung up:\n${this.server.output()}`))
      this.socket.on('data', receive).once('close', close)
    })
    this.socket.write(request)
    this.socket.write(encoded(['ECHO', MARK.trim()]))
    await answered
    return Buffer.concat(chunks)
  }

  async stop(): Promise<void> {
    this.socket.destroy()
    await this.server.stop()
  }
}

/** The bytes of the bulk string that an answer begins with; else nothing that matters. */
function bulk(answer: Buffer): Uint8Array {
  const at = answer.indexOf('\r\n') + 2
  return answer.subarray(at, at + Number(answer.toString('latin1', 1, at)))
}

function encoded(command: Command): Uint8Array {
  const parts: Buffer[] = []
  let text = `*${command.length}\r\n`
  for (const argument of command) {
    if (typeof argument === 'object') {
      parts.push(Buffer.from(`${text}$${argument.length}\r\n`), Buffer.from(argument))
      text = '\r\n'
    } else text += bulkText(argument)
  }
  parts.push(Buffer.from(text))
  return Buffer.concat(parts)
}

/** Of ASCII. */
function bulkText(argument: Exclude<Argument, Uint8Array>): string {
  const word = String(argument)
  return `$${word.length}\r\n${word}\r\n`
}
