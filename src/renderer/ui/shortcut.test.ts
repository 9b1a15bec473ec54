import { expect, test } from 'vitest'
import { matchesShortcut, shortcutCaps } from './shortcut.ts'

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
})

test('mod is Command on a Mac and Control elsewhere', () => {
  expect(matchesShortcut('mod+k', press('k', { metaKey: true }), true)).toBe(true)
  expect(matchesShortcut('mod+k', press('k', { ctrlKey: true }), true)).toBe(false)
  expect(matchesShortcut('mod+k', press('k', { ctrlKey: true }), false)).toBe(true)
  expect(shortcutCaps('mod+shift+delete', true)).toEqual(['⌘', '⇧', 'Del'])
  expect(shortcutCaps('mod+k', false)).toEqual(['Ctrl', 'K'])
})

test('a held key that the shortcut does not name refuses it', () => {
  expect(matchesShortcut('a', press('a', { ctrlKey: true }), false)).toBe(false)
  expect(matchesShortcut('mod+k', press('K', { ctrlKey: true, shiftKey: true }), false)).toBe(false)
  expect(matchesShortcut('mod+shift+k', press('K', { ctrlKey: true, shiftKey: true }), false)).toBe(true)
})

test('a character that is typed with Shift on some keyboards matches either way', () => {
  expect(matchesShortcut('?', press('?', { shiftKey: true }), false)).toBe(true)
  expect(matchesShortcut('/', press('/'), false)).toBe(true)
})
