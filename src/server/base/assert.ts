/*
 * Assertions for what cannot be: a failed one is a bug of ours, never the
 * client's fault, and nobody catches it to go on. Refusals and failures of the
 * outside world are values or typed errors instead (style guide, Errors).
 */

export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Hot code passes a constant message: a template string would be built even when the condition holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/**
 * Checks a drawn layout: fields [offset, size] in ascending order that cover [0, size) without gaps
 * or overlaps, all in one unit. Runs once, when the module that owns the layout loads.
 */
export function assertLayout(name: string, size: number, fields: readonly (readonly [number, number])[]): void {
  let end = 0
  for (const [offset, fieldSize] of fields) {
    assert(offset === end, `layout of ${name}: a field at ${offset} follows one that ends at ${end}`)
    end += fieldSize
  }
  assert(end === size, `layout of ${name}: its fields end at ${end}, not ${size}`)
}
