import { describe, expect, test } from 'vitest'
import { carriesSecret, describeCommand } from './describe-command.ts'
import { Ledger } from './ledger.ts'

describe('the ledger', () => {
  test('lists newest first, by window, and counts what is repeated', () => {
    const ledger = new Ledger()
    for (const [i, name] of ['GET', 'PING', 'PING', 'PING', 'SET'].entries()) ledger.record('status', [name], i)
    expect(ledger.page(0, 2)).toEqual({
      rows: [
        { number: 3, at: 4, source: 'status', command: 'SET', count: 1 },
        { number: 2, at: 3, source: 'status', command: 'PING', count: 3 },
      ],
      offset: 0,
      total: 3,
      commandsSent: 5,
    })
    expect(ledger.page(2, 10).rows.map(({ command }) => command)).toEqual(['GET'])
    expect(ledger.page(3, 10).rows).toEqual([])
  })

  test('keeps the last ten thousand and the count of all', () => {
    const ledger = new Ledger()
    for (let i = 1; i <= 10_500; i++) ledger.record('browser', ['GET', `k${i}`], i)
    const { total, commandsSent } = ledger.page(0, 1)
    expect([total, commandsSent]).toEqual([10_000, 10_500])
    expect(ledger.page(9_999, 5).rows.map(({ command }) => command)).toEqual(['GET k501'])
  })
})

describe('a command is described', () => {
  test.each([
    [['GET', 'user:1'], 'GET user:1'],
    [['SET', 'a b', 'say "hi"\n'], 'SET "a b" "say \\"hi\\"\\n"'],
    [['GET', Uint8Array.of(0, 255, 92)], 'GET "\\x00\\xff\\\\"'],
    [['GET', ''], 'GET ""'],
    [['SET', 'k', 'x'.repeat(100)], `SET k ${'x'.repeat(64)}... (100 bytes)`],
    [
      ['MGET', ...Array.from({ length: 20 }, (_, i) => `k${i}`)],
      `MGET ${Array.from({ length: 15 }, (_, i) => `k${i}`).join(' ')} ... (5 more)`,
    ],
  ])('%j', (args, text) => {
    expect(describeCommand(args)).toBe(text)
  })

  test.each([
    [['AUTH', 's3cret'], 'AUTH (redacted)'],
    [['auth', 'ann', 's3cret'], 'auth ann (redacted)'],
    [['HELLO', '3', 'AUTH', 'ann', 's3cret', 'SETNAME', 'x'], 'HELLO 3 AUTH ann (redacted) SETNAME x'],
    [['CONFIG', 'SET', 'maxmemory', '1', 'requirepass', 's3cret'], 'CONFIG SET maxmemory 1 requirepass (redacted)'],
    [['ACL', 'SETUSER', 'ann', 'on', '>s3cret', '#s3cret', '+get'], 'ACL SETUSER ann on (redacted) (redacted) +get'],
    [['MIGRATE', 'h', '1', 'k', '0', '9', 'AUTH', 's3cret'], 'MIGRATE h 1 k 0 9 AUTH (redacted)'],
    [['MIGRATE', 'h', '1', 'k', '0', '9', 'AUTH2', 'ann', 's3cret'], 'MIGRATE h 1 k 0 9 AUTH2 ann (redacted)'],
    [[new TextEncoder().encode('AUTH'), new TextEncoder().encode('s3cret')], 'AUTH (redacted)'],
  ])('%j without its secret', (args, text) => {
    expect(describeCommand(args)).toBe(text)
    expect(carriesSecret(args)).toBe(true)
  })

  test('and an ordinary one carries none', () => {
    expect(carriesSecret(['GET', 'auth'])).toBe(false)
    expect(carriesSecret([])).toBe(false)
  })
})
