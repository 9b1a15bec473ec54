/*
 * A reply as redis-cli prints it on a terminal, byte for byte, line by line.
 *
 *   1) "a"             arrays; `1~` in sets, `1>` in pushes, `1# key => value` in maps
 *   2) 1) (integer) 1  what is nested is indented by the width of its index
 *      2) (nil)
 *
 * Lines are made when they are asked for, so that a reply of a million elements
 * costs what is on the screen: `CliText` only counts them. A value of a map
 * begins on a line of its own when it is an aggregate of more than one element.
 */
import { showBytes, showLatin1 } from '../text/bytes.ts'
import { exactCount } from '../text/number.ts'
import { quote, quoteReadable } from '../text/quote.ts'
import type { RespOf, RespValue } from './value.ts'

export type CliSegmentKind = 'index' | 'string' | 'number' | 'word' | 'status' | 'error' | 'text'

/** A part of a line that is one thing, so that a page can colour it. */
export interface CliSegment {
  readonly kind: CliSegmentKind
  readonly text: string
  /** Bytes of the string that `text` leaves out, because it is longer than was asked for. */
  readonly omitted?: number
}

export interface CliOptions {
  /** Print bulk strings as they are, as redis-cli does for INFO and its like (see isTextCommand). */
  readonly isText?: boolean
  /** Leave valid UTF-8 readable; redis-cli itself escapes all but ASCII. */
  readonly readable?: boolean
  /** Bytes of a string that a line shows; the rest is counted in `omitted`. */
  readonly stringSizeMax?: number
}

/** Where the lines of an aggregate lie. A child without a layout of its own is one line. */
interface Layout {
  readonly lines: number
  /** The first line of each child; undefined when child `i` is line `i`. */
  readonly starts: Uint32Array | undefined
  readonly children: readonly (Layout | undefined)[]
}

type Aggregate = RespOf<'array'> | RespOf<'set'> | RespOf<'push'> | RespOf<'map'>
const SEPARATOR = { array: ')', set: '~', push: '>', map: '#' } as const
const EMPTY = { array: '(empty array)', set: '(empty set)', push: '(empty push)', map: '(empty hash)' } as const

const segment = (kind: CliSegmentKind, text: string): CliSegment => ({ kind, text })

export class CliText {
  readonly lineCount: number
  readonly #value: RespValue
  readonly #options: CliOptions
  readonly #layout: Layout | undefined

  constructor(value: RespValue, options: CliOptions = {}) {
    this.#value = value
    this.#options = options
    this.#layout = layoutOf(value, options)
    this.lineCount = this.#layout?.lines ?? 1
  }

  /** A line by its number, from 0. */
  line(number: number): readonly CliSegment[] {
    if (number < 0 || number >= this.lineCount) throw new RangeError(`no line ${number} of ${this.lineCount}`)
    const out: CliSegment[] = []
    this.#write(out, this.#value, this.#layout, number, '')
    return out
  }

  lineText(number: number): string {
    return this.line(number)
      .map((part) => part.text)
      .join('')
  }

  /** All of it, each line ended as redis-cli ends it. */
  toString(): string {
    let text = ''
    for (let i = 0; i < this.lineCount; i++) text += `${this.lineText(i)}\n`
    return text
  }

  #write(out: CliSegment[], value: RespValue, layout: Layout | undefined, line: number, prefix: string): void {
    if (!isAggregate(value)) {
      this.#writeScalar(out, value, line)
      return
    }
    const count = childCount(value)
    if (count === 0) {
      out.push(segment('word', EMPTY[value.type]))
      return
    }
    const index = layout?.starts ? lastAtOrBefore(layout.starts, line) : line
    const within = line - (layout?.starts?.[index] ?? index)
    const width = String(count).length
    if (within === 0) {
      const label = `${String(index + 1).padStart(width)}${SEPARATOR[value.type]} `
      out.push(segment('index', index === 0 ? label : prefix + label))
    }
    const inner = prefix + ' '.repeat(width + 2)
    const child = layout?.children[index]
    if (value.type !== 'map') this.#write(out, value.items[index]!, child, within, inner)
    else this.#writePair(out, value.entries[index]!, child, within, inner)
  }

  #writePair(
    out: CliSegment[],
    [key, value]: readonly [RespValue, RespValue],
    pair: Layout | undefined,
    line: number,
    prefix: string,
  ): void {
    const [keyLayout, valueLayout] = pair?.children ?? []
    const keyLines = keyLayout?.lines ?? 1
    if (line < keyLines) this.#write(out, key, keyLayout, line, prefix)
    if (line === keyLines - 1) out.push(segment('index', ' => '))
    const valueLine = line - (keyLines - (standsApart(value) ? 0 : 1))
    if (valueLine < 0) return
    if (valueLine === 0 && standsApart(value)) out.push(segment('index', prefix))
    this.#write(out, value, valueLayout, valueLine, prefix)
  }

  #writeScalar(out: CliSegment[], value: Exclude<RespValue, Aggregate>, line: number): void {
    switch (value.type) {
      case 'simple':
        out.push(segment('status', lineOf(showLatin1(value.text), line)))
        return
      case 'error':
        out.push(segment('error', lineOf(`(error) ${showLatin1(value.text)}`, line)))
        return
      case 'bulkError':
        out.push(segment('error', lineOf(`(error) ${showBytes(value.bytes)}`, line)))
        return
      case 'integer':
        out.push(segment('number', `(integer) ${value.value}`))
        return
      case 'double':
        out.push(segment('number', `(double) ${value.text}`))
        return
      case 'bigNumber':
        // redis-cli up to 8 ends with "Unknown reply type: 13" here; this is what its form would be.
        out.push(segment('number', `(big number) ${value.text}`))
        return
      case 'boolean':
        out.push(segment('word', value.value ? '(true)' : '(false)'))
        return
      case 'null':
      case 'nullArray':
        out.push(segment('word', '(nil)'))
        return
      case 'verbatim':
        out.push(segment('text', lineOf(showBytes(value.bytes), line)))
        return
      case 'bulk':
        this.#writeBulk(out, value.bytes, line)
    }
  }

  #writeBulk(out: CliSegment[], bytes: Uint8Array, line: number): void {
    if (this.#options.isText) {
      out.push(segment('text', lineOf(showBytes(bytes), line)))
      return
    }
    const write = this.#options.readable ? quoteReadable : quote
    const sizeMax = this.#options.stringSizeMax ?? Number.POSITIVE_INFINITY
    if (bytes.length <= sizeMax) {
      out.push(segment('string', write(bytes)))
      return
    }
    const end = this.#options.readable ? characterStart(bytes, sizeMax) : sizeMax
    // No closing quote: what is shown is not the whole.
    out.push({ kind: 'string', text: write(bytes.subarray(0, end)).slice(0, -1), omitted: bytes.length - end })
  }
}

/** All of a reply as redis-cli prints it. */
export function formatCli(value: RespValue, options: CliOptions = {}): string {
  return new CliText(value, options).toString()
}

/** What stands for the omitted part of a segment: never cut without saying so. */
export function omission(size: number): string {
  return ` (${exactCount(size)} more ${size === 1 ? 'byte' : 'bytes'})`
}

/** Commands whose bulk reply is text for people, which redis-cli prints without quotes. */
export function isTextCommand(args: readonly string[]): boolean {
  const [command, subcommand] = args.map((arg) => arg.toLowerCase())
  switch (command) {
    case 'info':
    case 'lolwut':
      return true
    case 'debug':
      return subcommand === 'htstats' || subcommand === 'htstats-key' || subcommand === 'client-eviction'
    case 'memory':
      return subcommand === 'malloc-stats' || subcommand === 'doctor'
    case 'cluster':
      return args.length === 2 && (subcommand === 'nodes' || subcommand === 'info')
    case 'client':
      return subcommand === 'list' || subcommand === 'info'
    case 'latency':
      return (args.length === 3 && subcommand === 'graph') || (args.length === 2 && subcommand === 'doctor')
    default:
      return false
  }
}

function isAggregate(value: RespValue): value is RespValue & Aggregate {
  return value.type === 'array' || value.type === 'set' || value.type === 'push' || value.type === 'map'
}

const childCount = (value: Aggregate): number => (value.type === 'map' ? value.entries.length : value.items.length)

/** Undefined: one line, and nothing to be known about it. */
function layoutOf(value: RespValue, options: CliOptions): Layout | undefined {
  if (!isAggregate(value)) {
    const lines = textLines(value, options)
    return lines === 1 ? undefined : { lines, starts: undefined, children: [] }
  }
  const count = childCount(value)
  if (count < 1) return undefined
  const children: (Layout | undefined)[] = []
  let isSimple = true
  for (let i = 0; i < count; i++) {
    const child = value.type === 'map' ? pairLayout(value.entries[i]!, options) : layoutOf(value.items[i]!, options)
    children.push(child)
    if (child !== undefined) isSimple = false
  }
  if (isSimple) return count === 1 ? undefined : { lines: count, starts: undefined, children: [] }
  const starts = new Uint32Array(count)
  let lines = 0
  for (let i = 0; i < count; i++) {
    starts[i] = lines
    lines += children[i]?.lines ?? 1
  }
  return { lines, starts, children }
}

function pairLayout([key, value]: readonly [RespValue, RespValue], options: CliOptions): Layout | undefined {
  const keyLayout = layoutOf(key, options)
  const valueLayout = layoutOf(value, options)
  if (keyLayout === undefined && valueLayout === undefined) return undefined
  const joined = standsApart(value) ? 0 : 1
  return {
    lines: (keyLayout?.lines ?? 1) + (valueLayout?.lines ?? 1) - joined,
    starts: undefined,
    children: [keyLayout, valueLayout],
  }
}

/**
 * Whether a map's value begins on the line after its key: an aggregate does that
 * has more than one element, or whose only element does. A key of an only pair
 * does not count, nor does text of many lines.
 */
function standsApart(value: RespValue): boolean {
  if (!isAggregate(value)) return false
  const count = childCount(value)
  if (count !== 1) return count > 1
  return standsApart(value.type === 'map' ? value.entries[0]![1] : value.items[0]!)
}

function textLines(value: RespValue, options: CliOptions): number {
  switch (value.type) {
    case 'simple':
    case 'error':
      return countLines(value.text)
    case 'bulkError':
    case 'verbatim':
      return countByteLines(value.bytes)
    case 'bulk':
      return options.isText ? countByteLines(value.bytes) : 1
    default:
      return 1
  }
}

const LF = 0x0a

function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

function countByteLines(bytes: Uint8Array): number {
  let lines = 1
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++
  return lines
}

function lineOf(text: string, line: number): string {
  let start = 0
  for (let i = 0; i < line; i++) start = text.indexOf('\n', start) + 1
  const end = text.indexOf('\n', start)
  return end < 0 ? text.slice(start) : text.slice(start, end)
}

/** The index of the last start that is at or before the line. */
function lastAtOrBefore(starts: Uint32Array, line: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (starts[middle]! <= line) low = middle
    else high = middle - 1
  }
  return low
}

/** The end of the last whole UTF-8 character within the first `size` bytes. */
function characterStart(bytes: Uint8Array, size: number): number {
  let end = size
  while (end > 0 && size - end < 4 && (bytes[end]! & 0xc0) === 0x80) end--
  return end
}
