/*
 * The differences we accept are the differences we tell users about.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ACCEPTED } from './differential/accepted.ts'

test('docs/compatibility.md lists every accepted difference, and no other', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../docs/compatibility.md'), 'utf8')
  const told = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1])
  expect(told.sort()).toEqual(ACCEPTED.map((entry) => entry.id).sort())
})
