import type { FieldName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes, utf8ToBytes } from '../../../../shared/text/bytes.ts'
import { parseName } from '../names.ts'
import { sendsWhereNone, type ValueType } from '../value-type.ts'
import { HashPane } from './hash-pane.tsx'

export const hashType: ValueType = {
  Pane: HashPane,
  element: 'field',
  form: {
    inputs: [
      { id: 'field', label: 'First field' },
      { id: 'value', label: 'Value', rows: 5 },
    ],
    read: ({ field: typed = '', value = '' }) => {
      const field = parseName(typed)
      if (!field.ok) return { ok: false, errors: { field: field.why } }
      const bytes = utf8ToBytes(value)
      return {
        ok: true,
        value: { type: 'hash', fields: [{ field: field.name as FieldName, value: bytes }] },
        sends: sendsWhereNone((key) => ['HSET', key, latin1ToBytes(field.name), bytes]),
      }
    },
  },
}
