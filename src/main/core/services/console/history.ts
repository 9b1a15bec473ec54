/*
 * What was typed, one small file per connection or local database. Input that
 * carries a secret never gets here.
 */
import { join } from 'node:path'
import * as v from 'valibot'
import type { SessionTarget } from '../../../../shared/contract/sessions.ts'
import { splitLine, splitScript } from '../../../../shared/text/quote.ts'
import { readJsonFile, writeFileAtomically } from '../../atomic-file.ts'
import { carriesSecret } from '../ledger/describe-command.ts'
import type { Notices } from '../notices.ts'

const ENTRIES_MAX = 1_000
/** A value pasted into a SET is not worth keeping, and would make every later write of the file long. */
const ENTRY_SIZE_MAX = 16_384

interface Opened {
  entries: string[]
  /** Writes happen one after the other; the last one wins on disk too. */
  writing: Promise<void>
  isWriteWanted: boolean
}

export class ConsoleHistory {
  readonly #dir: string
  readonly #notices: Notices
  readonly #opened = new Map<string, Promise<Opened>>()

  constructor(dataDir: string, notices: Notices) {
    this.#dir = join(dataDir, 'console-history')
    this.#notices = notices
  }

  /** Newest last. */
  async list(target: SessionTarget, count: number): Promise<readonly string[]> {
    const { entries } = await this.#open(target)
    return entries.slice(-count)
  }

  /** Answers whether it was kept. What was typed before already moves to the end. */
  async add(target: SessionTarget, input: string): Promise<boolean> {
    const entry = input.trim()
    if (!mayBeKept(entry)) return false
    const opened = await this.#open(target)
    opened.entries = [...opened.entries.filter((old) => old !== entry), entry].slice(-ENTRIES_MAX)
    await this.#write(this.#path(target), opened)
    return true
  }

  #path(target: SessionTarget): string {
    const name = 'connection' in target ? `connection-${target.connection}` : `database-${target.database}`
    // Ids are ours, but they came over the wire: nothing in them may lead out of the folder.
    return join(this.#dir, `${encodeURIComponent(name).replaceAll('.', '%2E')}.json`)
  }

  #open(target: SessionTarget): Promise<Opened> {
    const path = this.#path(target)
    let opened = this.#opened.get(path)
    if (!opened) {
      opened = this.#read(path)
      this.#opened.set(path, opened)
      // A file that could not be read is tried again by the next caller.
      opened.catch(() => this.#opened.delete(path))
    }
    return opened
  }

  async #read(path: string): Promise<Opened> {
    const { value, setAside } = await readJsonFile(
      path,
      (json) => v.parse(v.array(v.string()), json),
      this.#notices.now(),
    )
    if (setAside) this.#notices.fileSetAside('the console history', setAside)
    return { entries: value ?? [], writing: Promise.resolve(), isWriteWanted: false }
  }

  /** One write for all that is added while another write is under way. */
  #write(path: string, opened: Opened): Promise<void> {
    if (opened.isWriteWanted) return opened.writing
    opened.isWriteWanted = true
    const written = opened.writing
      // The write before told its own caller when it failed.
      .catch(() => undefined)
      .then(() => {
        opened.isWriteWanted = false
        return writeFileAtomically(path, JSON.stringify(opened.entries))
      })
    opened.writing = written
    return written
  }
}

function mayBeKept(input: string): boolean {
  if (input === '' || input.length > ENTRY_SIZE_MAX) return false
  const script = splitScript(input)
  // What cannot be cut into words cannot be searched for secrets either.
  if (!script.ok) return false
  return script.commands.every(({ text }) => {
    const line = splitLine(text)
    return line.ok && !carriesSecret(withoutRepeat(line.args.map((arg) => arg.bytes)))
  })
}

/** `3 AUTH x` repeats a command, and must not hide it. */
function withoutRepeat(args: readonly Uint8Array[]): readonly Uint8Array[] {
  return args.length > 1 && args[0].every((byte) => byte >= 0x30 && byte <= 0x39) ? args.slice(1) : args
}
