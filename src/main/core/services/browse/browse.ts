/*
 * One browse: a SCAN of one database into a key index, which windows are read
 * from while the scan goes on.
 *
 * A cursor is good for as long as the server process lives. After a reconnect
 * the scan goes on where it was if the server's run_id is the same, and begins
 * anew if it is not, or if the user may not ask.
 */
import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BrowseProgress, KeyPage, KeyRow, TreePage, TreeRow } from '../../../../shared/contract/browse.ts'
import { type Failure, type FailureCode, FailureError } from '../../../../shared/contract/failure.ts'
import type { KeyName, KeyType, Latin1 } from '../../../../shared/contract/types.ts'
import { isError } from '../../../../shared/resp/value.ts'
import { bytesToLatin1, latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { compileGlob, type GlobMatcher } from '../../../../shared/text/glob.ts'
import { toFailure } from '../../failure.ts'
import type { Log } from '../../log.ts'
import { KeyIndex, NAME_SIZE_MAX } from '../key-index/key-index.ts'
import { isTreeStale, OpenFolders, orderTree, type TreeEntry, treeWindow } from '../key-index/tree-window.ts'
import { errorText } from '../redis-client/failures.ts'
import { bytesOrNull, integerOf, itemsOf, textOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import type { Session } from '../sessions/session.ts'
import { accept } from '../values/ask.ts'
import { ScanPace } from './scan-pace.ts'

/** Progress is told at most this often. */
const PROGRESS_EVERY_MS = 200
/** How long the backend may be busy with an order before others get a turn. */
const SLICE_MS = 10
/** While keys still come in, ordering takes no more than a tenth of the time. */
const ORDER_REST = 9
const RETRY_MS = 1_000
/** An index of this size holds tens of millions of keys; beyond it, a filter serves better. */
const INDEX_SIZE_MAX = 3 * 1024 ** 3
/** In production a scan rests as long as it worked. */
const REST_MAX_MS = 100
/** Keys of a page whose TYPE is asked one by one, where SCAN cannot filter by type. */
const TYPED_COUNT_MAX = 500

/** Failures that pass when the server is back. */
const PASSING: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'CONNECTION_LOST',
  'CONNECTION_REFUSED',
  'HOST_NOT_FOUND',
  'HOST_UNREACHABLE',
  'TIMED_OUT',
  'LOADING',
  'SOCKET_MISSING',
])

export interface BrowseOptions {
  readonly session: Session
  readonly db: number
  readonly match?: Latin1
  readonly types: readonly KeyType[]
  readonly separator: Latin1
  readonly onProgress: (progress: BrowseProgress) => void
  readonly log: Log
}

export class Browse {
  readonly id = randomUUID()
  readonly #options: BrowseOptions
  readonly #matches: GlobMatcher
  readonly #pace = new ScanPace()
  readonly #stopping = new AbortController()
  #index: KeyIndex
  #state: BrowseProgress['state'] = 'scanning'
  #failure: Failure | undefined
  #cursor = '0'
  #runId: string | undefined
  #scanned = 0
  #skipped = 0
  #total: number | undefined
  #revision = 0
  #scanTypeUnknown = false
  #isRunning = false
  #workedMs = 0
  #toldAt = 0
  #tellTimer: NodeJS.Timeout | undefined
  #ordering: Promise<void> = Promise.resolve()
  #orderedAt = 0
  #orderTookMs = 0

  constructor(options: BrowseOptions) {
    this.#options = options
    this.#matches = compileGlob(options.match ?? '*')
    this.#index = this.#newIndex()
  }

  get session(): Session {
    return this.#options.session
  }

  get db(): number {
    return this.#options.db
  }

  get progress(): BrowseProgress {
    return {
      browseId: this.id,
      state: this.#state,
      scanned: this.#scanned,
      found: this.#index.count,
      skipped: this.#skipped,
      total: this.#total,
      keysPerSecond: this.#workedMs === 0 ? 0 : Math.round((this.#scanned * 1000) / this.#workedMs),
      failure: this.#failure,
      revision: this.#revision,
    }
  }

  /** Counts the keys and begins. Rejects when not even that is possible. */
  async start(): Promise<void> {
    this.#total = await this.#countKeys()
    this.#runId = await this.#askRunId()
    void this.#run()
  }

  pause(): void {
    if (this.#state !== 'scanning') return
    this.#state = 'paused'
    this.#tell()
  }

  resume(): void {
    if (this.#state !== 'paused' && this.#state !== 'failed') return
    this.#state = 'scanning'
    this.#failure = undefined
    this.#tell()
    void this.#run()
  }

  stop(): void {
    this.#stopping.abort()
    clearTimeout(this.#tellTimer)
    if (this.#state === 'scanning') this.#state = 'paused'
  }

  // What the app itself changed. A scan under way may or may not have seen it.

  added(key: KeyName, type: KeyType): void {
    const { types } = this.#options
    if (!this.#matches(key) || (types.length > 0 && !types.includes(type)) || key.length > NAME_SIZE_MAX) return
    if (this.#index.add(latin1ToBytes(key))) this.#changed()
  }

  removed(keys: readonly KeyName[]): void {
    let removed = 0
    for (const key of keys) removed += this.#index.remove(latin1ToBytes(key)) ? 1 : 0
    if (removed > 0) this.#changed()
  }

  /** `type` is what the key was shown as, and still is. */
  renamed(from: KeyName, to: KeyName): void {
    const wasKept = this.#index.has(latin1ToBytes(from))
    this.removed([from])
    // A key that the type filter let through passes it under its new name too.
    if (wasKept && this.#matches(to) && this.#index.add(latin1ToBytes(to))) this.#changed()
  }

  // Windows.

  async list(offset: number, count: number, sort: 'name' | 'found'): Promise<KeyPage> {
    if (sort === 'name') await this.#order((index) => ({ work: index.orderList(), isDue: index.isListStale }))
    const { keys, total } =
      sort === 'name' ? this.#index.listSorted(offset, count) : this.#index.listFound(offset, count)
    const rows = keys.map((name): KeyRow => ({ key: bytesToLatin1(name) as KeyName }))
    return { rows, offset, total, complete: this.#state === 'complete', revision: this.#revision }
  }

  async tree(expanded: readonly Latin1[], offset: number, count: number): Promise<TreePage> {
    const paths = expanded.map(latin1ToBytes)
    await this.#order((index) => {
      const open = new OpenFolders(index, paths)
      return { work: orderTree(index, open), isDue: isTreeStale(index, open) }
    })
    const index = this.#index
    const { entries, total } = treeWindow(index, new OpenFolders(index, paths), offset, count)
    const complete = this.#state === 'complete'
    const rows = entries.map((entry) => rowOf(index, entry, complete))
    return { rows, offset, total, complete, revision: this.#revision }
  }

  /**
   * Brings an order up to date, one request after the other and in slices. While
   * the scan goes on a window may lag behind; then it is done only when the last
   * time was long enough ago, or when it cannot be put off.
   */
  #order(prepare: (index: KeyIndex) => { work: Iterator<void>; isDue: boolean }): Promise<void> {
    const turn = this.#ordering.then(async () => {
      const { work, isDue } = prepare(this.#index)
      const restUntil = this.#orderedAt + ORDER_REST * this.#orderTookMs
      if (this.#state === 'scanning' && !isDue && performance.now() < restUntil) return
      const startedAt = performance.now()
      for (let sliceAt = startedAt; !work.next().done; ) {
        if (performance.now() - sliceAt < SLICE_MS) continue
        await nextTurn()
        sliceAt = performance.now()
      }
      this.#orderedAt = performance.now()
      this.#orderTookMs = this.#orderedAt - startedAt
    })
    this.#ordering = turn.catch(() => undefined)
    return turn
  }

  // The scan.

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    while (this.#state === 'scanning' && !this.#stopping.signal.aborted) {
      try {
        await this.#step()
      } catch (error) {
        await this.#stumble(error)
      }
    }
    this.#isRunning = false
    this.#tell()
  }

  async #step(): Promise<void> {
    const startedAt = performance.now()
    const types = this.#filterTypes()
    const count = types === 'none' ? this.#pace.count : Math.min(this.#pace.count, TYPED_COUNT_MAX)
    const reply = await this.#send([['SCAN', this.#cursor, ...this.#scanOptions(count)]])
    if (isError(reply[0]!) && this.#lacksScanType(errorText(reply[0]))) {
      this.#scanTypeUnknown = true
      return
    }
    const [cursor, list] = itemsOf(accept(this.#options, reply[0]!))
    const elapsedMs = performance.now() - startedAt
    const names = itemsOf(list!).map((item) => bytesOrNull(item)!)
    const kept = types === 'none' ? names : await this.#ofTypes(names, types)
    this.#keep(kept)
    // With a filter the server does not say how many keys it went past; it is near what it was asked for.
    const isFiltered = (this.#options.match ?? '*') !== '*' || this.#options.types.length > 0
    this.#scanned += isFiltered ? count : names.length
    if (isFiltered && this.#total !== undefined) this.#scanned = Math.min(this.#scanned, this.#total)
    this.#failure = undefined
    this.#cursor = textOf(cursor!)
    const tookMs = performance.now() - startedAt
    this.#workedMs += tookMs
    if (this.#cursor === '0') this.#complete()
    else if (this.#index.size > INDEX_SIZE_MAX) this.#stopForMemory()
    this.#pace.observe(elapsedMs, this.session.state().latencyMs)
    this.#changed()
    await this.#rest(tookMs)
  }

  #keep(names: readonly Uint8Array[]): void {
    for (const name of names) {
      if (name.length > NAME_SIZE_MAX) this.#skipped++
      else this.#index.add(name)
    }
  }

  #complete(): void {
    this.#state = 'complete'
    // What was counted at the start has come and gone since; now every key has been passed.
    this.#scanned = Math.max(this.#total ?? 0, this.#index.count)
    if (this.#options.types.length === 0 && (this.#options.match ?? '*') === '*') this.#scanned = this.#index.count
  }

  #stopForMemory(): void {
    this.#state = 'failed'
    this.#failure = {
      code: 'TOO_LARGE',
      message: `The names of ${this.#index.count.toLocaleString('en-US')} keys fill the memory set aside for them.`,
      hint: 'What is shown is right but not all. Filter by a pattern to see the rest.',
    }
  }

  /** In production others come first. Everywhere, the backend answers its other calls between two pages. */
  #rest(workedMs: number): Promise<unknown> {
    if (this.session.info.environment !== 'production') return nextTurn()
    return new Promise((resolve) => setTimeout(resolve, Math.min(REST_MAX_MS, workedMs)))
  }

  #filterTypes(): readonly KeyType[] | 'none' {
    const { types } = this.#options
    return types.length > 1 || (types.length === 1 && this.#scanTypeUnknown) ? types : 'none'
  }

  #scanOptions(count: number): string[] | (string | Uint8Array)[] {
    const { match, types } = this.#options
    const matching = match === undefined || match === '*' ? [] : ['MATCH', latin1ToBytes(match)]
    const typed = types.length === 1 && !this.#scanTypeUnknown ? ['TYPE', types[0]!] : []
    return [...matching, 'COUNT', String(count), ...typed]
  }

  /** Servers before 6.0 do not know SCAN's TYPE. */
  #lacksScanType(error: string): boolean {
    return this.#options.types.length === 1 && !this.#scanTypeUnknown && /^ERR syntax error/i.test(error)
  }

  async #ofTypes(names: readonly Uint8Array[], types: readonly KeyType[]): Promise<readonly Uint8Array[]> {
    const replies = await this.#send(names.map((name) => ['TYPE', name]))
    return names.filter((_, i) => types.includes(textOf(accept(this.#options, replies[i]!))))
  }

  /** After a failure: waits for the server and finds out whether the cursor still means something; or gives up. */
  async #stumble(error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return
    const failure = toFailure(error, this.#options.log, 'a scan')
    this.#failure = failure
    if (!PASSING.has(failure.code)) {
      this.#state = 'failed'
      return
    }
    this.#tell()
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    try {
      const runId = await this.#askRunId()
      if (runId === undefined || runId !== this.#runId) await this.#beginAnew(runId)
    } catch (again) {
      // Still away: the next step will stumble too, and come back here.
      if (!(again instanceof FailureError)) throw again
    }
  }

  async #beginAnew(runId: string | undefined): Promise<void> {
    this.#total = await this.#countKeys()
    this.#runId = runId
    this.#cursor = '0'
    this.#scanned = 0
    this.#skipped = 0
    this.#workedMs = 0
    this.#index = this.#newIndex()
    this.#changed()
  }

  /** Undefined where the user may not ask. */
  async #countKeys(): Promise<number | undefined> {
    const [reply] = await this.#send([['DBSIZE']])
    return isError(reply!) ? undefined : integerOf(reply!)
  }

  /** What changes when the server process does. Undefined where the user may not ask. */
  async #askRunId(): Promise<string | undefined> {
    const [reply] = await this.#send([['INFO', 'server']])
    return isError(reply!) ? undefined : /^run_id:(\w+)/m.exec(textOf(reply!))?.[1]
  }

  #send(commands: readonly Command[]) {
    return this.session.pipeline(commands, { db: this.#options.db, signal: this.#stopping.signal })
  }

  #newIndex = (): KeyIndex => new KeyIndex(latin1ToBytes(this.#options.separator))

  #changed(): void {
    this.#revision++
    this.#tell()
  }

  /** Tells the page, at most every PROGRESS_EVERY_MS, and the last word always. */
  #tell(): void {
    if (this.#stopping.signal.aborted || this.#tellTimer !== undefined) return
    const waitMs = this.#toldAt + PROGRESS_EVERY_MS - performance.now()
    const tell = (): void => {
      this.#tellTimer = undefined
      this.#toldAt = performance.now()
      this.#options.onProgress(this.progress)
    }
    if (waitMs <= 0) tell()
    else this.#tellTimer = setTimeout(tell, waitMs)
  }
}

function rowOf(index: KeyIndex, entry: TreeEntry, complete: boolean): TreeRow {
  const { depth } = entry
  if (entry.kind === 'key') {
    const key = bytesToLatin1(index.keyName(entry.id)) as KeyName
    const label = key.slice(index.pathSize(entry.folder)) as KeyName
    return { kind: 'key', key, path: key, label, depth }
  }
  return {
    kind: 'folder',
    path: bytesToLatin1(index.folderPath(entry.id)) as KeyName,
    label: bytesToLatin1(index.folderLabel(entry.id)) as KeyName,
    depth,
    expanded: entry.open,
    count: index.keysBeneath(entry.id),
    complete,
  }
}
