/*
 * What the line says while it is typed: hints, completion, history.
 */
import { CompletionContext } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { describe, expect, test } from 'vitest'
import type { CommandDoc } from '../../../../shared/command-docs/doc.ts'
import table from '../../../../shared/command-docs.json' with { type: 'json' }
import { highlightWords } from '../highlight.ts'
import { commandAt } from './caret.ts'
import { completionSource } from './complete.ts'
import { ghostText } from './ghost.ts'
import { historyKeys } from './history-keys.ts'
import type { EditorHost } from './host.ts'

const commands = new Map((table.commands as CommandDoc[]).map((doc) => [doc.name, doc]))
const nothing = (): void => undefined
const host = (history: readonly string[] = []): EditorHost => ({
  commands: () => commands,
  history: () => history,
  run: () => true,
  changed: nothing,
  cancel: nothing,
  clear: nothing,
  toggleDocs: nothing,
  searchHistory: nothing,
  commandAtCaret: nothing,
})
const typed = (text: string): EditorState => EditorState.create({ doc: text, selection: { anchor: text.length } })
const ghost = (text: string): string | undefined => ghostText(typed(text), commands)

describe('the hint behind the caret', () => {
  test('follows what is typed, with a space where one is missing', () => {
    expect(ghost('GET')).toBeUndefined() // GETDEL, GETEX ... may still come of it.
    expect(ghost('GET ')).toBe('key')
    expect(ghost('hset h f')).toBe(' value [field value ...]')
    expect(ghost('GET k')).toBeUndefined()
    expect(ghost('3 GET ')).toBe('key')
    expect(ghost('CONFIG ')).toBe('subcommand ...')
    expect(ghost('PING\nGET ')).toBe('key')
  })

  test('is silent where it would mislead', () => {
    for (const text of ['', 'NOSUCH ', 'GET k extra', 'SET k "unfinished ']) expect(ghost(text), text).toBeUndefined()
    expect(ghostText(EditorState.create({ doc: 'GET k', selection: { anchor: 2 } }), commands)).toBeUndefined()
    expect(ghostText(typed('GET '), undefined)).toBeUndefined()
  })
})

describe('completion', () => {
  const complete = (text: string): unknown[] | undefined => {
    const result = completionSource(host())(new CompletionContext(typed(text), text.length, true))
    return result?.options.map(({ apply }) => apply)
  }
  test('offers commands, in the case they are typed in', () => {
    expect(complete('getd')).toEqual(['getdel '])
    expect(complete('GETD')).toEqual(['GETDEL '])
    expect(complete('nosuch')).toBeUndefined()
  })

  test('offers subcommands and the words of arguments', () => {
    expect(complete('CONFIG s')).toEqual(['set '])
    expect(complete('SET k v k')).toEqual(['keepttl '])
    expect(complete('SET k v EX 1 ')).toEqual(['NX ', 'XX ', 'IFEQ ', 'GET '])
    expect(complete('SET k ')).toBeUndefined()
    expect(complete('SET "k')).toBeUndefined()
  })
})

test('the command at the caret is that of its line', () => {
  const state = EditorState.create({ doc: 'SET a b\nconfig get x', selection: { anchor: 12 } })
  expect(commandAt(state, 12, commands)?.name).toBe('CONFIG GET')
  expect(commandAt(state, 3, commands)?.name).toBe('SET')
})

test('Up and Down go through the history and back to what was being typed', () => {
  const keys = historyKeys(host(['first', 'second']))
  const view = new EditorView({ state: typed('draft') })
  const text = (): string => view.state.doc.toString()
  expect(keys.newer(view)).toBe(false)
  keys.older(view)
  expect(text()).toBe('second')
  keys.older(view)
  keys.older(view)
  expect(text()).toBe('first')
  keys.newer(view)
  keys.newer(view)
  expect(text()).toBe('draft')
  view.destroy()
})

test('words are coloured by what they are, a count before the command included', () => {
  const kinds = (line: string): string[] => highlightWords(line).map(({ kind }) => kind)
  expect(kinds('SET key "a b" 10 NX')).toEqual(['command', 'plain', 'string', 'number', 'token'])
  expect(kinds('3 PING')).toEqual(['number', 'command'])
  expect(kinds('GET "unfinished')).toEqual(['command', 'string'])
})
