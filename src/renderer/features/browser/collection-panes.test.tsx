/*
 * The panes of collections over a backend that answers what a test says: which
 * rows they ask for, and what they tell of what they do not show.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ListElement } from '../../../shared/contract/lists.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import type { Member } from '../../../shared/contract/sets.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { utf8ToBytes } from '../../../shared/text/bytes.ts'
import { type FakeAnswers, failing, fakeBackend } from '../../api/testing/fake-backend.ts'
import { ListPane } from './list/list-pane.tsx'
import { SetPane } from './set/set-pane.tsx'
import { rowsPerRead } from './use-windows.ts'
import type { KnownKey, ValueType } from './value-type.ts'
import { ZsetPane } from './zset/zset-pane.tsx'

afterEach(cleanup)

/** Nothing has a size in jsdom, and so nothing ever changes it. */
class NoResizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal('ResizeObserver', NoResizes)

const session = { sessionId: 's', db: 0, environment: 'development' } as SessionInfo
const known = (change: Partial<KnownKey> = {}): KnownKey => ({
  exists: true,
  type: 'list',
  ttlMs: -1,
  length: 1_000_000,
  size: 20_000_000,
  at: 0,
  ...change,
})

function open(Pane: ValueType['Pane'], key: KnownKey, answers: FakeAnswers) {
  const backend = fakeBackend(answers)
  const client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <Pane session={session} place={{ sessionId: 's', db: 0 }} name={'k' as KeyName} known={key} />
    </QueryClientProvider>,
  )
  return {
    ...backend,
    requests: (method: string) =>
      backend.calls.filter((call) => call.method === method).map(({ request }) => request as Record<string, unknown>),
  }
}

const element = (index: number): ListElement => {
  const value = utf8ToBytes(`e${index}`)
  return { index, value, size: value.length, digest: '0'.repeat(32) }
}
const windowOf = (total: number, { offset, count }: { offset: number; count: number }, sign = 1) => ({
  rows: Array.from({ length: Math.max(0, Math.min(count, total - offset)) }, (_, i) =>
    element(sign > 0 ? offset + i : -1 - offset - i),
  ),
  offset,
  total,
})

describe('a list', () => {
  test('is read in the windows that are in sight, and in no other', async () => {
    const backend = open(ListPane, known({ length: 10_000_000 }), {
      'lists.window': (request) => windowOf(10_000_000, request),
    })
    expect(await screen.findByText('e0')).toBeDefined()
    screen.getByRole('grid').focus()
    await userEvent.keyboard('{End}')
    await waitFor(() => expect(screen.getByText('e9999999')).toBeDefined(), { timeout: 5_000 })
    const offsets = backend.requests('lists.window').map(({ offset }) => offset as number)
    expect(offsets.filter((offset) => offset > 128 && offset < 9_999_000)).toEqual([])
  })

  test('is looked at from the tail by a click on the index', async () => {
    open(ListPane, known(), {
      'lists.window': ({ from, ...request }) => windowOf(1_000_000, request, from === 'tail' ? -1 : 1),
    })
    await screen.findByText('e0')
    await userEvent.click(screen.getByRole('columnheader', { name: 'index' }))
    expect(await screen.findByText('e-1')).toBeDefined()
    expect(screen.getByText('-1').getAttribute('title')).toContain('from the tail')
  })

  test('is gone to by an index from either end, and by none that it has not', async () => {
    const user = userEvent.setup()
    const backend = open(ListPane, known(), { 'lists.window': (request) => windowOf(1_000_000, request) })
    await screen.findByText('e0')
    const field = screen.getByLabelText('Go to index')
    await user.type(field, '1000000{Enter}')
    expect((await screen.findByRole('alert')).textContent).toBe('-1,000,000 to 999,999')
    expect(backend.requests('lists.window').every(({ offset }) => (offset as number) < 1_000)).toBe(true)
    await user.clear(field)
    await user.type(field, '500,123{Enter}')
    await screen.findByText('e500123')
    expect(document.activeElement).toBe(screen.getByRole('grid'))
    expect(screen.getByRole('row', { selected: true }).textContent).toContain('e500123')
    await user.clear(field)
    await user.type(field, '-2{Enter}')
    expect((await screen.findByText('e999998')).closest('[role=row]')?.getAttribute('aria-selected')).toBe('true')
  })

  test('gives its active element to the clipboard, but never a part of one', async () => {
    const user = userEvent.setup()
    const long = { ...element(1), size: 5_000 }
    open(ListPane, known({ length: 2, size: 200 }), {
      'lists.window': ({ offset }) => ({ rows: [element(0), long], offset, total: 2 }),
    })
    await screen.findByText('e0')
    screen.getByRole('grid').focus()
    await user.keyboard('{ArrowDown}{Control>}c{/Control}')
    expect(await navigator.clipboard.readText()).toBe('e0')
    await user.keyboard('{ArrowDown}{Control>}c{/Control}')
    expect(await navigator.clipboard.readText()).toBe('e0')
  })

  test('that changes while it is read says so, and offers to read it anew', async () => {
    let isChanging = true
    open(ListPane, known({ size: 1_000_000 * 65_536 }), {
      'lists.window': (request) => windowOf(1_000_000 + (isChanging && request.offset > 0 ? 1 : 0), request),
    })
    await screen.findByText(/The list changed while it was read/)
    isChanging = false
    await userEvent.click(screen.getByRole('button', { name: 'Reload' }))
    await waitFor(() => expect(screen.queryByText(/The list changed while it was read/)).toBe(null))
  })

  test('of elements of megabytes is read when the user says so, and not before', async () => {
    const backend = open(ListPane, known({ length: 20, size: 160 << 20 }), {
      'lists.window': (request) => windowOf(20, request),
    })
    await screen.findByText(/about 8 MiB each/)
    expect(backend.calls).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: 'Read what is in sight' }))
    expect(await screen.findByText('e0')).toBeDefined()
    expect(backend.requests('lists.window').every(({ count }) => count === 1)).toBe(true)
  })

  test('of large elements is read a few at a time', () => {
    expect(rowsPerRead({ size: 20_000_000, length: 1_000_000 })).toBe(128)
    expect(rowsPerRead({ size: 64 << 20, length: 1_000 })).toBe(8)
    expect(rowsPerRead({ size: 1 << 30, length: 3 })).toBe(1)
    expect(rowsPerRead({ size: undefined, length: 3 })).toBeGreaterThan(1)
  })

  test('whose rows are not read yet loses neither an element nor the key to the Delete key', async () => {
    open(ListPane, known(), { 'lists.window': () => new Promise(() => undefined) })
    const grid = screen.getByRole('grid')
    grid.focus()
    await userEvent.keyboard('{ArrowDown}')
    // Handled, so that the page's own Delete, which is the key's, stays out of it.
    expect(fireEvent.keyDown(grid, { key: 'Delete' })).toBe(false)
    expect(screen.queryByRole('dialog')).toBe(null)
  })

  test('is searched until it is stopped, says how far that was, and goes on from there', async () => {
    const turns: ((found: number[]) => void)[] = []
    const backend = open(ListPane, known(), {
      'lists.window': (request) => windowOf(1_000_000, request),
      'lists.search': ({ offset }) =>
        new Promise((resolve) => {
          turns.push((found) =>
            resolve({ rows: found.map(element), next: offset + 250_000, looked: 250_000, length: 1_000_000 }),
          )
        }),
    })
    await screen.findByText('e0')
    await userEvent.type(screen.getByLabelText('Search elements'), '77{Enter}')
    await waitFor(() => expect(turns.length).toBe(1))
    turns[0]!([77])
    await waitFor(() => expect(turns.length).toBe(2))
    expect(screen.getByText('1 found so far, 250,000 of 1,000,000 elements looked at')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
    turns[1]!([])
    await screen.findByText('1 found so far, 500,000 of 1,000,000 elements looked at, stopped')
    expect(turns.length).toBe(2)
    await userEvent.click(screen.getByRole('button', { name: 'Search on' }))
    await waitFor(() => expect(turns.length).toBe(3))
    expect(backend.requests('lists.search').map(({ offset, match }) => [offset, match])).toEqual([
      [0, '*77*'],
      [250_000, '*77*'],
      [500_000, '*77*'],
    ])
  })

  test('that cannot be read says why, and reads when asked again', async () => {
    const backend = open(ListPane, known(), {
      'lists.window': failing({ code: 'NO_PERMISSION', message: 'This user may not run LRANGE.' }),
    })
    await screen.findByText('This user may not run LRANGE.')
    backend.answer({ 'lists.window': (request) => windowOf(3, request) })
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('e2')).toBeDefined()
  })
})

describe('a set', () => {
  const member = (text: string) => ({ member: utf8ToBytes(text), size: utf8ToBytes(text).length })

  test('shows a member once that a scan brings twice, and says how many of how many were read', async () => {
    const pages: Record<string, { members: string[]; cursor: string }> = {
      '0': { members: ['a', 'b'], cursor: '7' },
      '7': { members: ['b', 'c'], cursor: '0' },
    }
    open(SetPane, known({ type: 'set', length: 3, size: 200 }), {
      'sets.page': ({ cursor }) => {
        const page = pages[cursor]!
        return { members: page.members.map(member), cursor: page.cursor, length: 3, looked: 2 }
      },
    })
    await screen.findByText('3 members, all read')
    const rows = screen.getAllByRole('row').slice(1)
    expect(rows.map((row) => within(row).getAllByRole('gridcell')[0]!.textContent)).toEqual(['a', 'b', 'c'])
  })

  const long = {
    member: utf8ToBytes('long'),
    size: 100_000,
    found: { type: 'set', digest: '0'.repeat(32), cursor: '0', count: 128 },
  } as const
  const pageOfLong = (change: Partial<Member> = {}) => ({
    'sets.page': () => ({ members: [{ ...long, ...change }], cursor: '0', length: 1, looked: 1 }),
  })

  test('reads a member that is too long for a page before it deletes it', async () => {
    const whole = new Uint8Array(100_000)
    const backend = open(SetPane, known({ type: 'set', length: 1, size: 100_100 }), {
      ...pageOfLong(),
      'members.read': () => ({ bytes: whole }),
      'sets.remove': () => ({ removed: 1 }),
    })
    await screen.findByText(/^long/)
    screen.getByRole('grid').focus()
    await userEvent.keyboard('{ArrowDown}{Delete}')
    expect(await screen.findByText(/they are read first/)).toBeDefined()
    expect(screen.getByText(/SSCAN k 0 COUNT 128\s+SREM k long… \(100,000 bytes\)/)).toBeDefined()
    expect(backend.requests('members.read')).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: 'Delete the member' }))
    await waitFor(() => expect(backend.requests('sets.remove')[0]).toMatchObject({ members: [whole] }))
    expect(backend.requests('members.read')[0]).toMatchObject({ found: long.found })
  })

  test('does not read a member of megabytes that is opened before it is told to', async () => {
    const backend = open(SetPane, known({ type: 'set', length: 1, size: 3 << 20 }), {
      ...pageOfLong({ size: 3 << 20 }),
      'members.read': () => ({ bytes: Uint8Array.of(0, 0xff) }),
    })
    // Where elements are that large none is read at first.
    await userEvent.click(await screen.findByRole('button', { name: 'Read what is in sight' }))
    await userEvent.dblClick(await screen.findByText(/^long/))
    expect(await screen.findByText('It has 3 MiB')).toBeDefined()
    expect(backend.requests('members.read')).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: 'Read all of it' }))
    expect(await screen.findByText('2 bytes')).toBeDefined()
  })

  test('does not offer to read a member that no call can carry', async () => {
    open(SetPane, known({ type: 'set', length: 1, size: 100 }), pageOfLong({ size: 33 << 20 }))
    await userEvent.dblClick(await screen.findByText(/^long/))
    expect(await screen.findByText(/no more than 32 MiB of one/)).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Read all of it' })).toBe(null)
  })
})

describe('a sorted set', () => {
  test('is bounded by scores only when they are scores, and tells how many are in range', async () => {
    const backend = open(ZsetPane, known({ type: 'zset', length: 10, size: 600 }), {
      'zsets.window': ({ offset, min }) => {
        const total = min === undefined ? 10 : 1
        const rows = Array.from({ length: total }, (_, i) => ({
          member: utf8ToBytes(`m${i}`),
          size: 2,
          score: String(i),
          rank: i,
        }))
        return { rows, offset, total, length: 10 }
      },
    })
    await screen.findByText('10 members')
    const lowest = screen.getByLabelText('Lowest score')
    await userEvent.type(lowest, 'x{Enter}')
    expect(screen.getByLabelText('Not a score')).toBeDefined()
    expect(backend.requests('zsets.window').every(({ min }) => min === undefined)).toBe(true)
    await userEvent.clear(lowest)
    await userEvent.type(lowest, '(8{Enter}')
    await screen.findByText('1 of 10 in range')
    expect(backend.requests('zsets.window').at(-1)).toMatchObject({ min: '(8' })
    await userEvent.keyboard('{Escape}')
    await screen.findByText('10 members')
  })

  test('is gone to by rank, whichever score is on top', async () => {
    const user = userEvent.setup()
    open(ZsetPane, known({ type: 'zset' }), {
      'zsets.window': ({ offset, count, first }) => ({
        rows: Array.from({ length: count }, (_, i) => {
          const rank = first === 'lowest' ? offset + i : 999_999 - offset - i
          const member = utf8ToBytes(`m${rank}`)
          return { member, size: member.length, score: String(rank), rank }
        }),
        offset,
        total: 1_000_000,
        length: 1_000_000,
      }),
    })
    await screen.findByText('m0')
    await user.click(screen.getByRole('columnheader', { name: 'score' }))
    await screen.findByText('m999999')
    await user.type(screen.getByLabelText('Go to rank'), '77{Enter}')
    expect((await screen.findByText('m77')).closest('[role=row]')?.getAttribute('aria-selected')).toBe('true')
  })
})
