/*
 * Values of types that are not of this server, as RDB files have them after the key.
 */
const bytes = (...parts: readonly string[]): Uint8Array => Uint8Array.from(Buffer.from(parts.join(''), 'hex'))

/** Of a module: the id of its type, an integer of 64 bits, a string, a float, a double, and the end. */
export const MODULE_VALUE = bytes(
  '0102030405060708',
  '02810000000100000000',
  '0503616263',
  '0300000000',
  '040000000000000000',
  '00',
)

/** Four elements, the next of which goes to 2^40: a string, -1, 1.5 and a short string, at 0, 1, 2 and 2^32. */
export const ARRAY_VALUE = bytes(
  '0401',
  '810000010000000000',
  '00',
  '000568656c6c6f',
  '01',
  '01ffffffffffffffff',
  '02',
  '02000000000000f83f',
  '810000000100000000',
  '03026162',
)
