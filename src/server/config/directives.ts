/*
 * Directives into a Config: what is known is set, what is not is told. Nothing
 * that a user wrote is ignored in silence.
 */
import { type Config, optionNamed, optionOf } from './config.ts'
import type { Directive } from './parse.ts'
import { ConfigSyntaxError } from './parse.ts'

/**
 * Applies directives in order, later ones winning. Returns warnings about those that this server does
 * not have, or of which it can do one thing only. Throws a ConfigSyntaxError for a value that is wrong.
 */
export function applyDirectives(config: Config, directives: readonly Directive[]): string[] {
  const warnings: string[] = []
  const points: string[] = []
  for (const { name, words, line, text } of directives) {
    const option = optionNamed(name)
    if (option === undefined) {
      warnings.push(`'${name}' is not an option of this server: the line has no effect`)
      continue
    }
    if (option === 'save') gatherPoints(points, words)
    const reason = config.configure(option, option === 'save' ? points : words)
    if (reason === undefined) continue
    if (optionOf(option).isFixed) warnings.push(`'${text}' cannot be done: ${reason}`)
    else throw new ConfigSyntaxError(line, text, reason)
  }
  return warnings
}

/** Every line of `save` adds to those before it, until an empty one takes them back. */
function gatherPoints(points: string[], words: readonly string[]): void {
  if (words.length === 1 && words[0] === '') points.length = 0
  else points.push(...words)
}
