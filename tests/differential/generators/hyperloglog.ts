import { type Arg, anyKey, command, type Group, hyperloglogKey, many, seq, value, word } from '../grammar.ts'

const element: Arg = (s) => (s.random.chance(0.9) ? [`e${s.random.below(300)}`] : value(s))

/** Sparse values with registers that add up, that do not, and that are no runs at all. */
const header = [72, 89, 76, 76, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]
const stored = word(
  Uint8Array.from([...header, 0x7f, 0xff]),
  Uint8Array.from([...header, 0x7f, 0xfb, 0xff]),
  Uint8Array.from([...header, 0x60, 0xf3, 0x80, 0x50, 0xb1, 0x84, 0x4b, 0xfb, 0x80, 0x42, 0x5a]),
  Uint8Array.from([...header, 0xff, 0xff]),
  Uint8Array.from([...header.with(4, 2), 0x7f, 0xff]),
  Uint8Array.from(header.slice(0, 12)),
)

export const hyperloglog: Group = {
  name: 'hyperloglog',
  commands: [
    command('PFADD', seq(hyperloglogKey, many(0, 12, element)), { weight: 8 }),
    command('PFADD', seq(hyperloglogKey, many(20, 60, element)), { weight: 2 }),
    command('PFCOUNT', hyperloglogKey, { weight: 3 }),
    command('PFCOUNT', many(1, 4, hyperloglogKey), { weight: 2 }),
    command('PFCOUNT', many(1, 3, anyKey)),
    command('PFMERGE', many(1, 4, hyperloglogKey), { weight: 3 }),
    command('PFMERGE', many(1, 3, anyKey)),
    command('PFDEBUG', seq(word('DECODE', 'ENCODING', 'decode', 'nosuch'), hyperloglogKey), { weight: 3 }),
    command('PFDEBUG', seq(word('TODENSE', 'GETREG'), hyperloglogKey)),
    command('SET', seq(hyperloglogKey, stored), { weight: 2 }),
    command('GET', hyperloglogKey, { weight: 2 }),
  ],
}
