import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { parseName } from '../names.ts'
import { sendsWhereNone, type Typed, type ValueType } from '../value-type.ts'
import { readScore } from './scores.ts'
import { ZsetPane } from './zset-pane.tsx'

export const zsetType: ValueType = {
  Pane: ZsetPane,
  element: 'member',
  form: {
    inputs: [
      { id: 'member', label: 'First member' },
      { id: 'score', label: 'Score', initial: '0', hint: 'A number, inf or -inf.' },
    ],
    read: ({ member: typed = '', score: typedScore = '' }) => {
      const member = parseName(typed)
      const score = readScore(typedScore)
      if (!member.ok || score.state !== 'ok') {
        const errors: Typed = {
          ...(member.ok ? {} : { member: member.why }),
          ...(score.state === 'wrong' ? { score: score.why } : {}),
        }
        return { ok: false, errors }
      }
      const bytes = latin1ToBytes(member.name)
      return {
        ok: true,
        value: { type: 'zset', members: [{ member: bytes, score: score.score }] },
        sends: sendsWhereNone((key) => ['ZADD', key, score.score, bytes]),
      }
    },
  },
}
