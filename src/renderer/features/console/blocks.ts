/*
 * The transcript as blocks, the unit that is virtual: a command line, up to
 * fifty lines of a reply, a table. A block is short enough to be drawn at once
 * and long enough that a thousand lines are twenty of them.
 */
import type { Failure } from '../../../shared/contract/failure.ts'
import type { CommandEntry, Entry, NoteEntry } from './console-store.ts'
import { type RawLines, rawLines } from './raw-lines.ts'
import type { Reply } from './reply.ts'

export const LINES_PER_BLOCK = 50
const LINE_HEIGHT = 18

/** Which reply of which entry a block belongs to. */
export interface Place {
  readonly entryId: number
  readonly index: number
}

export type Block = { readonly key: string; readonly height: number } & (
  | { readonly kind: 'dropped'; readonly count: number }
  | { readonly kind: 'head'; readonly entry: CommandEntry }
  | { readonly kind: 'lines'; readonly reply: Reply; readonly place: Place; readonly from: number; readonly to: number }
  | { readonly kind: 'raw'; readonly lines: RawLines; readonly from: number; readonly to: number }
  | { readonly kind: 'table' | 'json' | 'more'; readonly reply: Reply; readonly place: Place; readonly line: string }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'stream-dropped'; readonly count: number }
  | { readonly kind: 'note'; readonly note: NoteEntry }
)

/** Replies are immutable, so their raw lines are found once. */
const rawOf = new WeakMap<Uint8Array, RawLines>()
/** Entries too: only those that changed are cut into blocks again. */
const blocksOf = new WeakMap<Entry, readonly Block[]>()

export function toBlocks(entries: readonly Entry[], dropped: number): Block[] {
  const blocks: Block[] = []
  if (dropped > 0) blocks.push({ key: 'dropped', height: 26, kind: 'dropped', count: dropped })
  for (const entry of entries) {
    let known = blocksOf.get(entry)
    if (!known) {
      known = entryBlocks(entry)
      blocksOf.set(entry, known)
    }
    for (const block of known) blocks.push(block)
  }
  return blocks
}

function entryBlocks(entry: Entry): Block[] {
  if (entry.kind === 'note') return [{ key: `${entry.id}`, height: 26, kind: 'note', note: entry }]
  const blocks: Block[] = []
  if (entry.kind === 'command') blocks.push({ key: `${entry.id}`, height: 24, kind: 'head', entry })
  entry.replies.forEach((reply, index) => {
    addReply(blocks, reply, { entryId: entry.id, index }, entry.kind === 'command' ? entry.line : '')
  })
  if (entry.kind === 'command') {
    entry.failures.forEach((failure, i) => {
      blocks.push({ key: `${entry.id}:f${i}`, height: 72, kind: 'failure', failure })
    })
  } else if (entry.dropped > 0) {
    blocks.push({ key: `${entry.id}:d`, height: 26, kind: 'stream-dropped', count: entry.dropped })
  }
  return blocks
}

function addReply(blocks: Block[], reply: Reply, place: Place, line: string): void {
  const key = `${place.entryId}:${place.index}`
  if (reply.view === 'table' || reply.view === 'json') {
    blocks.push({ key: `${key}:${reply.view}`, height: 240, kind: reply.view, reply, place, line })
    return
  }
  const raw = reply.view === 'raw' ? linesOfRaw(reply) : undefined
  const total = raw?.lineCount ?? reply.text.lineCount
  const shown = Math.min(total, reply.linesShown)
  for (let from = 0; from < shown; from += LINES_PER_BLOCK) {
    const to = Math.min(shown, from + LINES_PER_BLOCK)
    const common = { key: `${key}:${reply.view}${from}`, height: (to - from) * LINE_HEIGHT, from, to }
    blocks.push(raw ? { ...common, kind: 'raw', lines: raw } : { ...common, kind: 'lines', reply, place })
  }
  if (shown < total) blocks.push({ key: `${key}:more`, height: 30, kind: 'more', reply, place, line })
}

export function linesOfRaw({ raw }: Reply): RawLines {
  let lines = rawOf.get(raw)
  if (!lines) {
    lines = rawLines(raw)
    rawOf.set(raw, lines)
  }
  return lines
}
