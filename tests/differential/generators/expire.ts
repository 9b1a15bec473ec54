import {
  anyKey,
  command,
  duration,
  type Group,
  momentMilliseconds,
  momentSeconds,
  options,
  seq,
  word,
} from '../grammar.ts'

const condition = options(word('NX', 'XX', 'GT', 'LT', 'gt'), word('XX', 'GT'))

export const expire: Group = {
  name: 'expire',
  commands: [
    command('EXPIRE', seq(anyKey, duration, condition), { timed: true, weight: 3 }),
    command('PEXPIRE', seq(anyKey, duration, condition), { timed: true, weight: 2 }),
    command('EXPIREAT', seq(anyKey, momentSeconds, condition), { timed: true, weight: 2 }),
    command('PEXPIREAT', seq(anyKey, momentMilliseconds, condition), { timed: true, weight: 2 }),
    // Gone by the next command, though nobody has removed it.
    command('PEXPIRE', seq(anyKey, word('1')), { isWhole: true, elapses: true, weight: 2 }),
    command('TTL', anyKey, { view: 'seconds' }),
    command('PTTL', anyKey, { view: 'milliseconds' }),
    command('EXPIRETIME', anyKey, { view: 'seconds' }),
    command('PEXPIRETIME', anyKey, { view: 'milliseconds' }),
    command('PERSIST', anyKey, { weight: 2 }),
  ],
}
