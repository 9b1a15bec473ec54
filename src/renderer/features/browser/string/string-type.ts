import { utf8ToBytes } from '../../../../shared/text/bytes.ts'
import { showCommand } from '../names.ts'
import type { ValueType } from '../value-type.ts'
import { StringPane } from './string-pane.tsx'

export const stringType: ValueType = {
  Pane: StringPane,
  form: {
    inputs: [{ id: 'value', label: 'Value', rows: 5 }],
    read: ({ value = '' }) => {
      const bytes = utf8ToBytes(value)
      return {
        ok: true,
        value: { type: 'string', bytes },
        sends: (key, ttlMs) => [
          showCommand(['SET', key, bytes, 'NX', ...(ttlMs === undefined ? [] : ['PX', String(ttlMs)])]),
        ],
      }
    },
  },
}
