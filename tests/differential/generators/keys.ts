import { anyKey, command, database, type Group, many, maybe, options, pattern, seq, word } from '../grammar.ts'

const scanOptions = options(
  seq(word('MATCH'), pattern),
  // Large: both servers end in one call, and what they found can be compared.
  seq(word('COUNT'), word('1000', '1000', '1', '0')),
  seq(word('TYPE'), word('string', 'hash', 'HASH', 'list', 'nosuch')),
)

const restoreOptions = options(
  word('REPLACE'),
  word('ABSTTL'),
  seq(word('IDLETIME', 'FREQ'), word('5', '-1', '256', 'x')),
)

export const keys: Group = {
  name: 'keys',
  commands: [
    command('DEL', many(1, 3, anyKey), { weight: 2 }),
    command('UNLINK', many(1, 3, anyKey)),
    command('EXISTS', many(1, 4, anyKey)),
    command('TOUCH', many(1, 4, anyKey)),
    command('TYPE', anyKey, { weight: 2 }),
    command('KEYS', pattern, { view: 'unordered' }),
    command('SCAN', seq(word('0'), scanOptions), { view: 'scan', weight: 2 }),
    command('RANDOMKEY', () => [], { view: 'type' }),
    command('RENAME', seq(anyKey, anyKey), { weight: 2 }),
    command('RENAMENX', seq(anyKey, anyKey), { weight: 2 }),
    command('COPY', seq(anyKey, anyKey, options(seq(word('DB'), database), word('REPLACE'))), { weight: 2 }),
    command('MOVE', seq(anyKey, database)),
    // What a payload is made of is each server's own; that of a value restored elsewhere is tested by itself.
    command('DUMP', anyKey, { view: 'type' }),
    command(
      'RESTORE',
      seq(anyKey, word('0', '100000', '-1', 'x'), word('', 'x', 'payload that is none'), restoreOptions),
    ),
    command('OBJECT ENCODING', anyKey, { weight: 3 }),
    command('OBJECT REFCOUNT', anyKey, { view: 'type' }),
    command('OBJECT IDLETIME', anyKey, { view: 'type' }),
    command('OBJECT FREQ', anyKey),
    command('OBJECT', seq(word('HELP', 'nosuch'), maybe(anyKey)), { view: 'type' }),
  ],
}
