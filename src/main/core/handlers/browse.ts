import type { browse } from '../../../shared/contract/browse.ts'
import type { Latin1 } from '../../../shared/contract/types.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'

const DEFAULT_SEPARATOR = ':' as Latin1

export const browseHandlers = ({ sessions, browses }: Services) =>
  ({
    'browse.start': async ({ sessionId, db, match, types = [], separator = DEFAULT_SEPARATOR }) => {
      const started = await browses.start({ session: sessions.get(sessionId), db, match, types, separator })
      return started.progress
    },
    'browse.pause': async ({ browseId }) => {
      const held = browses.get(browseId)
      held.pause()
      return held.progress
    },
    'browse.resume': async ({ browseId }) => {
      const held = browses.get(browseId)
      held.resume()
      return held.progress
    },
    'browse.stop': async ({ browseId }) => {
      browses.stop(browseId)
      return {}
    },
    'browse.list': ({ browseId, offset, count, sort }) => browses.get(browseId).list(offset, count, sort),
    'browse.tree': ({ browseId, expanded, offset, count }) => browses.get(browseId).tree(expanded, offset, count),
  }) satisfies HandlersOf<typeof browse>
