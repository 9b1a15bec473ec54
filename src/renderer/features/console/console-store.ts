/*
 * The consoles of this page, one per session. They outlive the component that
 * shows them: going to the browser and back, or another database, loses nothing.
 */
import { create } from 'zustand'
import type { ConsoleResult, ConsoleState } from '../../../shared/contract/console.ts'
import type { Failure } from '../../../shared/contract/failure.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import type { Position } from './prompt.ts'
import { cliText, LINES_SHOWN, type Looks, type Reply, type ReplyView } from './reply.ts'

/** One thing that happened, in the order it did. */
export type Entry = CommandEntry | StreamEntry | NoteEntry

export interface CommandEntry {
  readonly kind: 'command'
  readonly id: number
  readonly line: string
  readonly state: 'waiting' | 'running' | 'done' | 'skipped'
  /** Where the console stood when it ran. */
  readonly position: Position
  readonly replies: readonly Reply[]
  readonly failures: readonly Failure[]
  readonly startedAt?: number
  readonly elapsedMs?: number
}

/** Messages, or lines of MONITOR. */
export interface StreamEntry {
  readonly kind: 'stream'
  readonly id: number
  readonly replies: readonly Reply[]
  readonly dropped: number
}

/** What the console itself has to say. */
export interface NoteEntry {
  readonly kind: 'note'
  readonly id: number
  readonly tone: 'info' | 'warning'
  readonly text: string
}

/** A run that waits for a yes. */
export interface PendingConfirm {
  readonly failure: Failure
  readonly answer: (isConfirmed: boolean) => void
}

export interface ConsoleView extends Looks {
  readonly session: SessionInfo
  readonly entries: readonly Entry[]
  /** Entries that gave way, because the transcript would have grown without end. */
  readonly dropped: number
  readonly position: Position
  readonly state: ConsoleState | undefined
  readonly runs: number
  readonly confirm: PendingConfirm | undefined
  readonly history: readonly string[]
  /** What is typed and not sent. */
  readonly draft: string
  readonly stopOnError: boolean
}

/** Lines a page holds well; the oldest entries give way beyond it. */
const ENTRIES_MAX = 5_000

interface Consoles {
  readonly views: ReadonlyMap<string, ConsoleView>
}
export const useConsoles = create<Consoles>(() => ({ views: new Map() }))

export const findView = (sessionId: string): ConsoleView | undefined => useConsoles.getState().views.get(sessionId)

export const useConsoleView = (sessionId: string): ConsoleView | undefined =>
  useConsoles(({ views }) => views.get(sessionId))

/** Makes the view when there is none; says whether it did. */
export function ensureView(session: SessionInfo): boolean {
  const known = findView(session.sessionId)
  if (known) {
    if (known.session !== session) patchView(session.sessionId, { session })
    return false
  }
  const fresh: ConsoleView = {
    session,
    entries: [],
    dropped: 0,
    position: { db: session.db, inTransaction: false, protocol: 2 },
    state: undefined,
    runs: 0,
    confirm: undefined,
    history: [],
    draft: '',
    stopOnError: false,
    readable: false,
  }
  const before = findByTarget(session)
  const view = before ? continued(before, fresh) : fresh
  useConsoles.setState(({ views }) => {
    const next = new Map(views)
    if (before) next.delete(before.session.sessionId)
    return { views: next.set(session.sessionId, view) }
  })
  return true
}

/** A target has one session on a page; another id is that of a session that is gone. */
function findByTarget({ target }: SessionInfo): ConsoleView | undefined {
  const wanted = JSON.stringify(target)
  return [...useConsoles.getState().views.values()].find(({ session }) => JSON.stringify(session.target) === wanted)
}

/** The transcript goes on in the new session: opened again, or lost with a backend that was started anew. */
function continued({ entries, dropped, draft, stopOnError, readable }: ConsoleView, fresh: ConsoleView): ConsoleView {
  const settled = entries.map((entry): Entry => {
    if (entry.kind !== 'command' || entry.state === 'done') return entry
    return entry.state === 'running'
      ? { ...entry, state: 'done', failures: [SESSION_GONE] }
      : { ...entry, state: 'skipped' }
  })
  const note: Entry = { kind: 'note', id: nextId(), tone: 'info', text: 'A new session began here.' }
  return { ...fresh, entries: settled.length > 0 ? [...settled, note] : [], dropped, draft, stopOnError, readable }
}

const SESSION_GONE: Failure = {
  code: 'CONNECTION_LOST',
  message: 'The session ended while this was running; it may or may not have been done.',
}

export function patchView(
  sessionId: string,
  change: Partial<ConsoleView> | ((view: ConsoleView) => Partial<ConsoleView>),
): void {
  useConsoles.setState(({ views }) => {
    const view = views.get(sessionId)
    if (!view) return { views }
    return {
      views: new Map(views).set(sessionId, { ...view, ...(typeof change === 'function' ? change(view) : change) }),
    }
  })
}

let lastId = 0
export const nextId = (): number => ++lastId

export function addEntries(sessionId: string, added: readonly Entry[]): void {
  patchView(sessionId, ({ entries, dropped }) => {
    const all = [...entries, ...added]
    const over = Math.max(0, all.length - ENTRIES_MAX)
    return { entries: over > 0 ? all.slice(over) : all, dropped: dropped + over }
  })
}

export const addNote = (sessionId: string, tone: NoteEntry['tone'], text: string): void =>
  addEntries(sessionId, [{ kind: 'note', id: nextId(), tone, text }])

export function patchEntries(
  sessionId: string,
  ids: ReadonlySet<number>,
  change: (entry: CommandEntry) => CommandEntry,
): void {
  patchView(sessionId, ({ entries }) => ({
    entries: entries.map((entry) => (entry.kind === 'command' && ids.has(entry.id) ? change(entry) : entry)),
  }))
}

/** Another way to look at one reply. */
export function patchReply(sessionId: string, entryId: number, index: number, change: Partial<Reply>): void {
  patchView(sessionId, ({ entries }) => ({
    entries: entries.map((entry) =>
      entry.id !== entryId || entry.kind === 'note'
        ? entry
        : { ...entry, replies: entry.replies.map((reply, i) => (i === index ? { ...reply, ...change } : reply)) },
    ),
  }))
}

export const showAs = (sessionId: string, entryId: number, index: number, view: ReplyView): void =>
  patchReply(sessionId, entryId, index, { view })

export function showMore(sessionId: string, entryId: number, index: number, reply: Reply): void {
  patchReply(sessionId, entryId, index, {
    linesShown: Math.min(reply.text.lineCount, reply.linesShown + 4 * LINES_SHOWN),
  })
}

export function setReadable(sessionId: string, readable: boolean): void {
  patchView(sessionId, ({ entries }) => ({
    readable,
    entries: entries.map((entry) =>
      entry.kind === 'note'
        ? entry
        : {
            ...entry,
            replies: entry.replies.map((reply) => ({
              ...reply,
              text: cliText(reply.value, reply.isText, { readable }),
            })),
          },
    ),
  }))
}

export const clearEntries = (sessionId: string): void => patchView(sessionId, { entries: [], dropped: 0 })

/** Where the console stands after a result. */
export const positionOf = ({ db, inTransaction, protocol }: Position | ConsoleResult | ConsoleState): Position => ({
  db,
  inTransaction,
  protocol,
})
