/*
 * What is made of the text format, and what is not understood. That the instructions
 * do what they say is shown by what is written in them: crc64.test.ts, lzf.fuzz.ts.
 */
import { expect, test } from 'vitest'
import { WASM_PAGE, WasmMemory, WasmProgram } from './wasm.ts'

interface Functions {
  readonly sum: (at: number, end: number) => number
}

const SUM = `
  (func $sum (param $at i32) (param $end i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next ;; once for each byte
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.eq (i32.load8_u offset=1 (local.get $at)) (i32.const 200))
          (then (local.set $sum (i32.add (local.get $sum) (i32.const -1000))))
          (else (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=1 (local.get $at))))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $sum))
`

test('functions see the memory they were made for', () => {
  const program = new WasmProgram<Functions>(SUM)
  const [small, big] = [new WasmMemory(1), new WasmMemory(WASM_PAGE + 1)]
  const [one, other] = [program.in(small), program.in(big)]
  small.bytes.set([0, 1, 2, 200, 4])
  expect(one.sum(0, 4)).toBe(1 + 2 - 1000 + 4)
  expect(other.sum(0, 4)).toBe(0)
  expect(() => one.sum(0, WASM_PAGE)).toThrow('out of bounds')
  expect(other.sum(0, WASM_PAGE)).toBe(0)
})

test.each([
  ['(memory 1)', 'a function was expected'],
  ['(func $f (param $a f64))', 'unknown type f64'],
  ['(func $f (i32.popcnt (i32.const 1)))', 'unknown instruction i32.popcnt'],
  ['(func $f (local.set $a (i32.const 1)))', 'nothing has the name $a'],
  ['(func $f (block $b) (br $b))', 'nothing has the name $b'],
  ['(func $f (block (return)))', 'return is no name'],
  ['(func $f (param i32))', 'i32 is no name'],
  ['(func $f (if (i32.const 1) (return) (return)))', 'an if has then, or then and else, not return return'],
  ['(func $f return)', 'return is in no parentheses'],
  ['(func $f (return)', 'a parenthesis is not closed'],
  ['(func $f (return)))', 'a parenthesis is closed that is not open'],
])('%s is not understood', (source, reason) => {
  expect(() => new WasmProgram(source)).toThrow(reason)
})
