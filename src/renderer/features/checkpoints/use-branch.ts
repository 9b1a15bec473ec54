import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CheckpointPlace, Moment } from '../../../shared/contract/checkpoints.ts'
import { ask, toFailure } from '../../api/backend.ts'
import { databasesKey } from '../../api/databases.ts'
import type { ToastMessage } from '../../ui/toast.tsx'
import { checkpointsKeys } from './queries.ts'

export interface NewBranch {
  readonly place: CheckpointPlace
  readonly name: string
  readonly from: Moment | undefined
  /** Makes a local database of it. */
  readonly database?: { readonly of: string; readonly port: number | undefined; readonly start: boolean }
}

/**
 * Makes a branch, then the database on it, then starts that. A second attempt
 * goes on where the first one failed: `made` is the branch that is there already.
 */
export function useBranch() {
  const client = useQueryClient()
  const [made, setMade] = useState<string>()
  const mutation = useMutation({
    mutationFn: async ({ place, name, from, database }: NewBranch): Promise<ToastMessage> => {
      if (made !== name) await ask('branches.create', { place, name, ...(from !== undefined && { from }) })
      setMade(name)
      if (!database) return { kind: 'ok', title: `Branched as “${name}”`, description: 'Its folder is in the list.' }
      return openBranch({ ...database, branch: name, name })
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: checkpointsKeys.all }),
        client.invalidateQueries({ queryKey: databasesKey }),
      ]),
  })
  return { ...mutation, made }
}

export interface BranchToOpen {
  readonly of: string
  readonly branch: string
  readonly name: string
  readonly port: number | undefined
  readonly start: boolean
}

/** A local database on a branch. That it does not start is told, and no failure of this: it is there. */
export async function openBranch({ of, branch, name, port, start }: BranchToOpen): Promise<ToastMessage> {
  const database = await ask('databases.create', {
    name,
    ...(port !== undefined && { port }),
    branch: { of, name: branch },
    start: false,
  })
  if (!start) return { kind: 'ok', title: `${name} is on Home`, description: 'It has not been started yet.' }
  try {
    const { port } = await ask('databases.start', { id: database.id })
    return { kind: 'ok', title: `${name} runs`, description: `127.0.0.1:${port}` }
  } catch (error) {
    const { message, detail } = toFailure(error)
    return {
      kind: 'error',
      title: `${name} is there, but did not start`,
      description: [message, detail].filter(Boolean).join('\n'),
    }
  }
}
