/*
 * Quoting as redis-cli does it, both ways: bytes shown as a quoted string, and
 * a line of input cut into arguments.
 *
 * The rules of a line are those of Redis' inline commands. Outside of quotes
 * white space separates; "double quotes" know \n \r \t \a \b \xHH and \ before
 * anything else; in 'single quotes' only \' is special. A quote may open in the
 * middle of an argument, but after it closes the argument must end.
 */
import { bytesToLatin1, bytesToUtf8, utf8ToBytes } from './bytes.ts'

const ESCAPE_OF: { readonly [code: number]: string | undefined } = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}
const BYTE_OF_ESCAPE: { readonly [letter: string]: number | undefined } = {
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  b: 0x08,
  a: 0x07,
}

function escapeCode(code: number): string {
  const known = ESCAPE_OF[code]
  if (known !== undefined) return known
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : `\\x${code.toString(16).padStart(2, '0')}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what needs an escape.
const NEEDS_ESCAPE = /["\\\x00-\x1f\x7f-\xff]/g

/** As redis-cli shows a string: `"caf\xc3\xa9\n"`. Always ASCII, never ambiguous. */
export function quote(bytes: Uint8Array): string {
  return `"${bytesToLatin1(bytes).replace(NEEDS_ESCAPE, (character) => escapeCode(character.charCodeAt(0)))}"`
}

/**
 * The same with text left readable: valid UTF-8 stands for itself, except for
 * characters that cannot be seen. The line parser gives the same bytes back.
 */
export function quoteReadable(bytes: Uint8Array): string {
  const text = bytesToUtf8(bytes)
  if (text === undefined) return quote(bytes)
  return `"${text.replace(UNSEEN, (character) => Array.from(utf8ToBytes(character), escapeCode).join(''))}"`
}

/** Quotes, backslashes, control and format characters, separators other than the space, unassigned ones. */
const UNSEEN = /["\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

const PLAIN = /^[^\s"'\\\p{C}\p{Z}]+$/u

/** An argument as one would type it: bare where that is safe, else quoted. */
export function quoteArgument(bytes: Uint8Array): string {
  const text = bytesToUtf8(bytes)
  return text !== undefined && PLAIN.test(text) ? text : quoteReadable(bytes)
}

/** One argument of a line, and where in the line it was written: [start, end). */
export interface LineArgument {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly start: number
  readonly end: number
}

export type SplitLine =
  | { readonly ok: true; readonly args: readonly LineArgument[] }
  /** `args` are those that came before; `position` is that of the quote at fault. */
  | {
      readonly ok: false
      readonly args: readonly LineArgument[]
      readonly position: number
      readonly message: string
    }

/** Cuts a line into arguments. Text becomes UTF-8; `\xHH` becomes that byte. */
export function splitLine(line: string): SplitLine {
  const args: LineArgument[] = []
  let at = 0
  for (;;) {
    while (at < line.length && isSpace(line[at]!)) at++
    if (at >= line.length) return { ok: true, args }
    const argument = new ArgumentReader(line, at)
    const fault = argument.read()
    if (fault !== undefined) return { ok: false, args, ...fault }
    args.push({ bytes: argument.bytes(), start: at, end: argument.at })
    at = argument.at
  }
}

/** One command of several lines of input: [start, end) of the whole. */
export interface ScriptCommand {
  readonly text: string
  readonly start: number
  readonly end: number
}

export type SplitScript =
  | { readonly ok: true; readonly commands: readonly ScriptCommand[] }
  | { readonly ok: false; readonly position: number; readonly message: string }

/**
 * Cuts input into commands: one per line, empty lines left out. A line break
 * within quotes belongs to its argument.
 */
export function splitScript(input: string): SplitScript {
  const commands: ScriptCommand[] = []
  let at = 0
  while (at < input.length) {
    if (isSpace(input[at]!)) {
      at++
      continue
    }
    const start = at
    let end = at
    while (at < input.length && input[at] !== '\n') {
      if (isSpace(input[at]!)) {
        at++
        continue
      }
      const argument = new ArgumentReader(input, at)
      const fault = argument.read()
      if (fault !== undefined) return { ok: false, ...fault }
      at = end = argument.at
    }
    commands.push({ text: input.slice(start, end), start, end })
  }
  return { ok: true, commands }
}

interface Fault {
  readonly position: number
  readonly message: string
}

class ArgumentReader {
  readonly #line: string
  #text = ''
  readonly #pieces: Uint8Array[] = []
  at: number

  constructor(line: string, start: number) {
    this.#line = line
    this.at = start
  }

  read(): Fault | undefined {
    while (this.at < this.#line.length && !ENDS_ARGUMENT.has(this.#line[this.at]!)) {
      const character = this.#line[this.at]!
      if (character !== '"' && character !== "'") {
        this.#text += character
        this.at++
        continue
      }
      const opened = this.at
      const closed = character === '"' ? this.#double() : this.#single()
      if (!closed) {
        const name = character === '"' ? 'double' : 'single'
        return { position: opened, message: `This ${name} quote is never closed.` }
      }
      const next = this.#line[this.at]
      if (next !== undefined && !isSpace(next))
        return { position: this.at - 1, message: 'A space must follow a closing quote.' }
      // The argument is over, even where white space follows that would not end a bare one.
      return undefined
    }
    return undefined
  }

  bytes(): Uint8Array<ArrayBuffer> {
    this.#flush()
    const size = this.#pieces.reduce((sum, piece) => sum + piece.length, 0)
    const whole = new Uint8Array(size)
    let to = 0
    for (const piece of this.#pieces) {
      whole.set(piece, to)
      to += piece.length
    }
    return whole
  }

  #double(): boolean {
    for (this.at++; this.at < this.#line.length; this.at++) {
      const character = this.#line[this.at]!
      if (character === '"') {
        this.at++
        return true
      }
      if (character !== '\\' || this.at + 1 >= this.#line.length) {
        this.#text += character
        continue
      }
      const hex = /^x[0-9a-fA-F]{2}/.exec(this.#line.slice(this.at + 1, this.at + 4))
      if (hex) {
        this.#byte(Number.parseInt(hex[0].slice(1), 16))
        this.at += 3
        continue
      }
      this.at++
      const escaped = this.#line[this.at]!
      const byte = BYTE_OF_ESCAPE[escaped]
      if (byte === undefined) this.#text += escaped
      else this.#byte(byte)
    }
    return false
  }

  #single(): boolean {
    for (this.at++; this.at < this.#line.length; this.at++) {
      const character = this.#line[this.at]!
      if (character === "'") {
        this.at++
        return true
      }
      if (character === '\\' && this.#line[this.at + 1] === "'") this.at++
      this.#text += this.#line[this.at]!
    }
    return false
  }

  #byte(byte: number): void {
    this.#flush()
    this.#pieces.push(Uint8Array.of(byte))
  }

  #flush(): void {
    if (this.#text !== '') this.#pieces.push(utf8ToBytes(this.#text))
    this.#text = ''
  }
}

/** A server also ends its line at a NUL; here it is a character like any other, so that nothing is lost. */
const ENDS_ARGUMENT: ReadonlySet<string> = new Set([' ', '\n', '\r', '\t'])
const isSpace = (character: string): boolean => SPACES.has(character)
const SPACES: ReadonlySet<string> = new Set([' ', '\n', '\r', '\t', '\v', '\f'])
