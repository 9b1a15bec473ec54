/*
 * The consoles of all sessions: one each, made when it is first used and gone
 * with its session.
 */
import type { ConsoleResult } from '../../../../shared/contract/console.ts'
import { fail } from '../../../../shared/contract/failure.ts'
import type { EventHub } from '../../events.ts'
import type { Session } from '../sessions/session.ts'
import { Console, type ConsoleCommand, commandsOf } from './console.ts'
import { dangerOf } from './danger.ts'
import type { ConsoleDocs } from './docs.ts'

export interface RunRequest {
  readonly lines: readonly string[]
  readonly stopOnError: boolean
  readonly confirmed: boolean
}

export class Consoles {
  readonly #events: EventHub
  readonly #docs: ConsoleDocs
  readonly #consoles = new Map<string, Console>()

  constructor(events: EventHub, docs: ConsoleDocs) {
    this.#events = events
    this.#docs = docs
  }

  of(session: Session): Console {
    const known = this.#consoles.get(session.id)
    if (known) return known
    const sessionId = session.id
    const made = new Console(session, {
      state: (state) => this.#events.emit('console.state', state),
      stream: (batch) => this.#events.emit('console.stream', { sessionId, ...batch }),
    })
    this.#consoles.set(sessionId, made)
    session.onClose(() => {
      this.#consoles.delete(sessionId)
      made.close()
    })
    return made
  }

  /** Nothing is sent unless all lines can be read, and in production all that is dangerous is confirmed. */
  async run(session: Session, { lines, stopOnError, confirmed }: RunRequest): Promise<readonly ConsoleResult[]> {
    const commands = lines.flatMap(commandsOf)
    if (session.info.environment === 'production' && !confirmed) await this.#confirm(session, commands)
    return this.of(session).run(commands, stopOnError)
  }

  async #confirm(session: Session, commands: readonly ConsoleCommand[]): Promise<void> {
    const flags = await this.#docs.flags(session)
    const dangers = commands.flatMap(({ line, args }) => {
      const danger = dangerOf(args, flags)
      return danger === undefined ? [] : [{ line, danger }]
    })
    const first = dangers.at(0)
    if (!first) return
    const more = dangers.length > 1 ? ` ${dangers.length - 1} more of these commands are as dangerous.` : ''
    fail({
      code: 'CONFIRMATION_REQUIRED',
      message: `${session.info.name} is production, and ${nameOf(first.line)} ${first.danger}.${more}`,
      hint: 'Nothing was sent yet.',
      detail: dangers
        .map(({ line }) => line)
        .join('\n')
        .slice(0, 2_000),
    })
  }
}

/** For a sentence: `CONFIG SET`, `FLUSHALL`. */
function nameOf(line: string): string {
  const [name, sub] = line.replace(/^\d+\s+/, '').split(/\s+/)
  const isContainer = /^(config|client|script|function|acl|cluster|module|debug)$/i.test(name)
  return (isContainer && sub ? `${name} ${sub}` : name).toUpperCase().slice(0, 80)
}
