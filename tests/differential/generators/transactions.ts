import { anyKey, command, type Group, many, none } from '../grammar.ts'

export const transactions: Group = {
  name: 'transactions',
  commands: [
    command('MULTI', none, { weight: 3 }),
    command('EXEC', none, { weight: 3 }),
    command('DISCARD', none),
    command('WATCH', many(1, 2, anyKey), { weight: 3 }),
    command('UNWATCH', none),
  ],
}
