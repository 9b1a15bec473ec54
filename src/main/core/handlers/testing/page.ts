/*
 * The handlers as a page would have them, over one session with a real server:
 * for tests of what the browser asks of the backend.
 */
import type { BrowseProgress } from '../../../../shared/contract/browse.ts'
import { type Failure, FailureError } from '../../../../shared/contract/failure.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { EventHub } from '../../events.ts'
import { silentLog } from '../../log.ts'
import { BrowsesService } from '../../services/browse/browses.ts'
import type { Services } from '../../services/services.ts'
import { Session } from '../../services/sessions/session.ts'
import { browseHandlers } from '../browse.ts'
import { checkpointsHandlers } from '../checkpoints.ts'
import { hashesHandlers } from '../hashes.ts'
import { keysHandlers } from '../keys.ts'
import { listsHandlers } from '../lists.ts'
import { setsHandlers } from '../sets.ts'
import { streamsHandlers } from '../streams.ts'
import { stringsHandlers } from '../strings.ts'
import { zsetsHandlers } from '../zsets.ts'

/** One byte per character. */
export const bytes = (text: string): Uint8Array => latin1ToBytes(text)

/** Where a key of database 0 is. */
export const address = (name: string) => ({ sessionId: 's', db: 0, key: name as KeyName })

interface Login {
  readonly username?: string
  readonly password?: string
}

export type Page = Awaited<ReturnType<typeof openPage>>

export async function openPage(port: number, login: Login = {}) {
  const session = new Session({
    sessionId: 's',
    target: { connection: 'c' },
    name: 'test',
    environment: 'development',
    address: async () => ({ endpoint: { kind: 'tcp', host: '127.0.0.1', port }, db: 0, ...login }),
    now: Date.now,
    onState: () => undefined,
  })
  await session.open()
  const events = new EventHub()
  const heard: BrowseProgress[] = []
  let wake = (): void => undefined
  events.listen((frame) => {
    if (frame.name === 'browse.progress') heard.push(frame.payload)
    wake()
  })
  const services = {
    sessions: { get: () => session, askStatusOf: () => void session.askStatus() },
    events,
    now: Date.now,
    browses: new BrowsesService(events, silentLog),
  } as unknown as Services
  const until = async (browseId: string, reached: (progress: BrowseProgress) => boolean): Promise<BrowseProgress> => {
    for (;;) {
      const last = heard.findLast((progress) => progress.browseId === browseId)
      if (last && reached(last)) return last
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    session,
    heard,
    until,
    ask: {
      ...browseHandlers(services),
      ...checkpointsHandlers(services),
      ...keysHandlers(services),
      ...stringsHandlers(services),
      ...hashesHandlers(services),
      ...listsHandlers(services),
      ...setsHandlers(services),
      ...zsetsHandlers(services),
      ...streamsHandlers(services),
    },
  }
}

/** The failure of work that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof FailureError)) throw new Error(`expected a failure, got ${error}`)
  return error.failure
}
