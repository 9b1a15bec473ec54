import {
  command,
  database,
  type Group,
  integer,
  many,
  maybe,
  none,
  oneOf,
  options,
  seq,
  value,
  word,
} from '../grammar.ts'

const clientFilter = oneOf(
  seq(word('FLAGS', 'NOT-FLAGS', 'flags'), word('N', 'x', 'ex', 'z', '', 'NN', 'A')),
  seq(word('CAPA', 'NOT-CAPA'), word('r', 'R', 'x', '', 'rr')),
  seq(word('DB', 'NOT-DB'), word('0', '3', '15', '16', '-1', 'x', '2147483648')),
  seq(word('IDLE', 'MAXAGE', 'NOT-IDLE', 'NOT-MAXAGE'), word('1000', '0', '-1', 'x', '99999999999999999999')),
  seq(word('NAME', 'NOT-NAME', 'LIB-NAME', 'NOT-LIB-VER', 'ADDR', 'NOT-LADDR', 'IP', 'not-ip'), word('me', '', 'x')),
  seq(word('TYPE', 'NOT-TYPE'), word('normal', 'PRIMARY', 'pubsub', 'nosuch')),
  seq(word('USER', 'NOT-USER'), word('default', 'nosuch')),
  seq(word('SKIPME', 'NOT-SKIPME'), word('yes', 'NO', 'maybe')),
  seq(word('NOT-ID'), word('999999', '0', 'x'), maybe(word('999998', 'x'))),
  word('NOSUCH', 'NAME'),
)
const clientName = word('', 'me', 'with space', 'new\nline', 'ok-name')

export const connection: Group = {
  name: 'connection',
  commands: [
    command('PING', maybe(value)),
    command('ECHO', value),
    command('SELECT', database, { weight: 2 }),
    command('HELLO', seq(oneOf(none, word('2', '3', '3', '4', '1')), options(seq(word('SETNAME'), clientName))), {
      view: 'type',
    }),
    command('AUTH', seq(value, maybe(value))),
    command('RESET', none),
    command('CLIENT ID', none, { view: 'type' }),
    command('CLIENT GETNAME', none),
    command('CLIENT SETNAME', clientName, { weight: 2 }),
    command('CLIENT SETINFO', seq(word('lib-name', 'LIB-VER', 'nosuch'), clientName)),
    command('CLIENT INFO', none, { view: 'type' }),
    command('CLIENT LIST', maybe(oneOf(seq(word('TYPE'), word('normal', 'nosuch')), seq(word('ID'), integer))), {
      view: 'type',
    }),
    command('CLIENT LIST', many(1, 3, clientFilter), { view: 'type', weight: 2 }),
    // The last one holds for nobody: those who send the commands are to stay.
    command('CLIENT KILL', seq(clientFilter, many(0, 2, clientFilter), word('NAME'), word('nobody'))),
    command('CLIENT NO-EVICT', word('ON', 'OFF', 'maybe')),
    command('CLIENT NO-TOUCH', word('on', 'off', 'maybe')),
    command(
      'CLIENT KILL',
      oneOf(word('127.0.0.1:1'), seq(word('ID'), word('999999', '0', '-1', 'x')), seq(word('ADDR'), word('1.2.3.4:5'))),
    ),
    command('CLIENT UNBLOCK', seq(word('999999', 'x'), maybe(word('TIMEOUT', 'ERROR', 'NOW')))),
    command('CLIENT UNPAUSE', none),
    command('CLIENT REPLY', word('ON', 'nosuch')),
    command('CLIENT', word('HELP', 'NOSUCH'), { view: 'type' }),
  ],
}
