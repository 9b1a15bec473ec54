/*
 * The style guide, executable: who may import whom, what may be called where,
 * what nobody uses, what nobody tests. The rules are data; when one is wrong,
 * change it here in the commit that needs it and say why.
 *
 * Every checker is first run on snippets that break its rule, because a check
 * that cannot fail says nothing.
 */
import { describe, expect, test } from 'vitest'
import { importsOf, isCode, isTest, lineAt, readSources, type SourceFile, withoutComments } from './support/sources.ts'

/*
 * Layers, most exact prefix first found. What is not written is not allowed; a
 * layer may always import itself. Tests beside the code may import what their
 * layer may, and tests/support.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/shared': [],

  'src/server/base': [],
  'src/server/memory': ['src/server/base'],
  'src/server/structures': ['src/server/memory', 'src/server/base'],
  'src/server/config': ['src/server/base'],
  'src/server/keyspace': ['src/server/structures', 'src/server/memory', 'src/server/base', 'src/server/config'],
  'src/server/types': [
    'src/server/keyspace',
    'src/server/structures',
    'src/server/memory',
    'src/server/base',
    'src/server/config',
  ],
  'src/server/exec': [
    'src/server/config',
    'src/server/types',
    'src/server/keyspace',
    'src/server/memory',
    'src/server/base',
    'src/shared',
  ],
  // Never structures: a command asks the type, not its encoding. DUMP and SAVE ask persistence.
  'src/server/commands': [
    'src/server/exec',
    'src/server/persistence',
    'src/server/config',
    'src/server/types',
    'src/server/keyspace',
    'src/server/memory',
    'src/server/base',
  ],
  // Never exec or commands: the append-only file is replayed through a function it is handed.
  'src/server/persistence': [
    'src/server/config',
    'src/server/types',
    'src/server/keyspace',
    'src/server/memory',
    'src/server/base',
  ],
  // Never exec: it is handed what takes a request. An I/O thread holds no keyspace.
  'src/server/net': ['src/server/config', 'src/server/base', 'src/shared'],
  // The composition root and the two ways to start it: the hands that do the handing.
  'src/server': [
    'src/server/base',
    'src/server/memory',
    'src/server/structures',
    'src/server/config',
    'src/server/keyspace',
    'src/server/types',
    'src/server/exec',
    'src/server/commands',
    'src/server/persistence',
    'src/server/net',
    'src/shared',
  ],

  'src/main/core': ['src/shared'],
  'src/main/electron': ['src/main/core', 'src/shared'],
  'src/main/web': ['src/main/core', 'src/shared'],
  'src/main/cli': ['src/main/core', 'src/shared'],
  'src/preload': ['src/shared'],

  'src/renderer/ui': ['src/renderer/lib'],
  'src/renderer/lib': [],
  'src/renderer/api': ['src/shared', 'src/renderer/lib'],
  // Features meet in app/ or share downward; that none imports another is checked below.
  'src/renderer/features': ['src/renderer/api', 'src/renderer/ui', 'src/renderer/lib', 'src/shared'],
  'src/renderer/app': [
    'src/renderer/features',
    'src/renderer/api',
    'src/renderer/ui',
    'src/renderer/lib',
    'src/shared',
  ],
  'src/renderer': ['src/renderer/app', 'src/renderer/ui', 'src/renderer/api'],

  // Behaviour is judged from outside: these know the wire and the window, not the code behind them.
  'tests/wire': ['tests/support', 'src/shared'],
  // What random commands leave behind is replayed.
  'tests/persistence': ['tests/support', 'tests/differential', 'src/shared'],
  'tests/differential': ['tests/support', 'src/shared'],
  'tests/compat': ['tests/support', 'src/shared'],
  'tests/e2e': ['tests/support', 'src/shared'],
  // What is made from the code has to see it.
  'tests/docs': ['src/server/commands', 'src/server/exec', 'src/shared'],
  'tests/support': ['src/shared'],
  tests: ['tests/support', 'tests/differential'],
  bench: ['tests/support', 'tests/e2e', 'src/shared'],
  scripts: [],
}

/** Packages that only some may import, because of what they drag in or where they work. */
const MAY_USE_PACKAGE: readonly { readonly name: RegExp; readonly where: readonly string[]; readonly why: string }[] = [
  {
    name: /^electron$/,
    where: ['src/main/electron/', 'src/preload/', 'tests/e2e/'],
    why: 'the rest must run in web mode, where there is no Electron',
  },
  { name: /^ws$/, where: ['src/main/web/', 'tests/'], why: 'sockets to the page are the web host' },
  {
    name: /^ioredis$/,
    where: ['src/main/core/', 'tests/compat/'],
    why: 'the database and the page speak RESP themselves',
  },
  {
    name: /^node:/,
    where: ['src/server/', 'src/main/', 'tests/', 'bench/', 'scripts/'],
    why: 'there is no Node in a page',
  },
  { name: /^react/, where: ['src/renderer/'], why: 'only the page renders' },
]

interface Ban {
  readonly pattern: RegExp
  /** Path prefixes where it is banned, and those excepted again. */
  readonly where: readonly string[]
  readonly except?: readonly string[]
  readonly instead: string
  /** A line that breaks the rule, for the test of the rule. */
  readonly example: string
}

const BANS: readonly Ban[] = [
  {
    pattern: /\bMath\.random\(/,
    where: ['src/server/'],
    except: ['src/server/base/'],
    instead: 'the seeded generator of base/random.ts',
    example: 'const x = Math.random()',
  },
  {
    pattern: /\b(?:Date|performance)\.now\(|\bnew Date\(\)/,
    where: ['src/server/'],
    except: ['src/server/base/', 'src/server/bin.ts', 'src/server/embed.ts'],
    instead: 'the clock of base/clock.ts, which a test can turn',
    example: 'const now = Date.now()',
  },
  {
    pattern: /\bconsole\./,
    where: ['src/server/'],
    except: ['src/server/base/log.ts'],
    instead: "base/log.ts, which writes Redis' format",
    example: "console.log('hello')",
  },
  {
    pattern: /\bAtomics\.wait\(/,
    where: ['src/'],
    except: ['src/server/net/mailbox.ts', 'src/server/commands/debug.ts'], // DEBUG SLEEP is meant to hang.
    instead: 'net/mailbox.ts: a thread that waits elsewhere is a thread that hangs',
    example: 'Atomics.wait(state, 0, 0)',
  },
  {
    pattern: /\bipcRenderer\b/,
    where: ['src/'],
    except: ['src/preload/'],
    instead: 'ask() and subscribe() of renderer/api',
    example: "ipcRenderer.invoke('x')",
  },
  {
    pattern: /\bJSON\.parse\(/,
    where: [
      'src/main/core/handlers/',
      'src/main/core/serve',
      'src/server/',
      'src/renderer/features/',
      'src/renderer/ui/',
    ],
    // The first two show values that are JSON, which is data and no request; the last reads files of its own.
    except: [
      'src/renderer/features/browser/',
      'src/renderer/features/console/',
      'src/server/persistence/checkpoints/record.ts',
    ],
    instead: 'what the host decoded and the contract validated',
    example: 'const request = JSON.parse(text)',
  },
  {
    pattern: /\beval\(|\bnew Function\(/,
    where: ['src/', 'tests/', 'scripts/', 'bench/'],
    instead: 'code: the content security policy forbids it, and so do we',
    example: "eval('1')",
  },
  {
    pattern: /\b(?:exec|execSync)\b[^\n]*from 'node:child_process'|\bshell:\s*true/,
    where: ['src/', 'tests/', 'scripts/', 'bench/'],
    instead: 'spawn with a program and a list of arguments',
    example: "import { exec } from 'node:child_process'",
  },
  {
    pattern: /\bdangerouslySetInnerHTML\b|\.innerHTML\s*=/,
    where: ['src/renderer/'],
    instead: 'elements: a key name may hold anything, markup too',
    example: 'node.innerHTML = value',
  },
  {
    pattern: /^\s*(?:export\s+)?(?:const\s+)?enum\s/m,
    where: ['src/', 'tests/', 'bench/'],
    instead: 'an `as const` object, or plain constants in hot code: enums cannot be erased',
    example: 'export enum Kind { A }',
  },
  {
    pattern: /^\s*export default\b/m,
    where: ['src/', 'tests/', 'bench/', 'scripts/'],
    except: ['scripts/lib/count-reporter.mjs', 'scripts/lib/server.vite.config.mjs'], // Their readers ask for a default.
    instead: 'a named export',
    example: 'export default function run() {}',
  },
]

/** Files that something other than an import starts. */
const ENTRIES: readonly RegExp[] = [
  /^src\/main\/electron\/(?:main|backend-process)\.ts$/,
  /^src\/main\/web\/main\.ts$/,
  /^src\/main\/cli\/main\.ts$/,
  /^src\/server\/(?:bin|embed)\.ts$/,
  /^src\/preload\/preload\.ts$/,
  /^src\/renderer\/index\.html$/,
  /^scripts\/[\w-]+\.mjs$/,
  /^scripts\/lib\/(?:count-reporter|server\.vite\.config)\.mjs$/,
  /^bench\/(?:run|app-browse|steady-load)\.ts$/,
  /^tests\/differential\/run\.ts$/,
  /^tests\/docs\/write\.ts$/,
  /\.d\.ts$/,
]

const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*$/
const NAMES_THAT_SAY_NOTHING = /^(?:utils?|helpers?|common|misc|constants)\.tsx?$/

const sources = readSources(['src', 'tests', 'bench', 'scripts'])

function layerOf(path: string): string | undefined {
  let best: string | undefined
  for (const layer of Object.keys(MAY_IMPORT)) {
    if (path.startsWith(`${layer}/`) && layer.length > (best?.length ?? 0)) best = layer
  }
  return best
}

const isAt = (path: string, prefixes: readonly string[] = []): boolean =>
  prefixes.some((prefix) => path.startsWith(prefix))

function wrongImports(file: SourceFile): string[] {
  const from = layerOf(file.path)
  if (from === undefined) return [`${file.path} is in no layer of MAY_IMPORT`]
  const allowed = [from, ...MAY_IMPORT[from]!, ...(isTest(file.path) ? ['tests/support'] : [])]
  const wrong: string[] = []
  for (const { target, specifier } of importsOf(file)) {
    if (target === undefined) {
      for (const { name, where, why } of MAY_USE_PACKAGE) {
        if (name.test(specifier) && !isAt(file.path, where) && !isTest(file.path)) {
          wrong.push(`${file.path} imports the package ${specifier}: ${why}`)
        }
      }
      continue
    }
    const to = layerOf(target)
    if (to === undefined) continue // package.json, resources: not code of ours.
    if (!allowed.includes(to)) wrong.push(`${file.path} (${from}) imports ${target} (${to})`)
    const [feature, other] = [file.path, target].map((path) => /^src\/renderer\/features\/([^/]+)\//.exec(path)?.[1])
    if (feature !== undefined && other !== undefined && feature !== other) {
      wrong.push(`${file.path} imports ${target}: features do not import each other`)
    }
  }
  return wrong
}

function bannedCalls(file: SourceFile, bans: readonly Ban[] = BANS): string[] {
  const text = withoutComments(file.text)
  return bans
    .filter((ban) => isAt(file.path, ban.where) && !isAt(file.path, ban.except) && !isTest(file.path))
    .flatMap((ban) => {
      const match = ban.pattern.exec(text)
      return match ? [`${file.path}:${lineAt(text, match.index)} ${match[0].trim()}: use ${ban.instead}`] : []
    })
}

/** Files that no file but a test imports, although nothing else starts them. */
function unusedFiles(files: readonly SourceFile[]): string[] {
  const used = new Set<string>()
  for (const file of files) {
    for (const { target } of file.path.endsWith('.html') ? scriptsOf(file) : importsOf(file)) {
      if (target === undefined) continue
      const isProduct = target.startsWith('src/') && !target.includes('/testing/')
      const testOfProduct = isTest(file.path) && file.path.startsWith('src/') && isProduct
      if (!testOfProduct && target !== file.path) used.add(target)
    }
  }
  // tests/support and folders named testing serve tests; a product file that only its own test imports is dead.
  return files
    .map((file) => file.path)
    .filter((path) => !used.has(path) && !isTest(path) && !ENTRIES.some((entry) => entry.test(path)))
}

function scriptsOf(page: SourceFile): { target: string }[] {
  const folder = page.path.slice(0, page.path.lastIndexOf('/'))
  return [...page.text.matchAll(/(?:src|href)="(?:\.?\/)?([^"]+)"/g)].map((match) => ({
    target: `${folder}/${match[1]}`,
  }))
}

/** Names of the commands that a group's file exports; subcommands are part of them. */
function commandNames(file: SourceFile): string[] {
  return [...withoutComments(file.text).matchAll(/^export const \w+ = defineCommand\(\{\s*name: '([\w.-]+)'/gm)].map(
    (match) => match[1]!,
  )
}

function untestedCommands(files: readonly SourceFile[]): string[] {
  const wire = files
    .filter((file) => file.path.startsWith('tests/wire/'))
    .map((file) => withoutComments(file.text).toLowerCase())
    .join('\n')
  return files
    .filter((file) => file.path.startsWith('src/server/commands/') && !isTest(file.path))
    .flatMap((file) =>
      commandNames(file)
        .filter((name) => !new RegExp(`['"\`]${name}['"\` ]`).test(wire))
        .map((name) => `${name.toUpperCase()} of ${file.path} is in no test of tests/wire`),
    )
}

describe('the checkers', () => {
  const file = (path: string, text: string): SourceFile => ({ path, text })

  test('find a wrong import, and only that', () => {
    const imports = "import { a } from '../structures/listpack.ts'\n"
    expect(wrongImports(file('src/server/commands/hash.ts', imports))).toEqual([
      'src/server/commands/hash.ts (src/server/commands) imports src/server/structures/listpack.ts (src/server/structures)',
    ])
    expect(wrongImports(file('src/server/types/hash.ts', imports))).toEqual([])
    expect(wrongImports(file('src/server/commands/hash.ts', `// ${imports}`))).toEqual([])
    expect(
      wrongImports(file('src/server/exec/x.ts', "import type {\n  A,\n  B,\n} from '../commands/hash.ts'")),
    ).toHaveLength(1)
    expect(wrongImports(file('src/server/net/x.ts', "export * from '../exec/reply.ts'"))).toHaveLength(1)
    expect(wrongImports(file('src/server/net/x.ts', "await import('../exec/reply.ts')"))).toHaveLength(1)
    expect(wrongImports(file('src/shared/text/x.ts', "import { join } from 'node:path'"))).toHaveLength(1)
    expect(wrongImports(file('src/main/web/x.ts', "import { app } from 'electron'"))).toHaveLength(1)
    const features = "import { a } from '../console/index.ts'"
    expect(wrongImports(file('src/renderer/features/browser/x.ts', features))).toHaveLength(1)
    expect(wrongImports(file('src/renderer/app/x.ts', "import { a } from '../features/console/index.ts'"))).toEqual([])
    expect(wrongImports(file('src/unheard-of/x.ts', ''))).toHaveLength(1)
  })

  test.each(BANS.map((ban) => [ban.example, ban] as const))('find `%s`', (_, ban) => {
    const path = `${ban.where[0]}new-file.ts`
    expect(bannedCalls(file(path, ban.example), [ban])).toHaveLength(1)
    expect(bannedCalls(file(path, `// ${ban.example}`), [ban])).toEqual([])
    for (const except of ban.except ?? []) expect(bannedCalls(file(except, ban.example), [ban])).toEqual([])
  })

  test('find a file that nobody but its own test imports', () => {
    const files = [
      file('src/server/bin.ts', "import './server.ts'"),
      file('src/server/server.ts', "new Worker(new URL('./net/io-worker.ts', import.meta.url))"),
      file('src/server/net/io-worker.ts', ''),
      file('src/server/base/dead.ts', ''),
      file('src/server/base/dead.test.ts', "import './dead.ts'"),
    ]
    expect(unusedFiles(files)).toEqual(['src/server/base/dead.ts'])
  })

  test('find a command without a wire test', () => {
    const group =
      "export const GET = defineCommand({\n  name: 'get',\n})\nexport const SET = defineCommand({\n  name: 'set',"
    const wire = "await r.command('GET', 'k') // 'set' in a comment is no test"
    const files = [file('src/server/commands/string.ts', group), file('tests/wire/string.test.ts', wire)]
    expect(untestedCommands(files)).toEqual(['SET of src/server/commands/string.ts is in no test of tests/wire'])
  })

  test('do not take a comment mark inside a string for a comment', () => {
    expect(withoutComments("const url = 'http://x' // gone")).toBe(`const url = 'http://x' ${' '.repeat(7)}`)
  })
})

describe('the code', () => {
  test('imports only downward', () => {
    expect(sources.filter((file) => isCode(file.path)).flatMap(wrongImports)).toEqual([])
  })

  test('calls nothing that has a better replacement', () => {
    // This file quotes what it bans.
    const others = sources.filter((file) => isCode(file.path) && file.path !== 'tests/tidy.test.ts')
    expect(others.flatMap((file) => bannedCalls(file))).toEqual([])
  })

  test('has no file that nobody uses', () => {
    expect(unusedFiles(sources)).toEqual([])
  })

  test('has a wire test for every command', () => {
    expect(untestedCommands(sources)).toEqual([])
  })

  test('names files in kebab-case, after what they hold', () => {
    const names = sources.map((file) => [file.path, file.path.slice(file.path.lastIndexOf('/') + 1)] as const)
    const bad = names.filter(([, name]) => !KEBAB_CASE.test(name) || NAMES_THAT_SAY_NOTHING.test(name))
    expect(bad.map(([path]) => path)).toEqual([])
  })
})
