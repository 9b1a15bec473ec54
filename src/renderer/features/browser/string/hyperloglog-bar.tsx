import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { toFailure } from '../../../api/backend.ts'
import { formatExact } from '../../../lib/format-count.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog, Sends } from '../../../ui/dialog.tsx'
import { FailureNote } from '../../../ui/error-note.tsx'
import { Field } from '../../../ui/field.tsx'
import { toast } from '../../../ui/toast.tsx'
import css from '../browser.module.css'
import { parseName, showCommand } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import type { Place } from '../view-state.ts'
import type { HyperLogLogHeader } from './hyperloglog.ts'

export interface HyperLogLogBarProps {
  readonly place: Place
  readonly name: KeyName
  readonly header: HyperLogLogHeader
}

/** How many different elements were added, above the bytes that say so. */
export function HyperLogLogBar({ place, name, header }: HyperLogLogBarProps) {
  const [isAdding, setIsAdding] = useState(false)
  const count = useKeyCall('strings.distinct', place, name)
  const { encoding, counted } = header
  return (
    <>
      <section className={css.toolbar} aria-label="HyperLogLog">
        <span>
          HyperLogLog, {encoding}:{' '}
          {counted === undefined ? (
            'changed since it was last counted'
          ) : (
            <strong title="Its standard error is 0.81 %">about {formatExact(counted)} distinct</strong>
          )}
        </span>
        <span className={css.grow} />
        {counted === undefined && (
          <Button
            size="small"
            busy={count.isPending}
            title={showCommand(['PFCOUNT', latin1ToBytes(name)])}
            onClick={() =>
              count.mutate(
                { ...place, key: name },
                // A replica counts and keeps nothing, so that the bytes do not tell it.
                { onSuccess: (made) => toast({ kind: 'ok', title: `About ${formatExact(made.count)} distinct` }) },
              )
            }
          >
            Count
          </Button>
        )}
        <Button size="small" icon={<Plus size={14} />} onClick={() => setIsAdding(true)}>
          Element
        </Button>
      </section>
      {count.error && (
        <div className={css.note}>
          <FailureNote failure={toFailure(count.error)} />
        </div>
      )}
      {isAdding && <AddElement place={place} name={name} onClose={() => setIsAdding(false)} />}
    </>
  )
}

interface AddElementProps {
  readonly place: Place
  readonly name: KeyName
  readonly onClose: () => void
}

function AddElement({ place, name, onClose }: AddElementProps) {
  const [typed, setTyped] = useState('')
  const add = useKeyCall('strings.addDistinct', place, name)
  const element = parseName(typed)
  const key = latin1ToBytes(name)
  const submit = (): void => {
    if (!element.ok) return
    add.mutate(
      { ...place, key: name, element: latin1ToBytes(element.name) },
      {
        onSuccess: ({ changed }) => {
          toast({ kind: 'ok', title: changed ? 'Added the element' : 'Counted already, or not told apart from others' })
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add an element"
      description="It is counted once, and cannot be listed or removed."
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending} disabled={!element.ok}>
            Add element
          </Button>
        </>
      }
    >
      <Field
        label="Element"
        mono
        autoFocus
        value={typed}
        onValueChange={setTyped}
        error={element.ok ? undefined : element.why}
        hint={'Text as it is, or quoted for other bytes: "\\x00\\xff".'}
      />
      {element.ok && (
        <Sends
          commands={[
            showCommand(['WATCH', key]),
            showCommand(['EXISTS', key]),
            'MULTI',
            showCommand(['PFADD', key, latin1ToBytes(element.name)]),
            'EXEC',
          ]}
        />
      )}
      {add.error && <FailureNote failure={toFailure(add.error)} />}
    </Dialog>
  )
}
