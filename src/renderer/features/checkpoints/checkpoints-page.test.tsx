import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Branch, Checkpoint } from '../../../shared/contract/checkpoints.ts'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { type FakeAnswers, failing, fakeBackend } from '../../api/testing/fake-backend.ts'
import { Toasts } from '../../ui/toast.tsx'
import { CheckpointsPage } from './checkpoints-page.tsx'

class NoResizes {
  observe() {}
  unobserve() {}
  disconnect() {}
}
beforeAll(() => {
  vi.stubGlobal('ResizeObserver', NoResizes)
  // Finding by role walks every cell of the table, which takes a busy machine more than a second.
  configure({ asyncUtilTimeout: 3_000 })
})
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

function open(answers: FakeAnswers = {}, of: SessionInfo = session) {
  const backend = fakeBackend({
    'databases.list': () => [database],
    'checkpoints.list': () => ({ checkpoints: [beforeFlush, checkpoint()], branches: [], keepsTimes: false }),
    ...answers,
  })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <CheckpointsPage session={of} />
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

  test('is read again when another window changed it, which is not ours', async () => {
    const backend = open()
    await row('mine')
    act(() => backend.emit('checkpoints.changed', { database: 'another' }))
    expect(backend.requests('checkpoints.list').length).toBe(1)
    act(() => backend.emit('checkpoints.changed', { database: 'local' }))
    await waitFor(() => expect(backend.requests('checkpoints.list').length).toBe(2))
  })

  test('that cannot be read says why, and is asked for again', async () => {
    const backend = open({
      'checkpoints.list': failing({ code: 'CONNECTION_REFUSED', message: 'It is away', detail: 'ECONNREFUSED' }),
    })
    const note = await screen.findByRole('alert')
    expect(note.textContent).toContain('ECONNREFUSED')
    backend.answer({ 'checkpoints.list': () => ({ checkpoints: [checkpoint()], branches: [], keepsTimes: false }) })
    await userEvent.click(within(note).getByRole('button', { name: 'Ask again' }))
    expect(await screen.findByText('mine')).toBeDefined()
  })

  test('shows what is wrong with a broken one, which can only be deleted', async () => {
    open({
      'checkpoints.list': () => ({
        checkpoints: [checkpoint({ problem: 'dump.rdb is missing' })],
        branches: [],
        keepsTimes: false,
      }),
    })
    await screen.findByText(/broken: dump.rdb is missing/)
    expect(screen.getByRole('button', { name: 'Rewind…' }).hasAttribute('disabled')).toBe(true)
    await userEvent.keyboard('{Tab}{Tab}{Tab}{Enter}')
    expect(screen.queryByRole('dialog')).toBe(null)
  })

  test('of a server without any says what they are for', async () => {
    open({ 'checkpoints.list': () => ({ checkpoints: [], branches: [], keepsTimes: false }) })
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
      { place: { sessionId: 's1' }, to: { checkpoint: 'mine' } },
      { place: { sessionId: 's1' }, to: { checkpoint: beforeRewind.name } },
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

describe('a rewind to a time', () => {
  test('is offered only where the server keeps times', async () => {
    open()
    await row('mine')
    expect(screen.queryByRole('button', { name: 'Rewind to a time…' })).toBe(null)
  })

  test('sends the time to the second, and nothing while it is none or yet to come', async () => {
    const backend = open({
      'checkpoints.list': () => ({ checkpoints: [checkpoint()], branches: [], keepsTimes: true }),
      'checkpoints.rewind': () => ({ undo: beforeRewind }),
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Rewind to a time…' }))
    const dialog = within(await screen.findByRole('dialog'))
    const field = dialog.getByLabelText<HTMLInputElement>('Time')
    fireEvent.change(field, { target: { value: '2199-01-01T00:00:00' } })
    expect(dialog.getByRole('alert').textContent).toBe('That is yet to come')
    fireEvent.change(field, { target: { value: '2026-01-02T03:04:05' } })
    const time = new Date(2026, 0, 2, 3, 4, 5).getTime()
    expect(dialog.getByText(`KEYSTEAD.CHECKPOINT REWIND TIME ${time}`)).toBeDefined()
    await userEvent.click(dialog.getByRole('button', { name: 'Rewind to that time' }))
    await screen.findByRole('button', { name: 'Undo' })
    expect(backend.requests('checkpoints.rewind').map(({ request }) => request)).toEqual([
      { place: { sessionId: 's1' }, to: { time } },
    ])
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

  test('with a name that cannot be is not sent', async () => {
    const backend = open()
    await row('mine')
    await userEvent.click(screen.getByRole('button', { name: 'Checkpoint now' }))
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'MINE' } })
    expect(screen.getByRole('alert').textContent).toBe('There is “mine” already')
    await userEvent.keyboard('{Enter}')
    expect(backend.requests('checkpoints.create')).toEqual([])
  })
})

describe('branches', () => {
  const branch = (change: Partial<Branch> = {}): Branch => ({
    name: 'try',
    origin: 'checkpoint mine',
    createdAt: Date.now() - 60_000,
    keys: 1_204,
    dir: '/data/local/branches/try',
    ...change,
  })
  const onBranch: LocalDatabase = {
    ...database,
    id: 'd2',
    name: 'try',
    port: 6380,
    status: 'stopped',
    branch: { of: 'local', name: 'try' },
  }
  const withBranch = {
    'checkpoints.list': () => ({ checkpoints: [checkpoint()], branches: [branch()], keepsTimes: false }),
  }

  test('are made of a checkpoint, with a database on them that is started', async () => {
    const backend = open({
      'branches.create': () => ({}),
      'databases.create': () => onBranch,
      'databases.start': () => ({ ...onBranch, status: 'running' }),
    })
    await userEvent.click((await row('mine')).getByRole('button', { name: 'More for mine' }))
    await userEvent.click(await screen.findByText('Branch from it…'))
    const dialog = within(await screen.findByRole('dialog'))
    await userEvent.type(dialog.getByLabelText('Name'), 'try')
    expect(dialog.getByText('KEYSTEAD.BRANCH CREATE try FROM mine')).toBeDefined()
    await userEvent.keyboard('{Enter}')
    expect(await screen.findByText('try runs')).toBeDefined()
    expect(
      ['branches.create', 'databases.create', 'databases.start'].flatMap((method) =>
        backend.requests(method).map(({ request }) => request),
      ),
    ).toEqual([
      { place: { sessionId: 's1' }, name: 'try', from: { checkpoint: 'mine' } },
      { name: 'try', branch: { of: 'local', name: 'try' }, start: false },
      { id: 'd2' },
    ])
  })

  test('are not made twice when only the database on them failed', async () => {
    const backend = open({
      'branches.create': () => ({}),
      'databases.create': failing({ code: 'DISK_FAILED', message: 'The disk is full' }),
    })
    await row('mine')
    await userEvent.click(screen.getByRole('button', { name: 'Branch…' }))
    await userEvent.type(await screen.findByLabelText('Name'), 'try')
    await userEvent.click(screen.getByText('Start it now'))
    await userEvent.click(screen.getByRole('button', { name: 'Create branch' }))
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full')
    backend.answer({ 'databases.create': () => onBranch })
    await userEvent.click(screen.getByRole('button', { name: 'Create branch' }))
    expect(await screen.findByText('try is on Home')).toBeDefined()
    expect(backend.requests('branches.create').length).toBe(1)
  })

  test('are listed with the database that uses each, which starts with one click', async () => {
    const backend = open({
      ...withBranch,
      'databases.list': () => [database, onBranch],
      'databases.start': () => ({ ...onBranch, status: 'running' }),
    })
    await screen.findByText('stopped')
    await userEvent.click(screen.getByRole('button', { name: 'Start' }))
    expect(backend.requests('databases.start').map(({ request }) => request)).toEqual([{ id: 'd2' }])
    act(() => backend.emit('databases.changed', [database, { ...onBranch, status: 'running' }]))
    expect(await screen.findByText('running on 6380')).toBeDefined()
    expect(screen.getByRole('button', { name: 'Open' })).toBeDefined()
  })

  test('that no database uses can become one, or be deleted', async () => {
    const backend = open({ ...withBranch, 'branches.remove': () => ({}) })
    await screen.findByText('none')
    expect(screen.getByRole('button', { name: 'Database…' })).toBeDefined()
    screen.getByRole('grid', { name: 'Branches' }).focus()
    await userEvent.keyboard('{Delete}')
    const dialog = within(await screen.findByRole('dialog'))
    expect(dialog.getByText('KEYSTEAD.BRANCH DELETE try')).toBeDefined()
    await userEvent.click(dialog.getByRole('button', { name: 'Delete the branch' }))
    await waitFor(() => expect(screen.queryByRole('dialog', { name: /Delete the branch/ })).toBe(null))
    expect(backend.requests('branches.remove').map(({ request }) => request)).toEqual([
      { place: { sessionId: 's1' }, name: 'try' },
    ])
  })

  test('of a server elsewhere are folders there', async () => {
    open(withBranch, { ...session, target: { connection: 'c1' } })
    expect(await screen.findByText('/data/local/branches/try')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Branch…' }))
    expect((await screen.findByRole('dialog')).textContent).toContain('for another keystead-server to start on')
    expect(screen.queryByLabelText('Port')).toBe(null)
  })
})
