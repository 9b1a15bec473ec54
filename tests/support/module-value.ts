/*
 * A value of a module as RDB files have it after its form: the id of its type, an
 * integer of 64 bits, a string, a float, a double, and the end.
 */
export const MODULE_VALUE = Uint8Array.from(
  Buffer.from(
    ['0102030405060708', '02810000000100000000', '0503616263', '0300000000', '040000000000000000', '00'].join(''),
    'hex',
  ),
)
