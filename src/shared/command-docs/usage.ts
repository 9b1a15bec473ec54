/*
 * Argument trees as people write them: `key value [NX | XX] [GET] [EX seconds]`.
 */
import type { ArgumentDoc } from './doc.ts'

export const usageOf = (args: readonly ArgumentDoc[]): string => args.map(argumentUsage).join(' ')

export function argumentUsage(argument: ArgumentDoc): string {
  const whole = repeated(argument)
  return argument.optional ? `[${whole}]` : whole
}

function repeated(argument: ArgumentDoc): string {
  const { token, optional, multiple, multipleToken } = argument
  const value = valueUsage(argument)
  if (token === undefined) {
    if (!multiple) return value
    return optional ? `${value} ...` : `${value} [${value} ...]`
  }
  const shown = shownToken(token)
  if (argument.type === 'pure-token') return multiple ? `${shown} [${shown} ...]` : shown
  if (!multiple) return `${shown} ${value}`
  return multipleToken ? `${shown} ${value} [${shown} ${value} ...]` : `${shown} ${value} [${value} ...]`
}

/** Without its token, its brackets and its repetitions. */
function valueUsage({ type, name, args = [], optional, token, multiple }: ArgumentDoc): string {
  if (type === 'oneof') {
    const choice = args.map(argumentUsage).join(' | ')
    // Within brackets of its own it is clear where the choice ends.
    return optional && token === undefined && !multiple ? choice : `<${choice}>`
  }
  return type === 'block' ? usageOf(args) : name
}

const shownToken = (token: string): string => (token === '' ? '""' : token)
