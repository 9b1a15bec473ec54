/*
 * Scores as they are typed. The server keeps a double: what that cannot hold is
 * said before it is sent.
 */
import { isBound, isScore } from '../../../../shared/contract/zsets.ts'

export type TypedScore =
  | { readonly state: 'ok'; readonly score: string; readonly note?: string }
  | { readonly state: 'empty' }
  | { readonly state: 'wrong'; readonly why: string }

export function readScore(typed: string): TypedScore {
  const score = typed.trim()
  if (score === '') return { state: 'empty' }
  if (!isScore(score)) return { state: 'wrong', why: 'Write a number, as 3, -1.5 or 1e9, or inf or -inf.' }
  if (/inf/i.test(score)) return { state: 'ok', score }
  const kept = Number(score)
  if (!Number.isFinite(kept)) return { state: 'wrong', why: 'It is beyond what a score can be; inf is infinity.' }
  return isExact(score, kept)
    ? { state: 'ok', score }
    : { state: 'ok', score, note: `Scores are doubles: the server keeps it as ${kept}.` }
}

/** A bound of a range of scores; '': there is none. */
export function readBound(typed: string): { readonly ok: boolean; readonly bound: string | undefined } {
  const bound = typed.trim()
  return { ok: bound === '' || isBound(bound), bound: bound === '' ? undefined : bound }
}

/** Whether the shortest text of the double has the digits that were typed: 0.10 is 0.1, 2^53 + 1 is not itself. */
function isExact(typed: string, kept: number): boolean {
  const [a, b] = [digitsOf(typed), digitsOf(String(kept))]
  return a.digits === b.digits && (a.digits === '' || a.exponent === b.exponent)
}

/** A decimal as digits without zeros at either end, and the power of ten of the last one. */
function digitsOf(text: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '', power = '0'] = text.toLowerCase().replace(/^[+-]/, '').split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const trimmed = digits.replace(/0+$/, '')
  return { digits: trimmed, exponent: Number(power) - fraction.length + digits.length - trimmed.length }
}
