import type { streams } from '../../../shared/contract/streams.ts'
import type { KeyName, Latin1 } from '../../../shared/contract/types.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'
import type { KeyAt } from '../services/values/ask.ts'
import {
  acknowledgeEntries,
  claimEntries,
  createStreamGroup,
  type GroupAt,
  readPendingEntries,
  readStreamConsumers,
  readStreamGroups,
  removeStreamConsumer,
  removeStreamGroup,
  setStreamGroupPlace,
} from '../services/values/stream-groups.ts'
import {
  addStreamEntry,
  countStreamRange,
  readStreamEntry,
  readStreamInfo,
  readStreamPage,
  readStreamValue,
  removeStreamEntries,
  trimStream,
} from '../services/values/streams.ts'

interface Address {
  readonly sessionId: string
  readonly db: number
  readonly key: KeyName
}

export function streamsHandlers({ sessions }: Services) {
  const at = ({ sessionId, db, key }: Address): KeyAt => ({ session: sessions.get(sessionId), db, key })
  const inGroup = (request: Address & { readonly group: Latin1 }): GroupAt => ({
    ...at(request),
    group: request.group,
  })
  return {
    'streams.page': async (request) => readStreamPage(at(request), request),
    'streams.info': async (request) => readStreamInfo(at(request)),
    'streams.entry': async (request) => readStreamEntry(at(request), request.id, request.valueBytes),
    'streams.read': async (request) =>
      readStreamValue(at(request), request.id, request.index, request.offset, request.count),
    'streams.count': async (request) => countStreamRange(at(request), request),
    'streams.add': async (request) => addStreamEntry(at(request), request),
    'streams.remove': async (request) => removeStreamEntries(at(request), request.ids),
    'streams.trim': async (request) => trimStream(at(request), request.trim),
    'streams.groups': async (request) => readStreamGroups(at(request)),
    'streams.consumers': async (request) => readStreamConsumers(inGroup(request)),
    'streams.pending': async (request) => readPendingEntries(inGroup(request), request),
    'streams.createGroup': async (request) => createStreamGroup(inGroup(request), request.after),
    'streams.setGroupPlace': async (request) => setStreamGroupPlace(inGroup(request), request.after),
    'streams.removeGroup': async (request) => removeStreamGroup(inGroup(request)),
    'streams.removeConsumer': async (request) => removeStreamConsumer(inGroup(request), request.consumer),
    'streams.acknowledge': async (request) => acknowledgeEntries(inGroup(request), request.ids),
    'streams.claim': async (request) => claimEntries(inGroup(request), request),
  } satisfies HandlersOf<typeof streams>
}
