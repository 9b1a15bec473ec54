/*
 * The repository's own source files, as tests/tidy.test.ts reads them: text,
 * text without comments, and what each file imports. It works on text, not on
 * a syntax tree: the language's own parser has no interface to use here, and
 * imports and banned words are found well enough without one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Import {
  readonly specifier: string
  /** The file meant, for a relative specifier; as written, without looking at the disk. */
  readonly target: string | undefined
  readonly typeOnly: boolean
}

const root = resolve(import.meta.dirname, '../..')

export function readSources(folders: readonly string[]): SourceFile[] {
  return folders.filter((folder) => existsSync(resolve(root, folder))).flatMap(sourcesUnder)
}

function sourcesUnder(folder: string): SourceFile[] {
  return readdirSync(resolve(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) return sourcesUnder(path)
    return /\.(?:tsx?|mjs|css|html)$/.test(entry.name)
      ? [{ path, text: readFileSync(resolve(root, path), 'utf8') }]
      : []
  })
}

export const isCode = (path: string): boolean => /\.(?:tsx?|mjs)$/.test(path)
export const isTest = (path: string): boolean => /\.(?:test|fuzz|bench)\.tsx?$/.test(path)

const STRING_OR_COMMENT = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g

/** The text with every comment replaced by spaces: offsets and lines stay where they were. */
export function withoutComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (match) =>
    match.startsWith('//') || match.startsWith('/*') ? match.replace(/[^\n]/g, ' ') : match,
  )
}

/** `import ... from`, `export ... from`, `import 'x'`, `import('x')` and `new URL('x', import.meta.url)`. */
const STATIC = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w*$\s{},]+?\s+from\s+)?(['"])([^'"\n]+)\2/gm
const DYNAMIC = /\b(?:import\(|new URL\()\s*(['"`])([^'"`\n]+)\1/g

export function importsOf(file: SourceFile): Import[] {
  const text = withoutComments(file.text)
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean): void => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : undefined
    found.push({ specifier, target, typeOnly })
  }
  for (const match of text.matchAll(STATIC)) add(match[3]!, match[1] !== undefined)
  for (const match of text.matchAll(DYNAMIC)) add(match[2]!, false)
  return found
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
