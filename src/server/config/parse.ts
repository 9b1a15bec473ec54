/*
 * Configuration files and command lines into directives: `name argument...`, one
 * a line, quoted as inline commands are; `#` begins a comment where a directive
 * would begin. Texts are Latin-1, a character a byte, so that nothing is lost.
 */
import { readFileSync } from 'node:fs'
import { splitWords } from '../base/words.ts'
import { quoteWord } from './quote-word.ts'

/** One directive and where it was written. */
export interface Directive {
  /** In lower case. */
  readonly name: string
  readonly words: readonly string[]
  readonly line: number
  readonly text: string
}

/** A configuration that cannot be understood, in Redis' words. */
export class ConfigSyntaxError extends Error {
  override readonly name = 'ConfigSyntaxError'
  readonly line: number
  readonly text: string

  constructor(line: number, text: string, reason: string) {
    super(reason)
    this.line = line
    this.text = text
  }
}

/** Files that include files that include files ...: deeper than this is a loop. */
const INCLUDE_DEPTH_MAX = 16

/** The directives of `text`, those of included files in the place of the include. */
export function parseConfig(text: string, depth = 0): Directive[] {
  const directives: Directive[] = []
  const lines = text.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trim()
    if (line === '' || line.startsWith('#')) continue
    const words = wordsOf(line)
    if (words === undefined) throw new ConfigSyntaxError(i + 1, line, 'Unbalanced quotes in configuration line')
    if (words.length === 0) continue
    const name = words[0].toLowerCase()
    if (name !== 'include') {
      directives.push({ name, words: words.slice(1), line: i + 1, text: line })
      continue
    }
    if (words.length !== 2) throw new ConfigSyntaxError(i + 1, line, 'Bad directive or wrong number of arguments')
    if (depth === INCLUDE_DEPTH_MAX) throw new ConfigSyntaxError(i + 1, line, 'Files include each other without end')
    directives.push(...parseConfig(readConfigFile(words[1]), depth + 1))
  }
  return directives
}

/** The words of a line, or undefined where a quote is not closed. */
function wordsOf(line: string): string[] | undefined {
  const bytes = Buffer.from(line, 'latin1')
  return splitWords(bytes, 0, bytes.length)?.map((word) => Buffer.from(word).toString('latin1'))
}

/** A file's text. Throws what the system says when it cannot be read. */
export const readConfigFile = (path: string): string => readFileSync(path, 'latin1')

/** What a command line asks for: a file, text from stdin, options. */
export interface CommandLine {
  readonly file: string | undefined
  readonly isStdinUsed: boolean
  /** The options as a configuration text, one a line. */
  readonly options: string
}

/**
 * Arguments as valkey-server takes them: `[file] [-] [--option value...]...`. What follows an option up
 * to the next one is its arguments. Texts come as Unicode and go on as bytes.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const rest = args.map((arg) => Buffer.from(arg, 'utf8').toString('latin1'))
  let file: string | undefined
  if (rest.length > 0 && !rest[0].startsWith('-')) file = args[0]
  if (file !== undefined) rest.shift()
  let isStdinUsed = false
  let options = ''
  for (const arg of rest) {
    if (arg === '-' && options === '') isStdinUsed = true
    else if (arg.startsWith('--') && arg.length > 2) options += `\n${arg.slice(2)}`
    else options += ` ${quoteWord(arg)}`
  }
  return { file, isStdinUsed, options: options.trimStart() }
}
