/*
 * OBJECT: what a value is made of and when it was last used.
 */
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { errorLine } from '../exec/errors.ts'
import { encodingName } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { helpCommand } from './help.ts'

const NOT_LFU = errorLine(
  'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
)
const NOT_LRU = errorLine(
  'ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
)
const KEY = [{ at: 2, access: 'ro' }] as const
const INHERITED = { group: 'generic', flags: ['readonly'] } as const
const TIPS = ['nondeterministic_output'] as const

/** The key's record; NIL, having answered nil, if there is none. Asking is no access. */
function recordOrNil(c: Call): Ref {
  const ref = c.db.lookupUntouched(c.argv[2])
  if (ref === NIL) c.reply.nil()
  return ref
}

export const OBJECT = defineCommand({
  name: 'object',
  usage: '',
  summary: 'A container for commands about what values are made of.',
  group: 'generic',
  since: '2.2.3',
  complexity: 'Depends on the subcommand',
  arity: -2,
  flags: [],
  categories: [],
  subcommands: [
    defineCommand({
      ...INHERITED,
      name: 'encoding',
      usage: 'key',
      summary: 'Returns how the value at a key is encoded.',
      since: '2.2.3',
      complexity: 'O(1)',
      arity: 3,
      keys: KEY,
      tips: TIPS,
      run(c) {
        const ref = recordOrNil(c)
        if (ref !== NIL) c.reply.bulkText(encodingName(c.db.kindOf(ref)))
      },
    }),
    defineCommand({
      ...INHERITED,
      name: 'freq',
      usage: 'key',
      summary: 'Returns how often a key is accessed, on a logarithmic scale; LFU policies only.',
      since: '4.0.0',
      complexity: 'O(1)',
      arity: 3,
      keys: KEY,
      tips: TIPS,
      run(c) {
        const ref = recordOrNil(c)
        if (ref === NIL) return
        if (c.db.keyspace.accessClock.countsFrequency) c.reply.integer(c.db.frequency(ref))
        else c.reply.error(NOT_LFU)
      },
    }),
    helpCommand('object', { ...INHERITED, flags: [] }, '6.2.0', [
      ['ENCODING <key>', 'Returns how the value of <key> is encoded.'],
      ['FREQ <key>', 'Returns how often <key> is accessed, on a logarithmic scale.'],
      ['IDLETIME <key>', 'Returns for how many seconds <key> was not accessed.'],
      ['REFCOUNT <key>', 'Returns how many keys share the value of <key>.'],
    ]),
    defineCommand({
      ...INHERITED,
      name: 'idletime',
      usage: 'key',
      summary: 'Returns for how many seconds a key was not accessed.',
      since: '2.2.3',
      complexity: 'O(1)',
      arity: 3,
      keys: KEY,
      tips: TIPS,
      run(c) {
        const ref = recordOrNil(c)
        if (ref === NIL) return
        if (c.db.keyspace.accessClock.countsFrequency) c.reply.error(NOT_LRU)
        else c.reply.integer(c.db.idleSeconds(ref))
      },
    }),
    defineCommand({
      ...INHERITED,
      name: 'refcount',
      usage: 'key',
      summary: 'Returns how many keys share the value of a key: one, since values are not shared here.',
      since: '2.2.3',
      complexity: 'O(1)',
      arity: 3,
      keys: KEY,
      tips: TIPS,
      run(c) {
        if (recordOrNil(c) !== NIL) c.reply.integer(1)
      },
    }),
  ],
})
