/*
 * What one session sent to its server. It is bounded, because a night of
 * monitoring must not fill the memory; the count of commands is not.
 */
import type { LedgerEntry, LedgerPage } from '../../../../shared/contract/ledger.ts'
import { describeCommand } from './describe-command.ts'

export type LedgerSource = LedgerEntry['source']

/** About 2 MB at the length describeCommand allows. */
const ENTRIES_MAX = 10_000

export class Ledger {
  // A ring: the entry with number n lies at (n - 1) % ENTRIES_MAX.
  readonly #ring: LedgerEntry[] = []
  #lastNumber = 0
  #commandsSent = 0

  get commandsSent(): number {
    return this.#commandsSent
  }

  record(source: LedgerSource, args: readonly (string | Uint8Array)[], at: number): void {
    this.#commandsSent++
    const command = describeCommand(args)
    const last = this.#entry(this.#lastNumber)
    // A status poll repeats itself every few seconds; it must not push out what happened in between.
    const repeated = last !== undefined && last.source === source && last.command === command
    if (!repeated) this.#lastNumber++
    const entry = { number: this.#lastNumber, at, source, command, count: repeated ? last.count + 1 : 1 }
    this.#ring[(this.#lastNumber - 1) % ENTRIES_MAX] = entry
  }

  /** Newest first. */
  page(offset: number, count: number): LedgerPage {
    const total = Math.min(this.#lastNumber, ENTRIES_MAX)
    const rows: LedgerEntry[] = []
    for (let i = offset; i < Math.min(offset + count, total); i++) {
      const entry = this.#entry(this.#lastNumber - i)
      if (entry) rows.push(entry)
    }
    return { rows, offset, total, commandsSent: this.#commandsSent }
  }

  #entry(number: number): LedgerEntry | undefined {
    return number < 1 ? undefined : this.#ring[(number - 1) % ENTRIES_MAX]
  }
}
