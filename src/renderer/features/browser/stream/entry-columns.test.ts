import { expect, test } from 'vitest'
import type { StreamEntry } from '../../../../shared/contract/streams.ts'
import type { FieldName } from '../../../../shared/contract/types.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { sharedSchema } from './entry-columns.tsx'

const entry = (...names: string[]): StreamEntry => ({
  id: '1-0' as StreamId,
  fieldCount: names.length,
  fields: names.map((field) => ({ field: field as FieldName, value: new Uint8Array(0), valueSize: 0 })),
})

test('entries share a schema when their fields are the same, in whatever order', () => {
  expect(sharedSchema([entry('a', 'b'), entry('b', 'a')])).toEqual(['a', 'b'])
})

test('a field that some leave out stays a column', () => {
  expect(sharedSchema([entry('a', 'b'), entry('a', 'b', 'c')])).toEqual(['a', 'b', 'c'])
})

test('there is none where fields repeat, differ, or are too many', () => {
  expect(sharedSchema([])).toBeUndefined()
  expect(sharedSchema([entry('a', 'a')])).toBeUndefined()
  expect(sharedSchema([entry('a', 'b'), entry('c', 'd'), entry('e', 'f')])).toBeUndefined()
  expect(sharedSchema([entry(...Array.from({ length: 13 }, (_, i) => `f${i}`))])).toBeUndefined()
  expect(sharedSchema([{ ...entry('a'), fieldCount: 100 }])).toBeUndefined()
})
