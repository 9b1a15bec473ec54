import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dataDir } from './data-dir.ts'
import { parseOptions } from './options.ts'

const PLAIN = { host: '127.0.0.1', port: 0, password: undefined, allowedHosts: [], open: false }

describe('the command line', () => {
  test.each([
    [[], {}, PLAIN],
    [['--port', '8080', '--open'], {}, { ...PLAIN, port: 8080, open: true }],
    [['--host', '::1'], {}, { ...PLAIN, host: '::1' }],
    [['--host=0.0.0.0', '--password=x'], {}, { ...PLAIN, host: '0.0.0.0', password: 'x' }],
    [['--host', '10.0.0.1'], { KEYSTEAD_PASSWORD: 'y' }, { ...PLAIN, host: '10.0.0.1', password: 'y' }],
    [['--allow-host', 'A.example', '--allow-host', 'b'], {}, { ...PLAIN, allowedHosts: ['a.example', 'b'] }],
  ])('%j is understood', (args, env, options) => {
    expect(parseOptions(args, env)).toEqual({ kind: 'run', options })
  })

  test.each([
    [['--host', '0.0.0.0'], 'password is needed'],
    [['--host', '::'], 'password is needed'],
    [['--host', '127.evil.example'], 'password is needed'],
    [['--host', '0.0.0.0', '--password', ''], 'must not be empty'],
    [['--port', '65536'], 'not a port'],
    [['--port', '1e3'], 'not a port'],
    [['--port', ''], 'not a port'],
    [['--nonsense'], '--nonsense'],
    [['stray'], 'stray'],
  ])('%j is refused, saying why', (args, why) => {
    expect(parseOptions(args, {})).toEqual({ kind: 'wrong', message: expect.stringContaining(why) })
  })

  test('help is given before anything is complained about', () => {
    expect(parseOptions(['--help', '--port', 'x'], {})).toEqual({ kind: 'help' })
  })
})

test('data is kept where the system keeps such things, or where the user says', () => {
  expect(dataDir({ KEYSTEAD_HOME: '/k' }, 'linux')).toBe('/k')
  expect(dataDir({ XDG_DATA_HOME: '/x' }, 'linux')).toBe(join('/x', 'keystead'))
  expect(dataDir({}, 'linux')).toMatch(/\.local.share.keystead$/)
  expect(dataDir({}, 'darwin')).toMatch(/Library.Application Support.Keystead$/)
  expect(dataDir({ APPDATA: '/a' }, 'win32')).toBe(join('/a', 'Keystead'))
})
