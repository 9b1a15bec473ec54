import { command, database, type Group, integer, maybe, none, oneOf, options, seq, value, word } from '../grammar.ts'

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
