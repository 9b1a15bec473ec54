import { utf8ToBytes } from '../../../../shared/text/bytes.ts'
import { sendsWhereNone, type ValueType } from '../value-type.ts'
import { ListPane } from './list-pane.tsx'

export const listType: ValueType = {
  Pane: ListPane,
  element: 'element',
  form: {
    inputs: [{ id: 'value', label: 'First element', rows: 5 }],
    read: ({ value = '' }) => {
      const bytes = utf8ToBytes(value)
      return {
        ok: true,
        value: { type: 'list', values: [bytes] },
        sends: sendsWhereNone((key) => ['RPUSH', key, bytes]),
      }
    },
  },
}
