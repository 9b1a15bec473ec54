import type { CommandArg } from '../../support/reply.ts'
import {
  type Arg,
  anyKey,
  bitmapKey,
  command,
  type Group,
  many,
  maybe,
  offset,
  oneOf,
  seq,
  since,
  value,
  word,
} from '../grammar.ts'

/** Offsets near each other; the far ones are refused or read, never so far that a server would allocate it. */
const bit: Arg = ({ random }) => [random.chance(0.95) ? random.below(400) : random.pick(['4294967296', '-1'])]
const anyBit: Arg = ({ random }) => [random.chance(0.9) ? random.below(400) : '4294967295']
const zeroOrOne = word('0', '1')
const unit = maybe(word('BYTE', 'BIT', 'bit'))

const fieldType: Arg = ({ random }) => [
  random.chance(0.9)
    ? `${random.pick(['i', 'u'])}${random.pick([1, 2, 5, 8, 16, 31, 32, 33, 63])}`
    : random.pick(['i64', 'u64', 'u0', 'i65', 'x8', 'I8']),
]
const fieldOffset: Arg = ({ random }) => [random.chance(0.7) ? random.below(300) : `#${random.below(20)}`]
const number: Arg = ({ random }) => [
  random.pick<CommandArg>([
    random.between(-300, 300),
    random.between(-300, 300),
    random.between(-2147483648, 2147483647),
    '9223372036854775807',
    '-9223372036854775808',
    '4294967296',
    '-1',
  ]),
]
const overflow = seq(word('OVERFLOW', 'overflow'), word('WRAP', 'SAT', 'FAIL', 'sat'))
const read = seq(word('GET', 'get'), fieldType, fieldOffset)

export const bitmap: Group = {
  name: 'bitmap',
  commands: [
    command('SETBIT', seq(bitmapKey, bit, zeroOrOne), { weight: 6 }),
    command('GETBIT', seq(bitmapKey, anyBit), { weight: 2 }),
    command('SET', seq(bitmapKey, value), { weight: 3 }),
    // Redis 7.0 looks at the key before the range; the newer ones do not, so the key is mostly one that is there.
    command('BITCOUNT', seq(bitmapKey, maybe(seq(offset, offset, unit))), { weight: 3 }),
    command('BITCOUNT', since({ valkey: '8.0' }, seq(anyKey, offset))),
    command('BITPOS', seq(bitmapKey, zeroOrOne, maybe(seq(offset, maybe(seq(offset, unit))))), { weight: 3 }),
    command('BITOP', seq(word('AND', 'OR', 'XOR', 'and', 'xor'), bitmapKey, many(1, 4, anyKey)), { weight: 4 }),
    command('BITOP', seq(word('NOT'), bitmapKey, bitmapKey), { weight: 2 }),
    command('BITOP', seq(word('NOT', 'NAND'), bitmapKey, many(1, 2, anyKey))),
    command(
      'BITFIELD',
      seq(
        bitmapKey,
        many(
          0,
          5,
          oneOf(
            read,
            overflow,
            seq(word('SET'), fieldType, fieldOffset, number),
            seq(word('INCRBY', 'incrby'), fieldType, fieldOffset, number),
          ),
        ),
      ),
      { weight: 8 },
    ),
    command('BITFIELD_RO', seq(bitmapKey, many(0, 3, read))),
    command('BITFIELD_RO', seq(bitmapKey, many(1, 2, oneOf(read, overflow, seq(word('SET'), fieldType, bit, number))))),
  ],
}
