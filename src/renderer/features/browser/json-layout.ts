/*
 * JSON laid out anew without reading its values: only the white space between
 * tokens changes. Numbers of any length, repeated names and the spelling of
 * strings stay as they are, which JSON.parse and JSON.stringify would not keep.
 */
const INDENT = '  '

/** What is wrong with it, or null where it is JSON. */
export function jsonFault(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    // A SyntaxError: it says where.
    return error instanceof Error ? error.message : String(error)
  }
}

/** Tokens of JSON that has no fault. */
function* tokens(text: string): Generator<string> {
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) yield token
}

/** One line, no white space. */
export const compactJson = (text: string): string => [...tokens(text)].join('')

/** Indented by two, an entry per line; empty containers stay closed. */
export function prettyJson(text: string): string {
  const out: string[] = []
  let depth = 0
  let before = ''
  const newLine = (): number => out.push(`\n${INDENT.repeat(depth)}`)
  for (const token of tokens(text)) {
    const closes = token === '}' || token === ']'
    if (closes) {
      depth--
      if (before !== '{' && before !== '[') newLine()
    } else if (before === '{' || before === '[' || before === ',') {
      newLine()
    }
    out.push(token)
    if (token === ':') out.push(' ')
    if (token === '{' || token === '[') depth++
    before = token
  }
  return out.join('')
}
