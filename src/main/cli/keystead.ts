/*
 * What `keystead` does: one command to the server, and its answer in a form for
 * people or for programs. The answer goes to stdout and everything else to stderr.
 */
import { createInterface } from 'node:readline/promises'
import { FailureError } from '../../shared/contract/failure.ts'
import { isError, type RespValue } from '../../shared/resp/value.ts'
import { bytesToLatin1 } from '../../shared/text/bytes.ts'
import { Ledger } from '../core/services/ledger/ledger.ts'
import { SessionConnection } from '../core/services/redis-client/session-connection.ts'
import { parseRequest, type Request, USAGE, UsageError } from './arguments.ts'
import { printable } from './printable.ts'
import { type Column, tableOf } from './table.ts'

const DONE = 0
const NOT_DONE = 1
const WRONG_USAGE = 2

/** Does what the command line says. The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const request = parseRequest(args, process.env['KEYSTEAD_PASSWORD'])
    if (request === undefined) {
      process.stdout.write(USAGE)
      return DONE
    }
    if (!(await isConfirmed(request))) return NOT_DONE
    const { text, code } = await answerTo(request)
    process.stdout.write(text)
    return code
  } catch (error) {
    if (error instanceof UsageError) return say(`${error.message} See keystead --help.`, WRONG_USAGE)
    if (!(error instanceof FailureError)) throw error
    const { message, hint, detail } = error.failure
    return say([message, hint, detail].filter((text) => text !== undefined).join(' '), NOT_DONE)
  }
}

function say(text: string, code: number): number {
  process.stderr.write(`${printable(text)}\n`)
  return code
}

/** Whether what cannot be taken back, or replaces all data, is meant. */
async function isConfirmed({ container, action, name, time, isSure }: Request): Promise<boolean> {
  if (isSure || (action !== 'rewind' && action !== 'delete')) return true
  if (!process.stdin.isTTY) throw new UsageError(`To ${action} needs --yes where there is no terminal to ask at.`)
  const question =
    action === 'delete'
      ? `Delete the ${container} '${name}'${container === 'branch' ? ' and all data in its folder' : ''}?`
      : `Replace all data by ${time === undefined ? `that of the checkpoint '${name}'` : `what it was at ${dateOf(time)}`}?`
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}

interface Answer {
  readonly text: string
  readonly code: number
}

async function answerTo(request: Request): Promise<Answer> {
  const { action, isJson } = request
  const reply = await ask(request)
  if (action !== 'list' && action !== 'verify') {
    return { text: isJson ? `${JSON.stringify({ done: true })}\n` : `${doneText(request)}\n`, code: DONE }
  }
  const all = reply.type === 'array' ? reply.items.map(factsOf) : []
  const isBroken = action === 'verify' && all.some(({ problem }) => problem !== '')
  const text = isJson
    ? `[${all.map((one) => `\n  ${printable(JSON.stringify(one))}`).join(',')}\n]\n`
    : listText(request, all)
  return { text, code: isBroken ? NOT_DONE : DONE }
}

function listText({ action, container }: Request, all: readonly Facts[]): string {
  if (action === 'verify') return tableOf(all, FILE_COLUMNS)
  if (all.length === 0) return container === 'branch' ? 'There are no branches.\n' : 'There are no checkpoints.\n'
  return tableOf(all, container === 'branch' ? BRANCH_COLUMNS : CHECKPOINT_COLUMNS)
}

function doneText({ container, action, name, time }: Request): string {
  if (action === 'create') return `The ${container} '${name}' is there.`
  if (action === 'delete') return `The ${container} '${name}' is gone.`
  const what = time === undefined ? `of the checkpoint '${name}'` : `as it was at ${dateOf(time)}`
  return `The data is that ${what}. What it was before is a checkpoint too: see keystead checkpoint list.`
}

async function ask(request: Request): Promise<RespValue> {
  const connection = new SessionConnection({
    address: () => Promise.resolve(request.address),
    ledger: new Ledger(),
    source: 'checkpoints',
    clientName: 'keystead-cli',
  })
  try {
    await connection.connect()
    const reply = await connection.command(wordsOf(request))
    if (isError(reply)) throw failureFor(reply.type === 'error' ? reply.text : bytesToLatin1(reply.bytes))
    return reply
  } finally {
    connection.close()
  }
}

function wordsOf({ container, action, name, from, time }: Request): string[] {
  const words = [`KEYSTEAD.${container.toUpperCase()}`, action.toUpperCase()]
  if (name !== '') words.push(name)
  if (from !== undefined) words.push('FROM', from)
  if (time !== undefined) words.push('TIME', String(time))
  return words
}

function failureFor(error: string): FailureError {
  if (/^ERR unknown command/i.test(error)) {
    return new FailureError({ code: 'COMMAND_FAILED', message: 'That is no Keystead server: it has no checkpoints.' })
  }
  return new FailureError({ code: 'COMMAND_FAILED', message: `The server says: ${error.replace(/^ERR /, '')}` })
}

type Facts = Readonly<Record<string, string | number>>

/** The fields of a map; in RESP2 it is an array of names and values. */
function factsOf(item: RespValue): Facts {
  if (item.type === 'map') return Object.fromEntries(item.entries.map(([name, value]) => [textOf(name), factOf(value)]))
  if (item.type !== 'array') return {}
  const pairs = Array.from({ length: item.items.length >> 1 }, (_, i) => item.items.slice(2 * i, 2 * i + 2))
  return Object.fromEntries(pairs.map(([name, value]) => [textOf(name!), factOf(value!)]))
}

const factOf = (value: RespValue): string | number => (value.type === 'integer' ? Number(value.value) : textOf(value))

function textOf(value: RespValue): string {
  if (value.type === 'bulk') return Buffer.from(value.bytes).toString('utf8')
  return value.type === 'simple' ? value.text : ''
}

/** The server may tell anything. */
function dateOf(unixMs: number): string {
  const date = new Date(unixMs)
  if (Number.isNaN(date.getTime())) return '-'
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
const keysOf = ({ keys }: Facts): string => (Number(keys) < 0 ? '-' : String(keys))
const textField =
  (name: string) =>
  (facts: Facts): string =>
    String(facts[name] ?? '')

const CHECKPOINT_COLUMNS: readonly Column<Facts>[] = [
  { title: 'NAME', text: textField('name') },
  { title: 'MADE', text: ({ created }) => dateOf(Number(created)) },
  { title: 'WHY', text: textField('reason') },
  { title: 'KEYS', text: keysOf, isNumber: true },
  { title: 'BYTES', text: textField('bytes'), isNumber: true },
  { title: 'PROBLEM', text: textField('problem') },
]

const FILE_COLUMNS: readonly Column<Facts>[] = [
  { title: 'FILE', text: textField('file') },
  { title: 'BYTES', text: textField('bytes'), isNumber: true },
  { title: 'AT BYTE', text: ({ offset }) => (Number(offset) < 0 ? '-' : String(offset)), isNumber: true },
  { title: 'PROBLEM', text: ({ problem }) => (problem === '' ? 'none' : String(problem)) },
]

const BRANCH_COLUMNS: readonly Column<Facts>[] = [
  { title: 'NAME', text: textField('name') },
  { title: 'MADE', text: ({ created }) => dateOf(Number(created)) },
  { title: 'FROM', text: textField('origin') },
  { title: 'KEYS', text: keysOf, isNumber: true },
  { title: 'FOLDER', text: textField('dir') },
]
