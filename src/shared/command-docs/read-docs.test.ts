import { describe, expect, test } from 'vitest'
import type { RespValue } from '../resp/value.ts'
import { utf8ToBytes } from '../text/bytes.ts'
import { readCommandDocs } from './read-docs.ts'

const bulk = (text: string): RespValue => ({ type: 'bulk', bytes: utf8ToBytes(text) })
type Plain = string | readonly Plain[] | { readonly [key: string]: Plain }

/** As RESP3 sends it: maps are maps; or as RESP2 does: maps are flat arrays. */
function value(plain: Plain, isResp3: boolean): RespValue {
  if (typeof plain === 'string') return bulk(plain)
  if (Array.isArray(plain)) return { type: 'array', items: (plain as Plain[]).map((item) => value(item, isResp3)) }
  const entries = Object.entries(plain).map(([key, item]) => [bulk(key), value(item, isResp3)] as const)
  return isResp3 ? { type: 'map', entries } : { type: 'array', items: entries.flat() }
}

const docs: Plain = {
  set: {
    summary: 'Sets it',
    since: '1.0.0',
    group: 'string',
    complexity: 'O(1)',
    arguments: [
      { name: 'key', type: 'key', display_text: 'key' },
      {
        name: 'when',
        type: 'oneof',
        flags: ['optional'],
        arguments: [{ name: 'nx', type: 'pure-token', token: 'NX' }],
      },
    ],
  },
  config: {
    summary: 'Configuration',
    group: 'server',
    subcommands: {
      'config|get': { group: 'server', arguments: [{ name: 'parameter', type: 'string', flags: ['multiple'] }] },
    },
  },
}

describe.each([2, 3])('COMMAND DOCS in RESP%i', (resp) => {
  test('becomes sorted commands, subcommands with their container', () => {
    expect(readCommandDocs(value(docs, resp === 3))).toEqual([
      expect.objectContaining({ name: 'CONFIG', isContainer: true, args: [] }),
      expect.objectContaining({ name: 'CONFIG GET', args: [{ name: 'parameter', type: 'string', multiple: true }] }),
      expect.objectContaining({
        name: 'SET',
        group: 'string',
        since: '1.0.0',
        args: [
          { name: 'key', type: 'key' },
          { name: 'when', type: 'oneof', optional: true, args: [{ name: 'nx', type: 'pure-token', token: 'NX' }] },
        ],
      }),
    ])
  })
})

test('what is no documentation gives none, and what is odd gives what can be read of it', () => {
  expect(readCommandDocs({ type: 'simple', text: 'OK' })).toEqual([])
  expect(readCommandDocs({ type: 'null' })).toEqual([])
  const odd = value({ mod: { arguments: [{ type: 'invented' }, {}] } }, true)
  expect(readCommandDocs(odd)).toMatchObject([
    {
      name: 'MOD',
      group: 'module',
      args: [
        { name: 'arg', type: 'string' },
        { name: 'arg', type: 'string' },
      ],
    },
  ])
})
