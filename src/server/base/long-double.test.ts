/*
 * Sums of long doubles. The expectations are answers of redis-server 7.0 on x86-64.
 */
import { expect, test } from 'vitest'
import { addLongDouble } from './long-double.ts'

test.each([
  ['3.0e3', '200', '3200'],
  ['0.1', '0.2', '0.3'],
  ['0', '0x1.8p1', '3'],
  ['0', '-0', '0'],
  ['0', '-1e-30', '0'],
  // 64 bits of mantissa: one more than an int64 needs, eleven more than a double has.
  ['9223372036854775807', '0.5', '9223372036854775807.5'],
  ['18446744073709551615', '1', '18446744073709551616'],
  ['18446744073709551616', '1', '18446744073709551616'],
  ['18446744073709551618', '1', '18446744073709551620'],
  ['1e30', '1e40', '10000000001000000000073757053179303821312'],
  ['10000000001000000000073757053179303821312', '-1e40', '1000000000290070960909047562240'],
  // 17 decimals, half to even.
  ['0', '0.000003814697265625', '0.00000381469726562'],
  ['0', '0.000000000000000015', '0.00000000000000002'],
  ['0', '0.000000000000000005', '0'],
])('%s + %s is %s', (a, b, sum) => {
  expect(addLongDouble(a, b)).toBe(sum)
  expect(addLongDouble(b, a)).toBe(sum)
})

test.each([
  '',
  ' 1',
  '1 ',
  '\t1',
  '+',
  '.',
  'e1',
  '1e',
  '1e+',
  '0x',
  '0x.',
  '0x1p',
  'nan',
  '-nan',
  '1_0',
  '1\n',
  'infin',
])('%j is no number', (text) => {
  expect(addLongDouble('1', text)).toBe('invalid')
  expect(addLongDouble(text, '1')).toBe('invalid')
})

test('a number that overflows or vanishes is none, one that is nearly so is', () => {
  expect(addLongDouble('0', '1.189731495357231765085759326628007016e4932')).toBe('invalid')
  expect(addLongDouble('0', '1.18973149535723176502e+4932')).toMatch(/^118973149535723176502\d{4912}$/)
  expect(addLongDouble('0', '1e-4952')).toBe('invalid')
  expect(addLongDouble('0', '3.7e-4951')).toBe('0')
  expect(addLongDouble('0', '0e-99999999999')).toBe('0')
  expect(addLongDouble('0', `0.${'0'.repeat(5000)}1e5001`)).toBe('1')
})

test('text beyond 5 KiB is no number', () => {
  expect(addLongDouble('0', '0'.repeat(5119))).toBe('0')
  expect(addLongDouble('0', '0'.repeat(5120))).toBe('invalid')
})

test('what is not finite is told apart from what is no number', () => {
  for (const text of ['inf', '-INF', '+Infinity']) expect(addLongDouble('1', text)).toBe('nan-or-infinity')
  expect(addLongDouble('1.1e4932', '1.1e4932')).toBe('nan-or-infinity')
  expect(addLongDouble('inf', 'abc')).toBe('invalid')
})
