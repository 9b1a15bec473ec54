/*
 * The command table: every CommandSpec folded into a Command whose flags are
 * bits and whose categories are derived, found by the bytes of a request's
 * first argument in any case, without making a string of them.
 */
import type { Slice } from '../base/slice.ts'
import type { Call } from './call.ts'
import type { CommandSpec } from './command.ts'
import { ADMIN, BLOCKING, FAST, foldFlags, PUBSUB, READONLY, WRITE } from './flags.ts'
import { gatesOf } from './gates.ts'

/** The category that a group implies. Groups not named imply none. */
const GROUP_CATEGORY: Readonly<Partial<Record<CommandSpec['group'], string>>> = {
  string: 'string',
  hash: 'hash',
  list: 'list',
  set: 'set',
  'sorted-set': 'sortedset',
  stream: 'stream',
  bitmap: 'bitmap',
  hyperloglog: 'hyperloglog',
  geo: 'geo',
  pubsub: 'pubsub',
  scripting: 'scripting',
  connection: 'connection',
  transactions: 'transaction',
}

/** One command or subcommand of a running server, with its statistics. */
export class Command {
  /** In lower case; a subcommand's begins with its container's: `client|list`. */
  readonly name: string
  readonly spec: CommandSpec
  readonly container: Command | undefined
  readonly arity: number
  readonly flags: number
  /** The conditions (exec/gates.ts) in which the command is not simply run. */
  readonly gates: number
  /** Runs for a moment only: the time of several in a row is taken together. */
  readonly isBrief: boolean
  readonly run: ((c: Call) => void) | undefined
  readonly subcommands: CommandIndex | undefined
  /** Without the @, sorted. */
  readonly categories: readonly string[]

  calls = 0
  microseconds = 0
  /** Refused before it ran: arity, rights, memory. */
  rejected = 0
  /** Ran and answered an error. */
  failed = 0

  constructor(spec: CommandSpec, container?: Command) {
    this.spec = spec
    this.container = container
    this.name = container ? `${container.name}|${spec.name}` : spec.name
    this.arity = spec.arity
    this.flags = foldFlags(spec.flags)
    this.gates = gatesOf(this.name, this.flags)
    this.isBrief = (this.flags & (FAST | BLOCKING)) === FAST
    this.run = spec.run
    this.categories = categoriesOf(spec, this.flags)
    this.subcommands = spec.subcommands && new CommandIndex(spec.subcommands.map((sub) => new Command(sub, this)))
  }

  /** Whether a request of `argc` arguments has the right number of them. */
  accepts(argc: number): boolean {
    return this.arity >= 0 ? argc === this.arity : argc >= -this.arity
  }

  resetStats(): void {
    this.calls = 0
    this.microseconds = 0
    this.rejected = 0
    this.failed = 0
  }
}

function categoriesOf(spec: CommandSpec, flags: number): string[] {
  const found = new Set(spec.categories)
  // A container is only a name: the categories that a group implies are its subcommands'.
  const implied = spec.subcommands ? undefined : GROUP_CATEGORY[spec.group]
  if (implied) found.add(implied)
  // Generic commands work on keys of any type; the few that do not (SORT, WAIT) name their own categories.
  if (spec.group === 'generic' && !spec.categories && !spec.subcommands) found.add('keyspace')
  if (flags & WRITE) found.add('write')
  if (flags & READONLY && spec.group !== 'scripting') found.add('read')
  if (flags & ADMIN) found.add('admin').add('dangerous')
  if (flags & PUBSUB) found.add('pubsub')
  if (flags & BLOCKING) found.add('blocking')
  found.add(flags & FAST ? 'fast' : 'slow')
  return [...found].sort()
}

/**
 * Commands by name: open addressing over a hash that ignores case, at most half full.
 * Built once, so a probe always ends at an empty place.
 */
export class CommandIndex {
  readonly all: readonly Command[]
  private readonly slots: (Command | undefined)[]
  private readonly words: (Uint8Array | undefined)[]
  private readonly mask: number

  constructor(commands: readonly Command[]) {
    this.all = commands
    let places = 8
    while (places < commands.length * 2) places *= 2
    this.mask = places - 1
    this.slots = new Array<Command | undefined>(places).fill(undefined)
    this.words = new Array<Uint8Array | undefined>(places).fill(undefined)
    for (const command of commands) this.insert(command)
  }

  private insert(command: Command): void {
    const word = Uint8Array.from(command.spec.name, (c) => c.charCodeAt(0))
    let place = hashOf(word, 0, word.length) & this.mask
    for (let held = this.slots[place]; held; held = this.slots[place]) {
      if (held.spec.name === command.spec.name) throw new Error(`command '${command.name}' is defined twice`)
      place = (place + 1) & this.mask
    }
    this.slots[place] = command
    this.words[place] = word
  }

  find(name: Slice): Command | undefined {
    const { buf, at, size } = name
    let place = hashOf(buf, at, size) & this.mask
    for (;;) {
      const word = this.words[place]
      if (word === undefined) return undefined
      if (word.length === size && sameWord(word, buf, at)) return this.slots[place]
      place = (place + 1) & this.mask
    }
  }
}

/** Setting bit 5 makes letters lower case; what it does to other bytes only costs a comparison. */
function hashOf(buf: Uint8Array, at: number, size: number): number {
  let hash = size
  for (let i = at, end = at + size; i < end; i++) hash = (Math.imul(hash, 31) + (buf[i] | 32)) | 0
  return hash ^ (hash >>> 15)
}

function sameWord(word: Uint8Array, buf: Uint8Array, at: number): boolean {
  for (let i = 0; i < word.length; i++) {
    let c = buf[at + i]
    if (c >= 65 && c <= 90) c += 32
    if (c !== word[i]) return false
  }
  return true
}

/** The commands of one server. */
export class CommandTable extends CommandIndex {
  constructor(specs: readonly CommandSpec[]) {
    super(specs.map((spec) => new Command(spec)))
  }

  /** Every command and subcommand. */
  *everything(): Iterable<Command> {
    for (const command of this.all) {
      yield command
      if (command.subcommands) yield* command.subcommands.all
    }
  }

  /** By a full name as COMMAND LIST prints it: `get`, `client|list`. */
  byName(name: Slice): Command | undefined {
    const bar = name.view().indexOf(124)
    if (bar < 0) return this.find(name)
    const { buf, at, size } = name
    const container = this.find(name.copy().aim(buf, at, bar))
    return container?.subcommands?.find(name.copy().aim(buf, at + bar + 1, size - bar - 1))
  }

  resetStats(): void {
    for (const command of this.everything()) command.resetStats()
  }
}
