/*
 * Names of checkpoints and branches, as the server admits them (docs/checkpoints.md):
 * what can be told while it is typed. The server has the last word.
 */
const ADMITTED = /^[A-Za-z0-9_-](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9_-])?$/

/** What is wrong with a name, or undefined; an empty one is only not finished. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return undefined
  if (name.length > 64) return 'At most 64 characters'
  if (!ADMITTED.test(name)) return 'Letters, digits, blanks and . _ - but no point or blank at either end'
  const other = taken.find((one) => one.toLowerCase() === name.toLowerCase())
  return other === undefined ? undefined : `There is “${other}” already`
}

/** A name that tells when, for whoever has no better one: "2026-11-29 14.05.30". */
export function nameOfMoment(at: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('.')}`
}
