import { queryOptions } from '@tanstack/react-query'
import type { CommandDoc, CommandDocs } from '../../../shared/command-docs/doc.ts'
import { ask } from '../../api/backend.ts'

export const consoleKeys = {
  docs: (sessionId: string) => ['console', sessionId, 'docs'] as const,
}

export interface CommandTable extends Omit<CommandDocs, 'commands'> {
  readonly byName: ReadonlyMap<string, CommandDoc>
}

export const docsQuery = (sessionId: string) =>
  queryOptions({
    queryKey: consoleKeys.docs(sessionId),
    queryFn: async (): Promise<CommandTable> => {
      const { commands, ...about } = await ask('console.docs', { sessionId })
      return { ...about, byName: new Map(commands.map((doc) => [doc.name, doc])) }
    },
    // A server's commands change when it is another server.
    staleTime: Number.POSITIVE_INFINITY,
  })
