import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, configure, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Request } from '../../../../shared/contract/contract.ts'
import type { SessionInfo } from '../../../../shared/contract/sessions.ts'
import type { StreamEntry, StreamGroup, StreamInfo, StreamPage } from '../../../../shared/contract/streams.ts'
import type { FieldName, KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import { utf8ToBytes } from '../../../../shared/text/bytes.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { type FakeAnswers, failing, fakeBackend } from '../../../api/testing/fake-backend.ts'
import { StreamPane } from './stream-pane.tsx'

/** jsdom lays nothing out; what listens for sizes hears nothing. */
class NoResizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

vi.setConfig({ testTimeout: 30_000 })
beforeAll(() => {
  vi.stubGlobal('ResizeObserver', NoResizes)
  // The editor measures its text.
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList
  // Finding by role walks every cell of the table, which takes a busy machine more than a second.
  configure({ asyncUtilTimeout: 3_000 })
})
afterEach(cleanup)

const id = (text: string): StreamId => text as StreamId
const field = (name: string, value: string) => ({
  field: name as FieldName,
  value: utf8ToBytes(value),
  valueSize: value.length,
})
const entry = (of: string, ...fields: [string, string][]): StreamEntry => ({
  id: id(of),
  fieldCount: fields.length,
  fields: fields.map(([name, value]) => field(name, value)),
})
const info = (change: Partial<StreamInfo> = {}): StreamInfo => ({
  length: 2,
  groups: 0,
  first: id('1-0'),
  last: id('2-0'),
  lastGenerated: id('2-0'),
  maxDeleted: id('0-0'),
  entriesAdded: 2,
  ...change,
})
const group = (change: Partial<StreamGroup> = {}): StreamGroup => ({
  name: 'workers' as Latin1,
  consumers: 1,
  pending: 2,
  lastDelivered: id('2-0'),
  entriesRead: 2,
  lag: 0,
  ...change,
})

/** A stream of entries 1-0 to <count>-0, in pages of `pageSize`. */
function numbered(count: number, pageSize: number) {
  return ({ order, min, max }: Request<'streams.page'>): StreamPage => {
    const numberOf = (of: string | undefined, otherwise: number): number =>
      of === undefined ? otherwise : Number(of.split('-')[0])
    const low = Math.max(1, numberOf(min, 1) + (min?.endsWith('-0') === false ? 1 : 0))
    const high = Math.min(count, numberOf(max, count))
    const numbers = Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => low + i)
    if (order === 'down') numbers.reverse()
    const entries = numbers.slice(0, pageSize).map((n) => entry(`${n}-0`, ['n', `value ${n}`]))
    const last = numbers[pageSize - 1]
    const goesOn = numbers.length > pageSize && last !== undefined
    const next = goesOn ? id(order === 'down' ? `${last - 1}-18446744073709551615` : `${last}-1`) : undefined
    return { entries, next, length: count }
  }
}

function open(answers: FakeAnswers = {}) {
  const backend = fakeBackend({
    'streams.page': () => ({
      entries: [entry('2-0', ['name', 'b'], ['age', '2']), entry('1-0', ['name', 'a'], ['age', '1'])],
      length: 2,
    }),
    'streams.info': () => info(),
    'streams.groups': () => [],
    ...answers,
  })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } })
  const known = { exists: true, type: 'stream', ttlMs: -1, length: 2, at: 0 } as const
  render(
    <QueryClientProvider client={client}>
      <StreamPane session={{} as SessionInfo} place={{ sessionId: 's', db: 0 }} name={'s' as KeyName} known={known} />
    </QueryClientProvider>,
  )
  return backend
}

const asked = (backend: ReturnType<typeof open>, method: string) =>
  backend.calls.filter((call) => call.method === method).map((call) => call.request)
const headers = () => screen.getAllByRole('columnheader').map((header) => header.textContent)

describe('the entries of a stream', () => {
  test('have columns where they share their fields, else pairs', async () => {
    open()
    expect(await screen.findByText('2 entries, all read')).toBeDefined()
    expect(headers()).toEqual(['ID', 'time', 'name', 'age'])
    cleanup()
    open({
      'streams.page': () => ({
        entries: [entry('2-0', ['a', '1'], ['a', '2']), entry('1-0', ['b', '3'])],
        length: 2,
      }),
    })
    const row = await screen.findByText('2-0', { selector: '[role=row] *' })
    expect(headers()).toEqual(['ID', 'time', 'fields'])
    expect(row.closest('[role=row]')?.textContent).toContain('a: 1a: 2')
  })

  test('are read on as they come into sight, and not further', async () => {
    const backend = open({ 'streams.page': numbered(100_000, 200) })
    expect(await screen.findByText('200 of 100,000 read')).toBeDefined()
    expect(asked(backend, 'streams.page')).toHaveLength(1)
  })

  test('of pages of few rows are read on without forgetting what is in sight', async () => {
    const backend = open({ 'streams.page': numbered(1_000, 20) })
    expect(await screen.findByText('60 of 1,000 read')).toBeDefined()
    expect(asked(backend, 'streams.page')).toHaveLength(3)
    expect(screen.getByText('1000-0')).toBeDefined()
  })

  test('around a place that was gone to are those before and after it', async () => {
    const user = userEvent.setup()
    const backend = open({ 'streams.page': numbered(10_000, 200) })
    const go = await screen.findByLabelText('Go to an ID or time')
    await user.type(go, '5000-0{Enter}')
    await waitFor(() => expect(asked(backend, 'streams.page')).toHaveLength(3))
    expect(asked(backend, 'streams.page').slice(1)).toMatchObject([
      { order: 'down', max: '5000-0' },
      { order: 'up', min: '5000-1' },
    ])
    await waitFor(() => expect(screen.getByText('5000-0').closest('[role=row]')?.ariaSelected).toBe('true'))
    await user.clear(go)
    await user.type(go, 'soon{Enter}')
    expect(screen.getByRole('alert').textContent).toContain('Not understood')
  })

  test('of a range are asked for by both its ends', async () => {
    const user = userEvent.setup()
    const backend = open({ 'streams.page': numbered(10_000, 200) })
    await user.type(await screen.findByLabelText('From an ID or time'), '20-0{Enter}')
    await user.type(screen.getByLabelText('To an ID or time'), '30{Enter}')
    expect(await screen.findByText('11 of 10,000 in this range')).toBeDefined()
    expect(asked(backend, 'streams.page').at(-1)).toMatchObject({ min: '20-0', max: '30-18446744073709551615' })
    await user.click(screen.getByRole('button', { name: 'oldest' }))
    expect(await screen.findByText('11 of 10,000 in this range')).toBeDefined()
    expect(asked(backend, 'streams.page').at(-1)).toMatchObject({ order: 'up', min: '20-0' })
    // What lies beyond the range is not gone to: its end is.
    await user.type(screen.getByLabelText('Go to an ID or time'), '9000-0{Enter}')
    const end = expect.objectContaining({ order: 'up', min: '30-18446744073709551615' })
    await waitFor(() => expect(asked(backend, 'streams.page')).toContainEqual(end))
  })

  test('that are gone leave an empty stream, which says how many groups wait', async () => {
    open({
      'streams.page': () => ({ entries: [], length: 0 }),
      'streams.info': () => info({ length: 0, first: undefined, last: undefined, lastGenerated: id('9-0') }),
      'streams.groups': () => [group()],
    })
    expect(await screen.findByText('This stream is empty')).toBeDefined()
    expect(await screen.findByText(/1 group still waits/)).toBeDefined()
    expect(screen.getByText('9-0')).toBeDefined()
  })

  test('that may not be read say which right is missing', async () => {
    open({
      'streams.page': failing({
        code: 'NO_PERMISSION',
        message: 'This user may not run XREVRANGE.',
        hint: '+xrevrange',
      }),
    })
    expect(await screen.findByText('This user may not run XREVRANGE.')).toBeDefined()
    expect(screen.getByText('not read')).toBeDefined()
  })

  test('one of them is shown whole, and can be added again with its bytes', async () => {
    const user = userEvent.setup()
    const bytes = Uint8Array.from([0xff, 0x00])
    const whole = { ...entry('2-0', ['name', 'b']), fieldCount: 2 }
    const odd = { field: '\xfe' as FieldName, value: bytes, valueSize: 2 }
    const backend = open({
      'streams.entry': () => ({ ...whole, fields: [...whole.fields, odd] }),
      'streams.add': () => ({ id: id('3-0') }),
    })
    await user.dblClick(await screen.findByText('2-0', { selector: '[role=row] *' }))
    const pane = await screen.findByRole('region', { name: 'Entry 2-0' })
    expect(within(pane).getByText('never changes')).toBeDefined()
    await user.click(await within(pane).findByRole('button', { name: 'Add another like it' }))
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByText('XADD s NOMKSTREAM * name b "\\xfe" "\\xff\\x00"')).toBeDefined()
    await user.click(within(dialog).getByRole('button', { name: 'Add entry' }))
    await waitFor(() => expect(asked(backend, 'streams.add')).toHaveLength(1))
    expect(asked(backend, 'streams.add')[0]).toMatchObject({
      id: '*',
      fields: [
        { field: 'name', value: utf8ToBytes('b') },
        { field: '\xfe', value: bytes },
      ],
    })
  })
})

describe('what a stream knows of itself', () => {
  test('is said to be unknown where the server is too old to tell', async () => {
    open({ 'streams.info': () => info({ maxDeleted: undefined, entriesAdded: undefined }) })
    expect(await screen.findByText(/max deleted/)).toBeDefined()
    expect(screen.getByText(/max deleted/).textContent).toBe('max deleted unknown')
    expect(screen.getByText(/^added/).textContent).toBe('added unknown')
  })
})

describe('trimming', () => {
  test('says how many entries go before they do', async () => {
    const user = userEvent.setup()
    const backend = open({ 'streams.trim': () => ({ removed: 1 }) })
    await user.click(await screen.findByRole('button', { name: 'Trim' }))
    const dialog = await screen.findByRole('dialog')
    await user.type(within(dialog).getByRole('textbox', { name: 'Entries that stay' }), '1')
    expect(within(dialog).getByRole('status').textContent).toContain('1 of 2 entries goes')
    expect(within(dialog).getByText('XTRIM s MAXLEN = 1')).toBeDefined()
    await user.click(within(dialog).getByRole('checkbox'))
    expect(within(dialog).getByRole('status').textContent).toContain('At most 1 of 2')
    expect(asked(backend, 'streams.trim')).toEqual([])
    await user.click(within(dialog).getByRole('button', { name: 'Trim' }))
    await waitFor(() => expect(asked(backend, 'streams.trim')).toHaveLength(1))
    expect(asked(backend, 'streams.trim')[0]).toMatchObject({ trim: { by: 'maxlen', keep: 1, approximate: true } })
  })
})

describe('consumer groups', () => {
  const pending = {
    'streams.groups': () => [group({ lag: null, entriesRead: undefined })],
    'streams.consumers': () => [{ name: 'c1' as Latin1, pending: 2, idleMs: 5_000 }],
    'streams.pending': () => ({
      entries: [
        { id: id('1-0'), consumer: 'c1' as Latin1, idleMs: 1_000, deliveries: 1 },
        { id: id('2-0'), consumer: 'c1' as Latin1, idleMs: 1_000, deliveries: 3 },
      ],
    }),
  }

  test('say what the server does not know instead of zero', async () => {
    const user = userEvent.setup()
    open(pending)
    await user.click(await screen.findByRole('button', { name: 'groups 1' }))
    const row = (await screen.findByText('workers')).closest('[role=row]') as HTMLElement
    expect(
      within(row)
        .getAllByText('unknown')
        .map((cell) => cell.title),
    ).toEqual([expect.stringContaining('cannot work it out'), expect.stringContaining('this one does not')])
  })

  test('let pending entries be chosen and acknowledged, by exactly what is shown', async () => {
    const user = userEvent.setup()
    const backend = open({ ...pending, 'streams.acknowledge': () => ({ acknowledged: 2 }) })
    await user.click(await screen.findByRole('button', { name: 'groups 1' }))
    await user.dblClick(await screen.findByText('workers'))
    ;(await screen.findByRole('grid', { name: 'Pending entries' })).focus()
    await screen.findByText('1-0', { selector: '[role=row] *' })
    await user.keyboard('{ArrowDown} {ArrowDown} ')
    expect(await screen.findByText('2 chosen')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Acknowledge' }))
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByText('XACK s workers 1-0 2-0')).toBeDefined()
    await user.click(within(dialog).getByRole('button', { name: 'Acknowledge 2 entries' }))
    await waitFor(() => expect(asked(backend, 'streams.acknowledge')).toMatchObject([{ ids: ['1-0', '2-0'] }]))
  })

  test('are gone to by ID among what is pending, and to a time', async () => {
    const user = userEvent.setup()
    const backend = open(pending)
    await user.click(await screen.findByRole('button', { name: 'groups 1' }))
    await user.dblClick(await screen.findByText('workers'))
    await screen.findByText('1-0', { selector: '[role=row] *' })
    const field = screen.getByLabelText('From an ID or time')
    const type = async (text: string): Promise<void> => {
      // Not by a click: without a layout the line between the panes lies everywhere.
      act(() => field.focus())
      await user.keyboard(text)
    }
    await type('1764000500000-7{Enter}')
    await waitFor(() => expect(asked(backend, 'streams.pending').at(-1)).toMatchObject({ min: '1764000500000-7' }))
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('grid', { name: 'Pending entries' })))
    await user.clear(field)
    await type('yesterday{Enter}')
    expect((await screen.findByRole('alert')).textContent).toContain('Not understood')
    await type('{Escape}')
    await waitFor(() => expect(asked(backend, 'streams.pending').at(-1)).toMatchObject({ min: undefined }))
  })

  test('say how far acknowledging all came when it failed, and go on from there', async () => {
    const user = userEvent.setup()
    const page = (from: string, next?: string) => ({
      entries: [{ id: id(from), consumer: 'c1' as Latin1, idleMs: 1_000, deliveries: 1 }],
      next: next === undefined ? undefined : id(next),
    })
    const backend = open({
      ...pending,
      'streams.pending': ({ count, min }) =>
        count === 1_000 ? (min === undefined ? page('1-0', '1-1') : page('2-0')) : pending['streams.pending'](),
      'streams.acknowledge': ({ ids }) => {
        if (ids[0] === '2-0') throw new Error('lost')
        return { acknowledged: 1 }
      },
    })
    await user.click(await screen.findByRole('button', { name: 'groups 1' }))
    await user.dblClick(await screen.findByText('workers'))
    const all = await screen.findByRole('button', { name: 'All…' })
    act(() => all.focus())
    await user.keyboard('{Enter}')
    await screen.findByRole('menuitem', { name: 'Acknowledge all…' })
    await user.keyboard('{Enter}')
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByText(/XPENDING s workers - \+ 1000\s+XACK s workers <IDs that it told>/)).toBeDefined()
    await user.click(within(dialog).getByRole('button', { name: 'Acknowledge 2 entries' }))
    await within(dialog).findByText('Failed')
    expect(within(dialog).getByText('1 acknowledged')).toBeDefined()
    backend.answer({ 'streams.acknowledge': () => ({ acknowledged: 1 }) })
    await user.click(within(dialog).getByRole('button', { name: 'Go on' }))
    await within(dialog).findByText('2 acknowledged')
    expect(asked(backend, 'streams.acknowledge')).toMatchObject([{ ids: ['1-0'] }, { ids: ['2-0'] }, { ids: ['2-0'] }])
  })

  test('say how many pending entries go with a consumer', async () => {
    const user = userEvent.setup()
    open(pending)
    await user.click(await screen.findByRole('button', { name: 'groups 1' }))
    await user.dblClick(await screen.findByText('workers'))
    await user.click(await screen.findByRole('button', { name: 'consumers 1' }))
    await screen.findByText('c1')
    screen.getByRole('grid', { name: 'Consumers' }).focus()
    await user.keyboard('{ArrowDown}{Delete}')
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByText('2 pending entries are lost with it.')).toBeDefined()
    expect(within(dialog).getByText('XGROUP DELCONSUMER s workers c1')).toBeDefined()
  })
})
