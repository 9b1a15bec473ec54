import {
  anyKey,
  command,
  database,
  type Group,
  integer,
  many,
  maybe,
  none,
  oneOf,
  seq,
  since,
  value,
  word,
} from '../grammar.ts'

/** Options whose meaning here is that of a real server, with values good and bad. */
const configPair = oneOf(
  seq(word('hash-max-listpack-entries', 'HASH-MAX-LISTPACK-ENTRIES'), word('4', '8', '128', '-1', 'x')),
  seq(word('hash-max-listpack-value'), word('8', '64', '')),
  seq(word('list-max-listpack-size'), word('-2', '-1', '1', '3', '0', '-6')),
  seq(word('set-max-intset-entries'), word('0', '4', '512')),
  since(
    { redis: '7.2.0', valkey: '7.2.0' },
    seq(word('set-max-listpack-entries', 'set-max-listpack-value'), word('0', '4', '64')),
  ),
  seq(word('zset-max-listpack-entries', 'zset-max-listpack-value'), word('0', '4', '64')),
  seq(word('stream-node-max-entries'), word('0', '1', '3', '100')),
  seq(word('hll-sparse-max-bytes'), word('0', '30', '3000')),
  seq(word('maxmemory-policy'), word('noeviction', 'nosuch')),
  seq(word('nosuch-option'), value),
)

export const server: Group = {
  name: 'server',
  commands: [
    // Keys that are past their time count until somebody looks; when that is differs. The states are compared with sizes.
    command('DBSIZE', none, { view: 'type', weight: 2 }),
    command('FLUSHDB', maybe(word('ASYNC', 'SYNC', 'sync', 'nosuch'))),
    command('FLUSHALL', maybe(word('ASYNC', 'SYNC'))),
    command('SWAPDB', seq(database, database)),
    command('TIME', none, { view: 'shape' }),
    command('LASTSAVE', none, { view: 'type' }),
    // Not VERSION: what may follow it depends on which picture the server of that version drew.
    command('LOLWUT', none, { view: 'type' }),
    command('INFO', maybe(word('server', 'keyspace', 'everything', 'nosuch')), { view: 'type' }),
    command('COMMAND COUNT', none, { view: 'type' }),
    command('COMMAND INFO', many(0, 3, word('get', 'set', 'nosuch', 'client|kill')), { view: 'type' }),
    command('COMMAND DOCS', many(1, 2, word('get', 'hset', 'nosuch')), { view: 'type' }),
    // FILTERBY is part of the name, so that it is always there: the list of everything is each server's own.
    command('COMMAND LIST FILTERBY', seq(word('PATTERN', 'ACLCAT', 'MODULE', 'nosuch'), word('xx*', 'h?et')), {
      view: 'unordered',
    }),
    command(
      'COMMAND GETKEYS',
      oneOf(seq(word('GET'), anyKey), seq(word('MSET'), many(1, 2, seq(anyKey, value))), word('PING', 'nosuch')),
    ),
    command('CONFIG GET', many(1, 2, word('hash-max-listpack-value', 'maxmemory-p*', 'nosuch', 'appendonly')), {
      view: 'pairs',
    }),
    command('CONFIG SET', many(1, 2, configPair)),
    command('CONFIG RESETSTAT', none),
    command('MEMORY USAGE', seq(anyKey, maybe(word('SAMPLES'), integer)), { view: 'type' }),
    command('MEMORY DOCTOR', none, { view: 'type' }),
    command('DEBUG SET-ACTIVE-EXPIRE', word('0', '1')),
    command('NOSUCHCOMMAND', many(0, 3, value)),
    command('get2', many(0, 3, anyKey)),
  ],
}
