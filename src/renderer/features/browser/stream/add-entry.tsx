import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useRef, useState } from 'react'
import type { EntryField } from '../../../../shared/contract/streams.ts'
import type { FieldName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes, utf8ToBytes } from '../../../../shared/text/bytes.ts'
import { toFailure } from '../../../api/backend.ts'
import { plural } from '../../../lib/format-count.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog, DialogAside, Sends } from '../../../ui/dialog.tsx'
import { FailureNote } from '../../../ui/error-note.tsx'
import { Field, TextArea } from '../../../ui/field.tsx'
import { IconButton } from '../../../ui/icon-button.tsx'
import { Select } from '../../../ui/select.tsx'
import { toast } from '../../../ui/toast.tsx'
import { hexText, parseHex } from '../hex-text.ts'
import { parseName, showCommand, showName } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import { asText } from '../value-text.ts'
import { newIdFault } from './new-id.ts'
import { infoQuery } from './queries.ts'
import own from './stream.module.css'
import type { OfStream } from './stream-dialogs.tsx'
import { TrimmingFields, trimArguments, useTrimming } from './trimming.tsx'

/** One field as it is typed. */
interface TypedPair {
  readonly key: number
  readonly name: string
  readonly value: string
  readonly format: 'text' | 'hex'
}

const emptyPair = (key: number): TypedPair => ({ key, name: '', value: '', format: 'text' })

/** Text where the bytes are text that a form gives back as it was, hex where not. */
function typedPair({ field, value }: EntryField, key: number): TypedPair {
  const text = asText(value)
  const isText = text !== undefined && !text.text.includes('\r') && text.encode === utf8ToBytes
  return {
    key,
    name: showName(field),
    value: isText ? text.text : hexText(value),
    format: isText ? 'text' : 'hex',
  }
}

interface ReadPair {
  readonly field?: FieldName
  readonly value?: Uint8Array
  readonly nameFault?: string
  readonly valueFault?: string
}

function readPair({ name, value, format }: TypedPair): ReadPair {
  const parsed = parseName(name)
  const bytes = format === 'text' ? ({ ok: true, bytes: utf8ToBytes(value) } as const) : parseHex(value)
  return {
    // An empty name is one too, but it has to be meant: it is typed as "".
    ...(parsed.ok ? (name === '' ? {} : { field: parsed.name as FieldName }) : { nameFault: parsed.why }),
    ...(bytes.ok ? { value: bytes.bytes } : { valueFault: bytes.why }),
  }
}

const isWhole = (pair: ReadPair): pair is { field: FieldName; value: Uint8Array } =>
  pair.field !== undefined && pair.value !== undefined

export interface AddEntryProps extends OfStream {
  readonly like: readonly EntryField[] | undefined
}

export function AddEntry({ place, name, length, like, onClose }: AddEntryProps) {
  const [typedId, setTypedId] = useState('*')
  const [pairs, setPairs] = useState<readonly TypedPair[]>(() => like?.map(typedPair) ?? [emptyPair(0)])
  const nextKey = useRef(pairs.length)
  const trimming = useTrimming({ by: 'none', keep: '', approximate: true })
  const info = useQuery(infoQuery(place, name)).data
  const add = useKeyCall('streams.add', place, name)

  const id = typedId.trim()
  const idFault = newIdFault(id, info?.lastGenerated)
  const read = pairs.map(readPair)
  const fields = read.every(isWhole) ? read : undefined
  const request =
    idFault === undefined && fields && trimming.read.ok ? { id, fields, trim: trimming.read.trim } : undefined
  const change = (key: number, patch: Partial<TypedPair>): void =>
    setPairs((old) => old.map((pair) => (pair.key === key ? { ...pair, ...patch } : pair)))
  const goes = request?.trim?.by === 'maxlen' ? Math.max(0, length + 1 - request.trim.keep) : 0

  const submit = (): void => {
    if (!request) return
    add.mutate(
      { ...place, key: name, ...request },
      {
        onSuccess: ({ id: added }) => {
          toast({ kind: 'ok', title: `Added ${added}` })
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title="Add an entry"
      description="It can be deleted later, but never changed."
      onSubmit={submit}
      footer={
        <>
          <DialogAside>
            <Button icon={<Plus size={14} />} onClick={() => setPairs((old) => [...old, emptyPair(nextKey.current++)])}>
              Another field
            </Button>
          </DialogAside>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending} disabled={!request}>
            Add entry
          </Button>
        </>
      }
    >
      <Field
        label="ID"
        mono
        value={typedId}
        onValueChange={setTypedId}
        error={idFault}
        hint={`* lets the server choose: the time, and a number.${info ? ` The greatest so far is ${info.lastGenerated}.` : ''}`}
      />
      {pairs.map((pair, index) => (
        <div key={pair.key} className={own.pairRow}>
          <Field
            aria-label={`Field ${index + 1}`}
            placeholder="field"
            mono
            autoFocus={index === pairs.length - 1 || undefined}
            value={pair.name}
            onValueChange={(text) => change(pair.key, { name: text })}
            error={read[index]?.nameFault}
          />
          <TextArea
            aria-label={`Value ${index + 1}`}
            placeholder={pair.format === 'hex' ? 'value, as in 00 ff' : 'value'}
            mono
            rows={pairs.length > 3 ? 1 : 2}
            value={pair.value}
            onValueChange={(text) => change(pair.key, { value: text })}
            error={read[index]?.valueFault}
          />
          <Select
            label={`Format of value ${index + 1}`}
            value={pair.format}
            onValueChange={(format) => change(pair.key, { format })}
            options={[
              { value: 'text', label: 'text' },
              { value: 'hex', label: 'hex' },
            ]}
          />
          <IconButton
            label="Leave this field out"
            icon={<X size={14} />}
            disabled={pairs.length === 1}
            onClick={() => setPairs((old) => old.filter(({ key }) => key !== pair.key))}
          />
        </div>
      ))}
      <TrimmingFields
        typed={trimming.typed}
        onTyped={trimming.onTyped}
        error={trimming.read.ok ? undefined : trimming.read.why}
        mayBeNone
      />
      {goes > 0 && (
        <p className={own.plan} role="status">
          {request?.trim?.approximate ? 'At most ' : ''}
          {plural(goes, 'entry', 'entries')} {goes === 1 ? 'goes' : 'go'}, the oldest; they cannot be brought back.
        </p>
      )}
      {request && (
        <Sends
          commands={[
            showCommand([
              'XADD',
              latin1ToBytes(name),
              'NOMKSTREAM',
              ...(request.trim ? trimArguments(request.trim) : []),
              id,
              ...request.fields.flatMap(({ field, value }) => [latin1ToBytes(field), value]),
            ]),
          ]}
        />
      )}
      {add.error && <FailureNote failure={toFailure(add.error)} />}
    </Dialog>
  )
}
