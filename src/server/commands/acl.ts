/*
 * ACL, as far as there is one user: who am I.
 */
import { defineCommand } from '../exec/command.ts'
import { helpCommand } from './help.ts'

const GROUP = { group: 'server', flags: ['loading', 'stale'] } as const

export const ACL = defineCommand({
  name: 'acl',
  usage: '',
  summary: 'A container for Access List Control commands.',
  group: 'server',
  since: '6.0.0',
  complexity: 'Depends on subcommand.',
  arity: -2,
  flags: [],
  subcommands: [
    defineCommand({
      name: 'whoami',
      usage: '',
      summary: 'Tells the user name of the connection.',
      group: 'server',
      since: '6.0.0',
      complexity: 'O(1)',
      arity: 2,
      flags: ['noscript', 'loading', 'stale'],
      run({ client, reply }) {
        reply.bulkText(client.user)
      },
    }),
    helpCommand('acl', GROUP, '6.0.0', [['WHOAMI', 'Return the current connection username.']]),
  ],
})
