import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test } from 'vitest'
import type { Connection, ConnectionDraft } from '../../../shared/contract/connections.ts'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import { type FakeAnswers, failing, fakeBackend } from '../../api/testing/fake-backend.ts'
import { Toasts } from '../../ui/toast.tsx'
import { HomePage } from './home-page.tsx'

afterEach(cleanup)

const database = (change: Partial<LocalDatabase> = {}): LocalDatabase => ({
  id: 'local',
  name: 'local',
  port: 6379,
  status: 'running',
  autoStart: true,
  dir: '/data/local',
  createdAt: 0,
  keys: 12_004,
  memoryUsed: 3_400_211,
  ...change,
})

const connection = (change: Partial<Connection> = {}): Connection => ({
  id: 'c1',
  name: 'prod-cache',
  endpoint: { kind: 'tcp', host: 'cache', port: 6379 },
  db: 0,
  environment: 'production',
  hasPassword: true,
  createdAt: 0,
  ...change,
})

function open(answers: FakeAnswers = {}) {
  const backend = fakeBackend({
    'databases.list': () => [database()],
    'connections.list': () => [connection()],
    ...answers,
  })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <HomePage checkpoints={() => <span>checkpoints go here</span>} />
      <Toasts />
    </QueryClientProvider>,
  )
  return backend
}

describe('local databases', () => {
  test('show what they are, and follow what the backend tells', async () => {
    const backend = open()
    expect(await screen.findByText('12,004')).toBeDefined()
    expect(screen.getByText('3.24 MiB')).toBeDefined()
    expect(screen.getByText('running')).toBeDefined()
    act(() => backend.emit('databases.changed', [database({ status: 'stopped', keys: undefined })]))
    expect(await screen.findByText('stopped')).toBeDefined()
    expect(screen.queryByText('12,004')).toBe(null)
    expect(screen.queryByRole('link', { name: 'local' })).toBe(null)
  })

  test('are told to be safe from a crash only where there are any', async () => {
    open({ 'databases.list': () => [] })
    await screen.findByText('No local database')
    expect(screen.queryByText(/a crash loses no more/)).toBe(null)
    cleanup()
    open()
    expect(await screen.findByText(/a crash loses no more/)).toBeDefined()
  })

  test('on a taken port say who holds it, and start on the next free one with one click', async () => {
    const taken = failing({
      code: 'PORT_TAKEN',
      message: 'Port 6379 is taken',
      port: { port: 6379, nextFree: 6380, server: 'redis', version: '7.0.15', pid: 911, process: 'redis-server' },
    })
    const backend = open({
      'databases.list': () => [database({ status: 'stopped' })],
      'databases.start': ({ port }) => (port === undefined ? taken() : database({ port })),
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Start' }))
    const note = await screen.findByRole('alert')
    expect(note.textContent).toContain('Port 6379 is taken by a redis server 7.0.15 (redis-server, process 911)')
    await userEvent.click(within(note).getByRole('button', { name: 'Start on port 6380' }))
    expect(backend.calls.findLast(({ method }) => method === 'databases.start')?.request).toEqual({
      id: 'local',
      port: 6380,
    })
    await waitFor(() => expect(screen.queryByRole('alert')).toBe(null))
  })

  test('delete their data only after the name was typed', async () => {
    const backend = open({ 'databases.remove': () => ({}) })
    await userEvent.click(await screen.findByRole('button', { name: 'More for local' }))
    await userEvent.click(await screen.findByText('Remove…'))
    const dialog = await screen.findByRole('dialog')
    await userEvent.click(within(dialog).getByText(/Delete its data as well/))
    const button = within(dialog).getByRole('button', { name: 'Remove and delete its data' })
    expect(button.hasAttribute('disabled') || button.getAttribute('aria-disabled') === 'true').toBe(true)
    await userEvent.type(within(dialog).getByRole('textbox'), 'local')
    await userEvent.click(button)
    expect(backend.calls.find(({ method }) => method === 'databases.remove')).toMatchObject({
      request: { id: 'local', deleteData: true, confirm: 'local' },
    })
  })

  test('a list that cannot be read says why, in the words of the system', async () => {
    open({ 'databases.list': failing({ code: 'DISK_FAILED', message: 'It cannot be read', detail: 'EACCES: open' }) })
    expect((await screen.findByRole('alert')).textContent).toContain('EACCES: open')
  })
})

describe('saved connections', () => {
  const parsed = {
    name: 'h',
    endpoint: { kind: 'tcp', host: 'h.example', port: 6380, tls: { verify: true } },
    username: 'ada',
    password: 's3cret',
    db: 2,
  } as const

  test('a URL pasted anywhere on the page is read into the fields and saved', async () => {
    const saved: ConnectionDraft[] = []
    open({
      'connections.list': () => [],
      'connections.parseUrl': () => parsed,
      'connections.save': (draft) => {
        saved.push(draft as ConnectionDraft)
        return connection()
      },
    })
    await screen.findByText('No saved connection')
    fireEvent.paste(window.document.body, { clipboardData: { getData: () => 'rediss://ada:s3cret@h.example:6380/2' } })
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Host').value).toBe('h.example'))
    expect(screen.getByLabelText<HTMLInputElement>('Password').type).toBe('password')
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(saved).toEqual([
      {
        name: 'h',
        endpoint: parsed.endpoint,
        username: 'ada',
        password: 's3cret',
        db: 2,
        environment: 'development',
      },
    ])
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null))
  })

  test('text that is no URL of ours is left alone when pasted', async () => {
    open()
    await screen.findByText('prod-cache')
    fireEvent.paste(window.document.body, { clipboardData: { getData: () => 'https://example.org' } })
    expect(screen.queryByRole('dialog')).toBe(null)
  })

  test('a test shows latency, kind and version, or the failure', async () => {
    const backend = open({
      'connections.test': () => ({ kind: 'valkey', version: '8.1.1', role: 'primary', latencyMs: 0.3134, keys: 3 }),
    })
    const button = await screen.findByRole('button', { name: 'Test' })
    await userEvent.click(button)
    expect(await screen.findByText('0.31 ms · valkey 8.1.1 · primary · 3 keys')).toBeDefined()
    // The saved password stays where it is: the draft has none.
    expect(backend.calls.findLast(({ method }) => method === 'connections.test')?.request).not.toHaveProperty(
      'password',
    )
    backend.answer({
      'connections.test': failing({
        code: 'AUTH_FAILED',
        message: 'It refused the password',
        detail: 'WRONGPASS invalid username-password pair',
      }),
    })
    await userEvent.click(button)
    expect((await screen.findByRole('alert')).textContent).toContain('WRONGPASS')
  })

  test('bad fields are named and nothing is sent', async () => {
    const backend = open()
    await userEvent.click(await screen.findByRole('button', { name: 'Add connection' }))
    const port = await screen.findByLabelText('Port')
    await userEvent.clear(port)
    await userEvent.type(port, '99999')
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('1 to 65535')).toBeDefined()
    expect(backend.calls.some(({ method }) => method === 'connections.save')).toBe(false)
  })
})
