/*
 * Completion with Tab: commands, subcommands, and the words an argument may be.
 */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { ArgumentDoc, CommandDoc } from '../../../../shared/command-docs/doc.ts'
import { findCommand, nextTokens, remainingArguments } from '../../../../shared/command-docs/hint.ts'
import { argumentUsage, usageOf } from '../../../../shared/command-docs/usage.ts'
import { wordsBefore } from './caret.ts'
import type { EditorHost } from './host.ts'

export const completionSource =
  (host: EditorHost) =>
  (context: CompletionContext): CompletionResult | null => {
    const commands = host.commands()
    const caret = wordsBefore(context.state, context.pos)
    if (!commands || !caret) return null
    const before = caret.isAfterSpace ? caret.words : caret.words.slice(0, -1)
    const typed = caret.isAfterSpace ? '' : (caret.words.at(-1) ?? '')
    const options = optionsFor(commands, before).filter(({ label }) => startsWith(label, typed))
    if (options.length === 0) return null
    // Whoever types in lower case gets lower case.
    const isLower = typed !== '' && typed === typed.toLowerCase()
    return {
      from: caret.wordFrom,
      options: options.map((option) => ({
        ...option,
        apply: `${isLower ? option.label.toLowerCase() : option.label} `,
      })),
      filter: false,
    }
  }

const startsWith = (label: string, typed: string): boolean => label.toUpperCase().startsWith(typed.toUpperCase())

function optionsFor(commands: ReadonlyMap<string, CommandDoc>, before: readonly string[]): Completion[] {
  if (before.length === 0) return [...commands.values()].filter(({ name }) => !name.includes(' ')).map(commandOption)
  const found = findCommand(commands, before)
  if (!found) return []
  if (found.doc.isContainer && before.length === 1) {
    const prefix = `${found.doc.name} `
    return [...commands.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .map((doc) => ({ ...commandOption(doc), label: doc.name.slice(prefix.length) }))
  }
  const left = remainingArguments(found.doc.args, before.slice(found.nameLength))
  return nextTokens(left ?? []).map(tokenOption)
}

const commandOption = (doc: CommandDoc): Completion => ({
  label: doc.name,
  detail: shorten(doc.isContainer ? '...' : usageOf(doc.args)),
  info: doc.summary,
  boost: doc.deprecatedSince === undefined ? 0 : -1,
})

function tokenOption(argument: ArgumentDoc): Completion {
  const token = argument.token === '' ? '""' : (argument.token ?? '')
  const whole = argumentUsage({ ...argument, optional: false })
  return { label: token, detail: shorten(whole.slice(token.length).trim()) }
}

/** A list is no place for the whole of CLIENT KILL. */
const DETAIL_MAX = 60
const shorten = (text: string): string => (text.length > DETAIL_MAX ? `${text.slice(0, DETAIL_MAX - 1)}…` : text)
