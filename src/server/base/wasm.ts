/*
 * Functions in the text format of WebAssembly, made into a module's bytes when the
 * program runs: for the few loops over bytes that want integers of 64 bits and to be
 * fast from their first round on, where JavaScript takes longest. Of the format there
 * is what those need: folded instructions, names for all parameters and locals,
 * blocks and branches that leave nothing behind. What is not known is thrown.
 *
 * A module has one memory, the import "memory" "", and exports each of its functions
 * under its name. The binary format is that of the WebAssembly Core Specification 2.0,
 * part 5, whose numbers are here.
 */
import { widened } from './wide-bytes.ts'

/** An expression in parentheses, or a word. */
type Term = string | readonly Term[]

const TYPES: Readonly<Record<string, number>> = { i32: 0x7f, i64: 0x7e }
const NO_TYPE = 0x40
const FUNCTION = 0x60

/** Instructions that take nothing but operands, and their numbers. */
const PLAIN: Readonly<Record<string, number>> = {
  return: 0x0f,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_u': 0x4b,
  'i32.le_u': 0x4d,
  'i32.ge_u': 0x4f,
  'i64.eq': 0x51,
  'i64.ne': 0x52,
  'i64.lt_s': 0x53,
  'i64.gt_s': 0x55,
  'i64.gt_u': 0x56,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  'i64.ctz': 0x7a,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.and': 0x83,
  'i64.xor': 0x85,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_s': 0xac,
}

/** Those that take a place in memory, and may add a number to it: `offset=8`. */
const MEMORY: Readonly<Record<string, number>> = {
  'i32.load': 0x28,
  'i64.load': 0x29,
  'i32.load8_u': 0x2d,
  'i32.load16_u': 0x2f,
  'i64.load8_u': 0x31,
  'i64.load16_s': 0x32,
  'i64.load32_s': 0x34,
  'i32.store': 0x36,
  'i64.store': 0x37,
  'i32.store8': 0x3a,
}

/** Those that name a local. */
const LOCAL: Readonly<Record<string, number>> = { 'local.get': 0x20, 'local.set': 0x21 }
/** Those that name a block they leave, or a loop they begin again. */
const BRANCH: Readonly<Record<string, number>> = { br: 0x0c, br_if: 0x0d }
const BLOCK: Readonly<Record<string, number>> = { block: 0x02, loop: 0x03 }
const CALL = 0x10
const IF = 0x04
const ELSE = 0x05
const END = 0x0b
/** Numbers, of 32 bits at most. */
const CONST: Readonly<Record<string, number>> = { 'i32.const': 0x41, 'i64.const': 0x42 }

/** By their names. A Map is found in by words of a text in a third of the time that an object takes. */
const INSTRUCTIONS = new Map(
  Object.entries({ plain: PLAIN, memory: MEMORY, local: LOCAL, branch: BRANCH, block: BLOCK, const: CONST }).flatMap(
    ([sort, codes]) => Object.entries(codes).map(([name, code]) => [name, { sort, code }] as const),
  ),
)

/** What of WebAssembly is used: no library of types that has it is without a page's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

export const WASM_PAGE = 64 * 1024

/** A memory, which the functions of several programs may see. */
export class WasmMemory {
  readonly bytes: Uint8Array
  /** What programs import. */
  readonly memory: object

  /** Of so many bytes, rounded up to pages. */
  constructor(size: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(size / WASM_PAGE) })
    this.memory = memory
    this.bytes = widened(new Uint8Array(memory.buffer))
  }
}

/** Functions that can have many memories. Throws what of the text is not understood. */
export class WasmProgram<Functions> {
  private readonly module: object

  constructor(source: string) {
    this.module = new WebAssembly.Module(moduleOf(source))
  }

  /** The functions by their names, which see this memory. */
  in({ memory }: WasmMemory): Functions {
    return new WebAssembly.Instance(this.module, { memory: { '': memory } }).exports as Functions
  }
}

function moduleOf(source: string): Uint8Array {
  const terms = parsed(source).map(listOf)
  const names = terms.map(([, name]) => String(name))
  const functions = terms.map((term) => new WasmFunction(term, names))
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(functions.map((each) => each.type))),
    // One memory: of two names, a memory, with no maximum, of no page at least.
    ...section(2, vector([[...text('memory'), ...text(''), 0x02, 0x00, 0]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, vector(functions.map(({ code }) => [...unsigned(code.length), ...code]))),
  ]
  return Uint8Array.from(bytes)
}

class WasmFunction {
  readonly name: string
  readonly type: readonly number[]
  readonly code: number[]
  private readonly names: readonly string[]
  private readonly locals: string[] = []
  /** The labels of the blocks around, innermost last. */
  private readonly labels: string[] = []

  /** `names` are those of all functions. */
  constructor([keyword, name, ...rest]: readonly Term[], names: readonly string[]) {
    this.names = names
    if (keyword !== 'func') throw new SyntaxError(`a function was expected, not ${String(keyword)}`)
    this.name = nameOf(name).slice(1)
    const heads = rest.filter((term) => ['param', 'result', 'local'].includes(headOf(term))).map(listOf)
    const [parameters, results, locals] = ['param', 'result', 'local'].map((what) =>
      heads.filter(([head]) => head === what),
    )
    for (const [, local] of [...parameters, ...locals]) this.locals.push(nameOf(local))
    const typesOf = (terms: readonly (readonly Term[])[]): number[][] => terms.map((term) => [typeOf(term.at(-1))])
    this.type = [FUNCTION, ...vector(typesOf(parameters)), ...vector(typesOf(results))]
    this.code = vector(typesOf(locals).map((type) => [1, ...type]))
    this.all(rest, heads.length)
    this.code.push(END)
  }

  /** Adds an instruction, behind its operands. */
  private add(term: Term): void {
    const { code } = this
    const list = listOf(term)
    const name = String(list[0])
    const known = INSTRUCTIONS.get(name)
    switch (known?.sort) {
      case 'plain':
        this.all(list, 1)
        code.push(known.code)
        break
      case 'local':
        this.all(list, 2)
        code.push(known.code)
        pushUnsigned(code, placeOf(this.locals, list[1]))
        break
      case 'const':
        code.push(known.code)
        pushSigned(code, Number(list[1]))
        break
      case 'memory': {
        const offset = /^offset=(\d+)$/.exec(String(list[1]))?.[1]
        this.all(list, offset === undefined ? 1 : 2)
        // Nothing is said of alignment: 0 is any.
        code.push(known.code, 0)
        pushUnsigned(code, Number(offset ?? 0))
        break
      }
      case 'branch':
        this.all(list, 2)
        code.push(known.code)
        pushUnsigned(code, this.labels.length - 1 - placeOf(this.labels, list[1]))
        break
      case 'block':
        code.push(known.code, NO_TYPE)
        this.block(nameOf(list[1]), list, 2)
        code.push(END)
        break
      default:
        if (name === 'if') this.choice(list)
        else if (name === 'call') {
          this.all(list, 2)
          code.push(CALL)
          pushUnsigned(code, placeOf(this.names, list[1]))
        } else throw new SyntaxError(`unknown instruction ${name}`)
    }
  }

  private all(terms: readonly Term[], first: number): void {
    for (let i = first; i < terms.length; i++) this.add(terms[i])
  }

  private block(label: string, body: readonly Term[], first: number): void {
    this.labels.push(label)
    this.all(body, first)
    this.labels.pop()
  }

  private choice([, condition, ...branches]: readonly Term[]): void {
    const heads = branches.map(headOf).join(' ')
    if (heads !== 'then' && heads !== 'then else')
      throw new SyntaxError(`an if has then, or then and else, not ${heads}`)
    this.add(condition)
    this.code.push(IF, NO_TYPE)
    this.block('', listOf(branches[0]), 1)
    if (branches.length > 1) {
      this.code.push(ELSE)
      this.block('', listOf(branches[1]), 1)
    }
    this.code.push(END)
  }
}

/** The number of a name; the last one, where there are several. */
function placeOf(names: readonly string[], name: Term): number {
  const place = names.lastIndexOf(String(name))
  if (place < 0) throw new SyntaxError(`nothing has the name ${String(name)}`)
  return place
}

function listOf(term: Term): readonly Term[] {
  if (typeof term === 'string') throw new SyntaxError(`${term} is in no parentheses`)
  return term
}

const headOf = (term: Term): string => String(listOf(term)[0])

function nameOf(term: Term | undefined): string {
  if (typeof term !== 'string' || !term.startsWith('$')) throw new SyntaxError(`${String(term)} is no name`)
  return term
}

function typeOf(name: Term | undefined): number {
  const type = TYPES[String(name)]
  if (type === undefined) throw new SyntaxError(`unknown type ${String(name)}`)
  return type
}

/** The terms of a text. What comes after ;; in a line is for readers. */
function parsed(source: string): readonly Term[] {
  const words = source.replaceAll(/;;.*/g, '').match(/[()]|[^\s()]+/g) ?? []
  const open: Term[][] = [[]]
  for (const word of words) {
    if (word === '(') open.push([])
    else if (word === ')') {
      const list = open.pop()
      if (list === undefined || open.length === 0) throw new SyntaxError('a parenthesis is closed that is not open')
      open[open.length - 1].push(list)
    } else open[open.length - 1].push(word)
  }
  if (open.length !== 1) throw new SyntaxError('a parenthesis is not closed')
  return open[0]
}

const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()]
const section = (number: number, bytes: readonly number[]): number[] => [number, ...unsigned(bytes.length), ...bytes]
const text = (name: string): number[] => vector([...name].map((letter) => [letter.charCodeAt(0)]))

/** LEB128: 7 bits a byte, lowest first, bit 7 set in all but the last. */
function pushUnsigned(code: number[], value: number): void {
  let left = value
  for (; left >= 0x80; left >>>= 7) code.push((left & 0x7f) | 0x80)
  code.push(left)
}

/** The same, signed: bit 6 of the last byte is the sign. */
function pushSigned(code: number[], value: number): void {
  let left = value
  for (; left < -0x40 || left >= 0x40; left >>= 7) code.push((left & 0x7f) | 0x80)
  code.push(left & 0x7f)
}

function unsigned(value: number): number[] {
  const code: number[] = []
  pushUnsigned(code, value)
  return code
}
