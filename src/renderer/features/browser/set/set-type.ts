import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { parseName } from '../names.ts'
import { sendsWhereNone, type ValueType } from '../value-type.ts'
import { SetPane } from './set-pane.tsx'

export const setType: ValueType = {
  Pane: SetPane,
  element: 'member',
  form: {
    inputs: [{ id: 'member', label: 'First member' }],
    read: ({ member: typed = '' }) => {
      const member = parseName(typed)
      if (!member.ok) return { ok: false, errors: { member: member.why } }
      const bytes = latin1ToBytes(member.name)
      return {
        ok: true,
        value: { type: 'set', members: [bytes] },
        sends: sendsWhereNone((key) => ['SADD', key, bytes]),
      }
    },
  },
}
