import type { FieldName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes, utf8ToBytes } from '../../../../shared/text/bytes.ts'
import { parseName } from '../names.ts'
import { type ReadValue, sendsWhereNone, type ValueType } from '../value-type.ts'
import { newIdFault } from './new-id.ts'
import { StreamPane } from './stream-pane.tsx'

export const streamType: ValueType = {
  Pane: StreamPane,
  element: 'entry',
  elements: 'entries',
  form: {
    inputs: [
      {
        id: 'id',
        label: 'ID of the first entry',
        initial: '*',
        hint: '* lets the server choose: the time, and a number.',
      },
      { id: 'field', label: 'First field' },
      { id: 'value', label: 'Value', rows: 5 },
    ],
    read: ({ id: typedId = '*', field: typed = '', value = '' }): ReadValue => {
      const id = typedId.trim()
      const field = parseName(typed)
      const fault = newIdFault(id, undefined)
      if (fault !== undefined) return { ok: false, errors: { id: fault } }
      if (!field.ok) return { ok: false, errors: { field: field.why } }
      const bytes = utf8ToBytes(value)
      return {
        ok: true,
        value: { type: 'stream', id, fields: [{ field: field.name as FieldName, value: bytes }] },
        sends: sendsWhereNone((key) => ['XADD', key, id, latin1ToBytes(field.name), bytes]),
      }
    },
  },
}
