/*
 * The manifest of an append-only file: which files there are and in which order
 * they are to be read. A line a file, as Redis 7 has it:
 *
 *   file appendonly.aof.1.base.rdb seq 1 type b     all of the data at one moment: one at most
 *   file appendonly.aof.1.incr.aof seq 1 type i     what came after it: their numbers grow
 *   file appendonly.aof.0.base.rdb seq 0 type h     not needed any more, to be deleted
 *
 * Keys may come in any order; those that are not known are skipped. A line that
 * begins with # is a comment. Names with odd bytes are quoted.
 */
import { splitWords } from '../../base/words.ts'
import { quoteWord } from '../../config/quote-word.ts'

export type AofFileType = 'b' | 'i' | 'h'

export interface AofFile {
  /** Within the folder of the append-only file. */
  readonly name: string
  readonly seq: number
  readonly type: AofFileType
}

export interface Manifest {
  readonly base: AofFile | undefined
  readonly history: readonly AofFile[]
  readonly incrs: readonly AofFile[]
}

export const EMPTY_MANIFEST: Manifest = { base: undefined, history: [], incrs: [] }
const LINE_MAX_BYTES = 1024

/** A manifest makes no sense: at which line, from 1, and why. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`)
  }
}

/** Reads a manifest; one character of `text` is one byte. Throws a ManifestError. */
export function parseManifest(text: string): Manifest {
  let base: AofFile | undefined
  const history: AofFile[] = []
  const incrs: AofFile[] = []
  const lines = text.split('\n')
  if (lines.at(-1) !== '') throw new ManifestError(lines.length, 'it does not end with a line break')
  lines.pop()
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('#')) continue
    const file = parseLine(line, i + 1)
    if (file.type === 'h') history.push(file)
    else if (file.type === 'i') {
      if (file.seq <= (incrs.at(-1)?.seq ?? 0)) throw new ManifestError(i + 1, 'the numbers of the files do not grow')
      incrs.push(file)
    } else if (base === undefined) base = file
    else throw new ManifestError(i + 1, 'there is a second base file')
  }
  if (lines.length === 0) throw new ManifestError(1, 'it is empty')
  return { base, history, incrs }
}

function parseLine(line: string, number: number): AofFile {
  const fail = (reason: string): never => {
    throw new ManifestError(number, reason)
  }
  if (line.length > LINE_MAX_BYTES) fail('it is too long')
  const bytes = Buffer.from(line, 'latin1')
  const words = (splitWords(bytes, 0, bytes.length) ?? []).map((word) => Buffer.from(word).toString('latin1'))
  if (words.length < 6 || words.length % 2 !== 0) fail('it is no list of keys and values')
  let name = ''
  let seq = 0
  let type = ''
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1]
    if (words[i].toLowerCase() === 'file') name = value
    else if (words[i].toLowerCase() === 'seq') seq = /^\d{1,15}$/.test(value) ? Number(value) : 0
    else if (words[i].toLowerCase() === 'type') type = value
  }
  if (name === '') fail('it names no file')
  if (/[/\\]/.test(name)) fail(`'${name}' is a path and not the name of a file in this folder`)
  if (seq === 0) fail('it has no number of the file')
  if (type !== 'b' && type !== 'i' && type !== 'h') return fail(`the type '${type}' is not known`)
  return { name, seq, type }
}

export function formatManifest({ base, history, incrs }: Manifest): string {
  const files = [...(base ? [base] : []), ...history, ...incrs]
  return files.map(({ name, seq, type }) => `file ${quoteWord(name)} seq ${seq} type ${type}\n`).join('')
}
