import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test } from 'vitest'
import type { Checkpoint } from '../../../shared/contract/checkpoints.ts'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { type FakeAnswers, failing, fakeBackend } from '../../api/testing/fake-backend.ts'
import { Toasts } from '../../ui/toast.tsx'
import { CheckpointsPage } from './checkpoints-page.tsx'

afterEach(cleanup)

const session = {
  sessionId: 's1',
  target: { database: 'local' },
  name: 'local',
  environment: 'development',
  kind: 'keystead',
  db: 0,
} as SessionInfo

const database: LocalDatabase = {
  id: 'local',
  name: 'local',
  port: 6379,
  status: 'running',
  autoStart: true,
  dir: '/data/local',
  createdAt: 0,
}

const checkpoint = (change: Partial<Checkpoint> = {}): Checkpoint => ({
  name: 'mine',
  reason: 'asked',
  createdAt: Date.now() - 60_000,
  keys: 1_204,
  size: 18_677,
  ...change,
})
const beforeFlush = checkpoint({ name: 'before FLUSHALL 2026-11-29 08.00.00', reason: 'before FLUSHALL', keys: 2 })
const beforeRewind = checkpoint({ name: 'before REWIND 2026-11-29 09.00.00', reason: 'before REWIND' })

function open(answers: FakeAnswers = {}) {
  const backend = fakeBackend({
    'databases.list': () => [database],
    'checkpoints.list': () => ({ checkpoints: [beforeFlush, checkpoint()], branches: [] }),
    ...answers,
  })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <CheckpointsPage session={session} />
      <Toasts />
    </QueryClientProvider>,
  )
  const requests = (method: string) => backend.calls.filter((call) => call.method === method)
  return { ...backend, requests }
}

const row = async (text: string) => {
  const cell = await screen.findByText(text)
  return within(cell.closest('[role="row"]') as HTMLElement)
}

describe('the list of checkpoints', () => {
  test('tells their keys, their size, and which the server made by itself', async () => {
    open()
    const mine = await row('mine')
    expect(mine.getByText('named')).toBeDefined()
    expect(mine.getByText('1,204')).toBeDefined()
    expect(mine.getByText('18.2 KiB')).toBeDefined()
    expect((await row(beforeFlush.name)).getByText('automatic')).toBeDefined()
    expect(screen.getByText('2 checkpoints')).toBeDefined()
  })

  test('is read again when the folder of the database has another one', async () => {
    const backend = open()
    await row('mine')
    act(() => backend.emit('databases.changed', [{ ...database, checkpoints: { count: 2, latestAt: 5 } }]))
    act(() => backend.emit('databases.changed', [{ ...database, checkpoints: { count: 3, latestAt: 6 } }]))
    await waitFor(() => expect(backend.requests('checkpoints.list').length).toBeGreaterThan(1))
  })

  test('that cannot be read says why, and is asked for again', async () => {
    const backend = open({
      'checkpoints.list': failing({ code: 'CONNECTION_REFUSED', message: 'It is away', detail: 'ECONNREFUSED' }),
    })
    const note = await screen.findByRole('alert')
    expect(note.textContent).toContain('ECONNREFUSED')
    backend.answer({ 'checkpoints.list': () => ({ checkpoints: [checkpoint()], branches: [] }) })
    await userEvent.click(within(note).getByRole('button', { name: 'Ask again' }))
    expect(await screen.findByText('mine')).toBeDefined()
  })

  test('shows what is wrong with a broken one, which can only be deleted', async () => {
    open({
      'checkpoints.list': () => ({ checkpoints: [checkpoint({ problem: 'dump.rdb is missing' })], branches: [] }),
    })
    await screen.findByText(/broken: dump.rdb is missing/)
    expect(screen.getByRole('button', { name: 'Rewind…' }).hasAttribute('disabled')).toBe(true)
    await userEvent.keyboard('{Tab}{Tab}{Tab}{Enter}')
    expect(screen.queryByRole('dialog')).toBe(null)
  })

  test('of a server without any says what they are for', async () => {
    open({ 'checkpoints.list': () => ({ checkpoints: [], branches: [] }) })
    expect(await screen.findByText('No checkpoint yet')).toBeDefined()
  })
})

describe('a rewind', () => {
  const start = async () => {
    await userEvent.click((await row('mine')).getByRole('button', { name: 'Rewind…' }))
    return within(await screen.findByRole('dialog'))
  }

  test('says what it sends and that it can be undone, and is undone with one button', async () => {
    const backend = open({ 'checkpoints.rewind': () => ({ undo: beforeRewind }) })
    const dialog = await start()
    expect(dialog.getByText('KEYSTEAD.CHECKPOINT REWIND mine')).toBeDefined()
    expect(dialog.getByText('This can be undone:')).toBeDefined()
    await userEvent.click(dialog.getByRole('button', { name: 'Rewind to 1,204 keys' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(backend.requests('checkpoints.rewind').map(({ request }) => request)).toEqual([
      { place: { sessionId: 's1' }, name: 'mine' },
      { place: { sessionId: 's1' }, name: beforeRewind.name },
    ])
  })

  test('that the server refuses leaves the dialog open, with the words of the server', async () => {
    open({
      'checkpoints.rewind': failing({
        code: 'COMMAND_FAILED',
        message: 'The data was not rewound.',
        detail: 'ERR the disk says ENOSPC',
      }),
    })
    const dialog = await start()
    await userEvent.click(dialog.getByRole('button', { name: 'Rewind to 1,204 keys' }))
    expect((await dialog.findByRole('alert')).textContent).toContain('ENOSPC')
    expect(screen.queryByRole('button', { name: 'Undo' })).toBe(null)
  })

  test('goes on when its dialog is closed, and the page tells how it ended', async () => {
    const { promise, resolve } = Promise.withResolvers<{ undo: Checkpoint }>()
    open({ 'checkpoints.rewind': () => promise })
    const dialog = await start()
    await userEvent.click(dialog.getByRole('button', { name: 'Rewind to 1,204 keys' }))
    await userEvent.click(dialog.getByRole('button', { name: 'Cancel' }))
    expect(await screen.findByText('Rewinding to “mine”…')).toBeDefined()
    await act(async () => resolve({ undo: beforeRewind }))
    expect(await screen.findByText(/The data is that of/)).toBeDefined()
  })
})

describe('a new checkpoint', () => {
  test('has a name before one is typed, so that Enter is enough', async () => {
    const backend = open({ 'checkpoints.create': () => ({}) })
    await userEvent.click(await screen.findByRole('button', { name: 'Checkpoint now' }))
    const name = screen.getByLabelText<HTMLInputElement>('Name').value
    expect(name).toMatch(/^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d$/)
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null))
    expect(backend.requests('checkpoints.create').map(({ request }) => request)).toEqual([
      { place: { sessionId: 's1' }, name },
    ])
  })

  test.each([
    ['a/b', 'Letters, digits'],
    ['.a', 'Letters, digits'],
    ['a ', 'Letters, digits'],
    ['x'.repeat(65), 'At most 64'],
    ['MINE', 'There is “mine” already'],
  ])('cannot be named %s', async (name, why) => {
    const backend = open()
    await row('mine')
    await userEvent.click(screen.getByRole('button', { name: 'Checkpoint now' }))
    const field = screen.getByLabelText('Name')
    await userEvent.clear(field)
    await userEvent.type(field, name)
    expect(screen.getByRole('alert').textContent).toContain(why)
    await userEvent.keyboard('{Enter}')
    expect(backend.requests('checkpoints.create')).toEqual([])
  })
})
