/*
 * What may still be typed: the arguments of a command that the words so far have
 * not used up. Options may come in any order, as servers take them; words that
 * fit nothing end the hint, because it would only mislead.
 */
import type { ArgumentDoc, CommandDoc } from './doc.ts'
import { usageOf } from './usage.ts'

/** Finds a command in its docs: the longest name the words begin with. */
export function findCommand(
  commands: ReadonlyMap<string, CommandDoc>,
  words: readonly string[],
): { readonly doc: CommandDoc; readonly nameLength: number } | undefined {
  const first = words[0]?.toUpperCase()
  if (first === undefined) return undefined
  const second = words[1]?.toUpperCase()
  const sub = second === undefined ? undefined : commands.get(`${first} ${second}`)
  if (sub) return { doc: sub, nameLength: 2 }
  const doc = commands.get(first)
  return doc && { doc, nameLength: 1 }
}

/** The arguments left after `words`; undefined when the words do not fit. */
export function remainingArguments(
  args: readonly ArgumentDoc[],
  words: readonly string[],
): readonly ArgumentDoc[] | undefined {
  let left = args
  let at = 0
  while (at < words.length) {
    const step = takeWords(left, words, at)
    if (step === undefined) return undefined
    left = step.left
    at = step.at
  }
  return left
}

/** `key value [EX seconds]`, of what is left. */
export function hintFor(doc: CommandDoc, words: readonly string[]): string | undefined {
  const left = remainingArguments(doc.args, words)
  return left === undefined ? undefined : usageOf(left)
}

/** Words that may stand next and are tokens: what completion offers. */
export function nextTokens(args: readonly ArgumentDoc[]): readonly ArgumentDoc[] {
  const tokens: ArgumentDoc[] = []
  for (const argument of args) {
    addTokens(tokens, argument)
    if (!argument.optional) break
  }
  return tokens
}

function addTokens(tokens: ArgumentDoc[], argument: ArgumentDoc): void {
  if (argument.token !== undefined) tokens.push(argument)
  else if (argument.type === 'oneof') for (const choice of argument.args ?? []) addTokens(tokens, choice)
  else if (argument.type === 'block') tokens.push(...nextTokens(argument.args ?? []))
}

interface Step {
  readonly left: readonly ArgumentDoc[]
  readonly at: number
}

/** Uses up the words at `at` with one argument of `args`. */
function takeWords(args: readonly ArgumentDoc[], words: readonly string[], at: number): Step | undefined {
  // A word that is a token of an option in reach means that option, wherever it stands among them.
  for (let i = 0; i < args.length; i++) {
    const step = begins(args[i]!, words[at]!) ? take(args, i, words, at) : undefined
    if (step) return step
    if (!args[i]!.optional) break
  }
  for (let i = 0; i < args.length; i++) {
    const step = takesAnything(args[i]!) ? take(args, i, words, at) : undefined
    if (step) return step
    if (!args[i]!.optional) break
  }
  return undefined
}

/** `args` with what the words make of argument `i` in its place. */
function take(args: readonly ArgumentDoc[], i: number, words: readonly string[], at: number): Step | undefined {
  const argument = args[i]!
  const step = takeOne(argument, words, at)
  if (step === undefined) return undefined
  // Options passed over by a word without a token cannot come any more; those around a token can.
  const before = argument.token === undefined && takesAnything(argument) ? [] : args.slice(0, i)
  const again = argument.multiple ? [repetition(argument)] : []
  // What a token asks for comes next, ahead of options that may come at any time.
  return { left: [...step.left, ...before, ...again, ...args.slice(i + 1)], at: step.at }
}

/** What follows once an argument that may repeat has been given: `[field value ...]`. */
function repetition(argument: ArgumentDoc): ArgumentDoc {
  const isTokenKept = argument.multipleToken || argument.type === 'pure-token'
  const { token, ...rest } = argument
  return { ...rest, ...(isTokenKept && token !== undefined ? { token } : {}), optional: true }
}

function takeOne(argument: ArgumentDoc, words: readonly string[], at: number): Step | undefined {
  if (argument.token !== undefined) {
    const after = at + argument.token.split(' ').length
    if (argument.type === 'pure-token') return { left: [], at: after }
    const { token: _token, ...value } = argument
    const rest: ArgumentDoc = { ...value, optional: false, multiple: false }
    return after < words.length ? takeOne(rest, words, after) : { left: [rest], at: after }
  }
  if (argument.type === 'oneof') return takeChoice(argument.args ?? [], words, at)
  if (argument.type === 'block') return takeBlock(argument.args ?? [], words, at)
  return { left: [], at: at + 1 }
}

function takeChoice(choices: readonly ArgumentDoc[], words: readonly string[], at: number): Step | undefined {
  const chosen = choices.find((choice) => begins(choice, words[at]!)) ?? choices.find(takesAnything)
  return chosen && takeOne(chosen, words, at)
}

/** A block is left open when the words end in the middle of it. */
function takeBlock(args: readonly ArgumentDoc[], words: readonly string[], start: number): Step | undefined {
  let left = args
  let at = start
  while (at < words.length && left.length > 0) {
    const step = takeWords(left, words, at)
    // Options at the end of a block may be left out: the word belongs to what follows.
    if (step === undefined) return left.every((argument) => argument.optional) ? { left: [], at } : undefined
    left = step.left
    at = step.at
  }
  return { left: at < words.length ? left.filter((argument) => !argument.optional) : left, at }
}

/** Whether the word is the token this argument begins with. */
function begins(argument: ArgumentDoc, word: string): boolean {
  if (argument.token !== undefined) return argument.token.split(' ')[0]!.toUpperCase() === word.toUpperCase()
  if (argument.type === 'oneof') return (argument.args ?? []).some((choice) => begins(choice, word))
  const first = argument.type === 'block' ? argument.args?.[0] : undefined
  return first !== undefined && begins(first, word)
}

/** Whether this argument can begin with a word of any kind. */
function takesAnything(argument: ArgumentDoc): boolean {
  if (argument.token !== undefined) return false
  if (argument.type === 'oneof') return (argument.args ?? []).some(takesAnything)
  if (argument.type !== 'block') return true
  const first = argument.args?.[0]
  return first !== undefined && takesAnything(first)
}
