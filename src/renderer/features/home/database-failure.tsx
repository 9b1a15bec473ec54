import type { Failure, PortOwner } from '../../../shared/contract/failure.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote, FailureNote } from '../../ui/error-note.tsx'

export interface DatabaseFailureProps {
  readonly failure: Failure
  readonly onStart: (port: number) => void
}

/** Why a local database does not run; for a taken port, who holds it and the way out in one click. */
export function DatabaseFailure({ failure, onStart }: DatabaseFailureProps) {
  const { port: owner } = failure
  if (!owner) return <FailureNote failure={failure} />
  return (
    <ErrorNote
      what={`Port ${owner.port} is taken by ${ownerWords(owner)}`}
      todo={`Stop what holds it, or start this database on another port.`}
      words={failure.detail}
      actions={
        owner.nextFree !== undefined && (
          <Button size="small" variant="primary" onClick={() => onStart(owner.nextFree ?? owner.port)}>
            Start on port {owner.nextFree}
          </Button>
        )
      }
    />
  )
}

/** "a redis server 7.0.15 (redis-server, process 4242)", as far as it is known. */
export function ownerWords({ server, version, process, pid }: PortOwner): string {
  const what = server ? `a ${server} server${version ? ` ${version}` : ''}` : (process ?? 'another program')
  const who = [server ? process : undefined, pid === undefined ? undefined : `process ${pid}`].filter(Boolean)
  return who.length > 0 ? `${what} (${who.join(', ')})` : what
}
