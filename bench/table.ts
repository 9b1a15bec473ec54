/*
 * What a measurement looks like: one row per figure, both servers and their ratio.
 */

/** `missing`: the server lacks a command that it takes. */
export type Figure = number | 'missing'

export interface Row {
  readonly what: string
  readonly ours: Figure
  readonly theirs: Figure
  readonly unit: string
  /** Which direction is good, for the word after the ratio. */
  readonly better: 'more' | 'less'
}

export interface Table {
  readonly title: string
  readonly names: readonly [ours: string, theirs: string]
  readonly rows: readonly Row[]
  /** How to get the same figures by hand. */
  readonly commands: readonly string[]
  /** What was found beside the comparison. */
  readonly notes: readonly string[]
}

export function printTable(table: Table): void {
  const lines = [
    [table.title, table.names[0], table.names[1], 'ratio', ''],
    ...table.rows.map((row) => {
      const ratio = Number(row.ours) / Number(row.theirs)
      const verdict = Number.isFinite(ratio) ? `${ratio.toFixed(2)}x` : '-'
      return [row.what, figure(row.ours, row.unit), figure(row.theirs, row.unit), verdict, `${row.better} is better`]
    }),
  ]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  console.log('')
  for (const [i, line] of lines.entries()) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    )
    console.log(cells.join('  ').trimEnd())
    if (i === 0) console.log('-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2)))
  }
  for (const note of table.notes) console.log(`  ${note}`)
  for (const command of table.commands) console.log(`  $ ${command}`)
}

function figure(value: Figure, unit: string): string {
  if (value === 'missing') return value
  if (!Number.isFinite(value)) return 'n/a'
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : 2
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })} ${unit}`
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
