/*
 * Usage strings to argument trees: what COMMAND DOCS reports and the console's
 * completion walks, from the one line that stands in a command's entry.
 *
 *   usage  := item*
 *   item   := '[' choice ']' dots?     optional
 *           | '<' choice '>' dots?     required, grouped
 *           | TOKEN                    upper case: stands for itself, or names the plain item behind it
 *           | name (':' type)? dots?   lower case: a value
 *   choice := usage ('|' usage)*
 *   dots   := '...'                    one or more times
 *
 * A name alone has the type that its name implies (key, pattern, ...) or is a string.
 */

export type ArgumentType =
  | 'key'
  | 'string'
  | 'integer'
  | 'double'
  | 'pattern'
  | 'unix-time'
  | 'pure-token'
  | 'oneof'
  | 'block'

export interface Argument {
  name: string
  type: ArgumentType
  token?: string
  optional?: boolean
  multiple?: boolean
  arguments?: Argument[]
}

const TYPES = ['key', 'string', 'integer', 'double', 'pattern', 'unix-time'] as const
const IMPLIED: Readonly<Record<string, ArgumentType>> = {
  key: 'key',
  newkey: 'key',
  source: 'key',
  destination: 'key',
  key1: 'key',
  key2: 'key',
  pattern: 'pattern',
  numkeys: 'integer',
  numfields: 'integer',
  'unix-time-seconds': 'unix-time',
  'unix-time-milliseconds': 'unix-time',
}

const isToken = (word: string): boolean => /^[A-Z][A-Z0-9-]*$/.test(word)

/** The argument tree of `usage`. Throws a SyntaxError that names the offending part: usages are code, not input. */
export function parseUsage(usage: string): Argument[] {
  const words = usage.match(/\.\.\.|[[\]<>|]|[^\s[\]<>|.]+/g) ?? []
  const reader = { words, at: 0, usage }
  const items = readSequence(reader)
  if (reader.at < words.length) throw new SyntaxError(`unexpected '${words[reader.at]}' in usage '${usage}'`)
  return items
}

interface Reader {
  readonly words: readonly string[]
  readonly usage: string
  at: number
}

function readSequence(r: Reader): Argument[] {
  const items: Argument[] = []
  for (;;) {
    const word = r.words[r.at]
    if (word === undefined || word === ']' || word === '>' || word === '|') return items
    items.push(readItem(r))
  }
}

function readItem(r: Reader): Argument {
  const word = r.words[r.at++]
  let item: Argument
  if (word === '[' || word === '<') item = readGroup(r, word)
  else if (word === '...') throw new SyntaxError(`'...' follows nothing in usage '${r.usage}'`)
  else if (isToken(word)) item = readToken(r, word)
  else item = readName(r, word)
  if (r.words[r.at] === '...') {
    r.at++
    item.multiple = true
  }
  return item
}

/** A token names the value right behind it (`EX seconds`); otherwise it stands for itself (`NX`). */
function readToken(r: Reader, token: string): Argument {
  const next = r.words[r.at]
  const namesNext = next !== undefined && !/^[[\]<>|]$|^\.\.\.$/.test(next) && !isToken(next)
  if (!namesNext) return { name: token.toLowerCase(), type: 'pure-token', token }
  r.at++
  return { ...readName(r, next), token }
}

function readName(r: Reader, word: string): Argument {
  const [name, type] = word.split(':')
  if (type === undefined) return { name, type: IMPLIED[name] ?? 'string' }
  const known = TYPES.find((t) => t === type)
  if (known === undefined) throw new SyntaxError(`unknown type '${type}' in usage '${r.usage}'`)
  return { name, type: known }
}

function readGroup(r: Reader, open: string): Argument {
  const close = open === '[' ? ']' : '>'
  const choices = [readSequence(r)]
  while (r.words[r.at] === '|') {
    r.at++
    choices.push(readSequence(r))
  }
  if (r.words[r.at++] !== close) throw new SyntaxError(`'${open}' is not closed in usage '${r.usage}'`)
  const group: Argument =
    choices.length === 1 ? asOne(choices[0]) : { name: nameOf(choices), type: 'oneof', arguments: choices.map(asOne) }
  if (open === '[') group.optional = true
  return group
}

/** One argument for a sequence: itself when single, else a block that takes over the token of its first item. */
function asOne(items: Argument[]): Argument {
  if (items.length === 1) return items[0]
  const [first, ...rest] = items
  if (first?.token === undefined || first.type === 'pure-token') {
    return { name: first?.name ?? 'empty', type: 'block', arguments: items }
  }
  const { token, ...value } = first
  return { name: token.toLowerCase(), type: 'block', token, arguments: [value, ...rest] }
}

function nameOf(choices: readonly Argument[][]): string {
  return choices.map((choice) => choice[0]?.token?.toLowerCase() ?? choice[0]?.name ?? '').join('-or-')
}
