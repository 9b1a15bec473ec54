/*
 * COMMAND DOCS as CommandDoc: maps in RESP3, flat arrays in RESP2, and always
 * ready to be missing something, because modules write these by hand.
 */
import type { RespPairs, RespValue } from '../resp/value.ts'
import { showBytes, showLatin1 } from '../text/bytes.ts'
import type { ArgumentDoc, ArgumentKind, CommandDoc } from './doc.ts'

const KINDS: ReadonlySet<string> = new Set<ArgumentKind>([
  'key',
  'string',
  'integer',
  'double',
  'pattern',
  'unix-time',
  'pure-token',
  'oneof',
  'block',
])
/** Argument trees of real commands nest four deep. */
const DEPTH_MAX = 12

/** Sorted by name. What is no documentation is left out, so the result may be empty. */
export function readCommandDocs(reply: RespValue): CommandDoc[] {
  const docs: CommandDoc[] = []
  for (const [name, doc] of pairs(reply)) addCommand(docs, text(name), doc, undefined)
  return docs.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function addCommand(docs: CommandDoc[], wireName: string, doc: RespValue, container: string | undefined): void {
  const fields = fieldsOf(doc)
  // Subcommands are named `config|get`; some servers leave out the container.
  const last = wireName.slice(wireName.indexOf('|') + 1).toUpperCase()
  const name = container === undefined ? last : `${container} ${last}`
  const subcommands = pairs(fields.get('subcommands'))
  docs.push({
    name,
    summary: textOr(fields.get('summary')),
    group: textOr(fields.get('group')) ?? 'module',
    since: textOr(fields.get('since')),
    complexity: textOr(fields.get('complexity')),
    deprecatedSince: textOr(fields.get('deprecated_since')),
    replacedBy: textOr(fields.get('replaced_by')),
    args: readArguments(fields.get('arguments'), 0),
    ...(subcommands.length > 0 ? { isContainer: true } : {}),
  })
  if (container !== undefined) return
  for (const [subname, subdoc] of subcommands) addCommand(docs, text(subname), subdoc, name)
}

function readArguments(value: RespValue | undefined, depth: number): ArgumentDoc[] {
  if (depth > DEPTH_MAX) return []
  return items(value).map((argument) => {
    const fields = fieldsOf(argument)
    const flags = new Set(items(fields.get('flags')).map(text))
    const type = textOr(fields.get('type')) ?? 'string'
    const args = readArguments(fields.get('arguments'), depth + 1)
    const token = textOr(fields.get('token'))
    return {
      name: textOr(fields.get('display_text')) ?? textOr(fields.get('display')) ?? textOr(fields.get('name')) ?? 'arg',
      type: KINDS.has(type) ? (type as ArgumentKind) : 'string',
      ...(token === undefined ? {} : { token }),
      ...(flags.has('optional') ? { optional: true } : {}),
      ...(flags.has('multiple') ? { multiple: true } : {}),
      ...(flags.has('multiple_token') ? { multipleToken: true } : {}),
      ...(fields.has('since') ? { since: textOr(fields.get('since')) } : {}),
      ...(args.length > 0 ? { args } : {}),
    }
  })
}

const fieldsOf = (value: RespValue): ReadonlyMap<string, RespValue> =>
  new Map(pairs(value).map(([key, field]) => [text(key), field]))

function pairs(value: RespValue | undefined): RespPairs {
  if (value?.type === 'map') return value.entries
  const flat = items(value)
  return Array.from({ length: flat.length >> 1 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!] as const)
}

function items(value: RespValue | undefined): readonly RespValue[] {
  return value?.type === 'array' || value?.type === 'set' ? value.items : []
}

function text(value: RespValue): string {
  if (value.type === 'bulk' || value.type === 'verbatim') return showBytes(value.bytes)
  return value.type === 'simple' ? showLatin1(value.text) : ''
}

const textOr = (value: RespValue | undefined): string | undefined => (value === undefined ? undefined : text(value))
