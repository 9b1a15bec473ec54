import { useState } from 'react'
import type { ListElement, ListEnd } from '../../../../shared/contract/lists.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes, utf8ToBytes } from '../../../../shared/text/bytes.ts'
import { toFailure } from '../../../api/backend.ts'
import { formatExact } from '../../../lib/format-count.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmDialog, Dialog, Sends } from '../../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../../ui/error-note.tsx'
import { TextArea } from '../../../ui/field.tsx'
import { Segments } from '../../../ui/tabs.tsx'
import css from '../browser.module.css'
import { showCommand, showElement } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import type { Place } from '../view-state.ts'

export type ListDialog =
  | { readonly does: 'push' }
  | { readonly does: 'insert'; readonly side: 'before' | 'after'; readonly element: ListElement }
  | { readonly does: 'remove'; readonly element: ListElement }

export interface ListDialogsProps {
  readonly place: Place
  readonly name: KeyName
  /** Elements of the list: the last one takes the key with it. */
  readonly length: number
  readonly dialog: ListDialog | undefined
  readonly onClose: () => void
  readonly onRemoved: (element: ListElement) => void
}

export function ListDialogs({ dialog, ...props }: ListDialogsProps) {
  if (dialog?.does === 'push') return <Push {...props} />
  if (dialog?.does === 'insert') return <Insert {...props} side={dialog.side} element={dialog.element} />
  if (dialog?.does === 'remove') return <Remove {...props} element={dialog.element} />
  return null
}

type Common = Omit<ListDialogsProps, 'dialog'>

function Push({ place, name, onClose }: Common) {
  const [value, setValue] = useState('')
  const [end, setEnd] = useState<ListEnd>('tail')
  const push = useKeyCall('lists.push', place, name)
  const bytes = utf8ToBytes(value)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add an element"
      onSubmit={() => push.mutate({ ...place, key: name, end, value: bytes }, { onSuccess: onClose })}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={push.isPending}>
            Add element
          </Button>
        </>
      }
    >
      <div className={css.formRow}>
        <Segments
          label="At which end"
          value={end}
          onValueChange={setEnd}
          items={[
            { value: 'head', label: 'at the head' },
            { value: 'tail', label: 'at the tail' },
          ]}
        />
      </div>
      <TextArea label="Element" mono rows={5} autoFocus value={value} onValueChange={setValue} />
      <Sends commands={[showCommand([end === 'head' ? 'LPUSHX' : 'RPUSHX', latin1ToBytes(name), bytes])]} />
      {push.error && <FailureNote failure={toFailure(push.error)} />}
    </Dialog>
  )
}

type OfElement = Common & { readonly element: ListElement }

function Insert({ place, name, length, side, element, onClose }: OfElement & { readonly side: 'before' | 'after' }) {
  const [value, setValue] = useState('')
  const insert = useKeyCall('lists.insert', place, name)
  const { index, digest } = element
  const bytes = utf8ToBytes(value)
  const key = latin1ToBytes(name)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Insert ${side} element ${formatExact(index)}`}
      description={<code className={css.wrapName}>{showElement(element.value)}</code>}
      onSubmit={() => insert.mutate({ ...place, key: name, index, digest, side, value: bytes }, { onSuccess: onClose })}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={insert.isPending}>
            Insert element
          </Button>
        </>
      }
    >
      <TextArea label="Element" mono rows={5} autoFocus value={value} onValueChange={setValue} />
      <Sends commands={guardedSends(key, index, insertCommands(key, fromHead(index, length), length, side, bytes))} />
      {insert.error && <FailureNote failure={toFailure(insert.error)} />}
    </Dialog>
  )
}

function Remove({ place, name, length, element, onClose, onRemoved }: OfElement) {
  const remove = useKeyCall('lists.remove', place, name)
  const { index, digest } = element
  const key = latin1ToBytes(name)
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete element ${formatExact(index)}?`}
      action="Delete the element"
      danger
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { ...place, key: name, index, digest },
          {
            onSuccess: () => {
              onRemoved(element)
              onClose()
            },
          },
        )
      }
    >
      <code className={css.wrapName}>{showElement(element.value)}</code>
      {length === 1 && <ErrorNote tone="warning" what="It is the last element: the key goes with it." />}
      <Sends commands={guardedSends(key, index, removeCommands(key, fromHead(index, length), length))} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}

const fromHead = (index: number, length: number): number => (index < 0 ? length + index : index)

/** Stands for bytes that are made up when the command is sent, so that nothing else in the list is equal. */
const MARK = '<random bytes>'

function insertCommands(
  key: Uint8Array,
  place: number,
  length: number,
  side: 'before' | 'after',
  value: Uint8Array,
): readonly string[] {
  if (place === 0 && side === 'before') return [showCommand(['LPUSH', key, value])]
  if (place === length - 1 && side === 'after') return [showCommand(['RPUSH', key, value])]
  const put = String(side === 'before' ? place + 1 : place)
  return [
    `${showCommand(['LSET', key, String(place)])} ${MARK}`,
    `${showCommand(['LINSERT', key, side.toUpperCase()])} ${MARK} ${showCommand([value])}`,
    `${showCommand(['LSET', key, put])} <as it was>`,
  ]
}

function removeCommands(key: Uint8Array, place: number, length: number): readonly string[] {
  if (place === 0) return [showCommand(['LPOP', key])]
  if (place === length - 1) return [showCommand(['RPOP', key])]
  return [
    `${showCommand(['LSET', key, String(place)])} ${MARK}`,
    `${showCommand(['LREM', key, place < length / 2 ? '1' : '-1'])} ${MARK}`,
  ]
}

/** Written only if the element that is shown still stands there. */
function guardedSends(key: Uint8Array, index: number, commands: readonly string[]): readonly string[] {
  return [
    showCommand(['WATCH', key]),
    showCommand(['LLEN', key]),
    showCommand(['LINDEX', key, String(index)]),
    'MULTI',
    ...commands,
    'EXEC',
  ]
}
