/*
 * What a list says, for people: a table with a line for each, and numbers to the right.
 */
import { printable } from './printable.ts'

export interface Column<T> {
  readonly title: string
  readonly text: (one: T) => string
  readonly isNumber?: boolean
}

export function tableOf<T>(all: readonly T[], columns: readonly Column<T>[]): string {
  const rows = [columns.map(({ title }) => title), ...all.map((one) => columns.map(({ text }) => printable(text(one))))]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  const lines = rows.map((row) =>
    row.map((cell, i) => (columns[i]!.isNumber ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  '),
  )
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}
