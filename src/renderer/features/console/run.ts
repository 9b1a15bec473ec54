/*
 * What the console does: runs input, cancels, follows the backend's events.
 */
import type { ConsoleResult, ConsoleState, ConsoleStream } from '../../../shared/contract/console.ts'
import { type Failure, FailureError } from '../../../shared/contract/failure.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { isTextCommand } from '../../../shared/resp/format-cli.ts'
import { bytesToLatin1 } from '../../../shared/text/bytes.ts'
import { splitLine, splitScript } from '../../../shared/text/quote.ts'
import { ask, subscribe, toFailure } from '../../api/backend.ts'
import {
  addEntries,
  addNote,
  type CommandEntry,
  ensureView,
  findView,
  nextId,
  patchEntries,
  patchView,
  positionOf,
} from './console-store.ts'
import { decodeValues, makeReply } from './reply.ts'

/** Lines that go out together; results show as each group is answered. */
const GROUP = 100

export function wordsOf(line: string): string[] {
  const words = splitLine(line).args.map((arg) => bytesToLatin1(arg.bytes))
  return /^\d+$/.test(words[0] ?? '') && words.length > 1 ? words.slice(1) : words
}

/** Runs all commands of the input. The caller has checked that it can be read. */
export async function runInput(sessionId: string, input: string): Promise<void> {
  const script = splitScript(input)
  const view = findView(sessionId)
  if (!script.ok || !view || script.commands.length === 0) return
  const entries = script.commands.map(
    ({ text }): CommandEntry => ({
      kind: 'command',
      id: nextId(),
      line: text,
      state: 'waiting',
      position: view.position,
      replies: [],
      failures: [],
    }),
  )
  addEntries(sessionId, entries)
  patchView(sessionId, ({ runs }) => ({ runs: runs + 1 }))
  void keepInHistory(sessionId, input)
  try {
    let confirmed = false
    for (let at = 0; at < entries.length; at += GROUP) {
      const group = entries.slice(at, at + GROUP)
      const outcome = await runGroup(sessionId, group, confirmed)
      confirmed ||= outcome.confirmed
      if (outcome.goesOn) continue
      skip(sessionId, entries.slice(at + GROUP))
      return
    }
  } finally {
    patchView(sessionId, ({ runs }) => ({ runs: runs - 1 }))
  }
}

interface GroupOutcome {
  readonly goesOn: boolean
  readonly confirmed: boolean
}

async function runGroup(
  sessionId: string,
  group: readonly CommandEntry[],
  isConfirmed: boolean,
): Promise<GroupOutcome> {
  const stopOnError = findView(sessionId)?.stopOnError ?? false
  let confirmed = isConfirmed
  for (;;) {
    const startedAt = Date.now()
    patchEntries(sessionId, idsOf(group), (entry) => ({ ...entry, state: 'running', startedAt }))
    try {
      const results = await ask('console.run', {
        sessionId,
        lines: group.map(({ line }) => line),
        stopOnError,
        confirmed,
      })
      const hasFailed = await showResults(sessionId, group, results)
      return { goesOn: !(stopOnError && hasFailed), confirmed }
    } catch (error) {
      const failure = toFailure(error)
      if (failure.code === 'CONFIRMATION_REQUIRED' && !confirmed) {
        patchEntries(sessionId, idsOf(group), (entry) => ({ ...entry, state: 'waiting' }))
        confirmed = await askConfirmation(sessionId, failure)
        if (confirmed) continue
        skip(sessionId, group)
        return { goesOn: false, confirmed: false }
      }
      failGroup(sessionId, group, failure)
      return { goesOn: false, confirmed }
    }
  }
}

const idsOf = (entries: readonly CommandEntry[]): ReadonlySet<number> => new Set(entries.map(({ id }) => id))

const skip = (sessionId: string, entries: readonly CommandEntry[]): void =>
  patchEntries(sessionId, idsOf(entries), (entry) => ({ ...entry, state: 'skipped' }))

function failGroup(sessionId: string, [first, ...rest]: readonly CommandEntry[], failure: Failure): void {
  if (!first) return
  patchEntries(sessionId, new Set([first.id]), (entry) => ({ ...entry, state: 'done', failures: [failure] }))
  skip(sessionId, rest)
}

function askConfirmation(sessionId: string, failure: Failure): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (isConfirmed: boolean): void => {
      patchView(sessionId, { confirm: undefined })
      resolve(isConfirmed)
    }
    patchView(sessionId, { confirm: { failure, answer } })
  })
}

/** Fills the entries with what their commands led to; says whether one of them failed. */
async function showResults(
  sessionId: string,
  group: readonly CommandEntry[],
  results: readonly ConsoleResult[],
): Promise<boolean> {
  const filled = new Map<number, CommandEntry>()
  let position = findView(sessionId)?.position ?? positionOf({ db: 0, inTransaction: false, protocol: 2 })
  let hasFailed = false
  const looks = { readable: findView(sessionId)?.readable ?? false }
  for (const result of results) {
    const { outcome } = result
    const entry = filled.get(result.index) ?? { ...group[result.index]!, position, elapsedMs: 0 }
    const isText = outcome.kind === 'reply' && isTextCommand(wordsOf(entry.line))
    const values = outcome.kind === 'reply' ? await decodeValues(outcome.raw) : []
    const replies = values.map(({ value, raw }) => makeReply(value, raw, isText, looks))
    hasFailed ||=
      outcome.kind === 'failed' || values.some(({ value }) => value.type === 'error' || value.type === 'bulkError')
    filled.set(result.index, {
      ...entry,
      // A line that carried a password comes back without it.
      line: result.line,
      state: outcome.kind === 'skipped' ? 'skipped' : 'done',
      replies: [...entry.replies, ...replies],
      failures: outcome.kind === 'failed' ? [...entry.failures, outcome.failure] : entry.failures,
      elapsedMs: (entry.elapsedMs ?? 0) + result.elapsedMs,
    })
    if (outcome.kind !== 'skipped') position = positionOf(result)
  }
  const byId = new Map([...filled.values()].map((entry) => [entry.id, entry]))
  patchEntries(sessionId, new Set(byId.keys()), (entry) => byId.get(entry.id) ?? entry)
  patchView(sessionId, { position })
  return hasFailed
}

export async function cancelRun(sessionId: string): Promise<void> {
  const view = findView(sessionId)
  if (view?.confirm) return view.confirm.answer(false)
  try {
    const { how } = await ask('console.cancel', { sessionId })
    if (how === 'unsubscribed') addNote(sessionId, 'info', 'All subscriptions were ended.')
  } catch (error) {
    addNote(sessionId, 'warning', toFailure(error).message)
  }
}

async function keepInHistory(sessionId: string, input: string): Promise<void> {
  const entry = input.trim()
  try {
    const { kept } = await ask('console.history.add', { sessionId, input: entry })
    if (kept) patchView(sessionId, ({ history }) => ({ history: [...history.filter((old) => old !== entry), entry] }))
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    // The command runs all the same; a disk that refuses is reported by the backend's notices.
    patchView(sessionId, ({ history }) => ({ history: [...history.filter((old) => old !== entry), entry] }))
  }
}

/** Connects the console of a session; its state arrives as an event. */
export async function connectConsole(sessionId: string): Promise<void> {
  try {
    applyState(await ask('console.open', { sessionId }))
  } catch (error) {
    const failure = toFailure(error)
    patchView(sessionId, ({ state, position }) => ({
      state: { sessionId, pending: 0, ...position, ...state, connection: 'closed', failure },
    }))
  }
}

/** Once per session and page: loads its history and connects. */
export function startConsole(session: SessionInfo): void {
  follow()
  if (!ensureView(session)) return
  const { sessionId } = session
  void connectConsole(sessionId)
  ask('console.history.get', { sessionId }).then(
    (history) => patchView(sessionId, { history }),
    (error) => addNote(sessionId, 'warning', `The history could not be read: ${toFailure(error).message}`),
  )
}

let isFollowing = false
function follow(): void {
  if (isFollowing) return
  isFollowing = true
  subscribe('console.state', applyState)
  subscribe('console.stream', (stream) => void showStream(stream))
  subscribe('sessions.state', ({ sessionId, state }) => {
    const console = findView(sessionId)?.state
    // A server that is back: the console comes back with it, unless the user ended its connection.
    const wasLost = console?.connection === 'closed' && console.failure && console.failure.code !== 'CANCELLED'
    if (state === 'ready' && wasLost) void connectConsole(sessionId)
  })
}

function applyState(state: ConsoleState): void {
  const { sessionId } = state
  const view = findView(sessionId)
  if (!view) return
  const before = view.state
  const wasLost = before?.connection === 'ready' && state.connection === 'closed' && state.failure
  // While commands run their results say where the console stands, each in its turn.
  patchView(sessionId, view.runs > 0 && !wasLost ? { state } : { state, position: positionOf(state) })
  if (!wasLost || !state.failure) return
  const lost = [
    before.inTransaction &&
      (before.pending > 0
        ? 'The transaction is gone; if EXEC was on its way, it may or may not have been done.'
        : 'The transaction is gone: nothing of it was executed.'),
    before.stream && 'Nothing more will be streamed.',
  ].filter((text) => text !== false)
  addNote(sessionId, 'warning', [state.failure.message, ...lost].join(' '))
}

const STREAM_ENTRY_MAX = 200

async function showStream({ sessionId, raw, dropped }: ConsoleStream): Promise<void> {
  const view = findView(sessionId)
  if (!view) return
  const replies = (await decodeValues(raw)).map((part) => makeReply(part.value, part.raw, false, view))
  const last = findView(sessionId)?.entries.at(-1)
  if (last?.kind === 'stream' && last.replies.length + replies.length <= STREAM_ENTRY_MAX) {
    patchView(sessionId, ({ entries }) => ({
      entries: [
        ...entries.slice(0, -1),
        { ...last, replies: [...last.replies, ...replies], dropped: last.dropped + dropped },
      ],
    }))
  } else addEntries(sessionId, [{ kind: 'stream', id: nextId(), replies, dropped }])
}
