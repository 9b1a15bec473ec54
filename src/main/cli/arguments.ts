/*
 * The command line of `keystead`: what is to be done, where, and how it is told.
 */
import { parseArgs } from 'node:util'
import type { Endpoint } from '../../shared/contract/connections.ts'
import { parseUrl } from '../core/services/connections/parse-url.ts'
import type { ServerAddress } from '../core/services/redis-client/address.ts'

export const USAGE = `Usage: keystead checkpoint create <name>
       keystead checkpoint list
       keystead checkpoint delete <name>
       keystead checkpoint verify <name>
       keystead checkpoint rewind <name> | --time <time>
       keystead branch create <name> [--from <checkpoint> | --time <time>]
       keystead branch list
       keystead branch delete <name>
       keystead --help

Checkpoints and branches of a Keystead server that runs.

Where it is:
  -h <host>            Its host (127.0.0.1).
  -p <port>            Its port (6379).
  -u <url>             Or all of it: redis://user:password@host:port, rediss:// for TLS, unix:///path.
  -a <password>        Its password. KEYSTEAD_PASSWORD in the environment keeps it out of the list of processes.
  --user <name>        The name that belongs to it.

How it is told:
  --json               As JSON, for programs.
  -y, --yes            Rewind or delete without asking. Needed where there is no terminal to ask at.

<time> is a Unix time in milliseconds, or a date such as 2026-11-29T08:30:00 (local) or 2026-11-29T08:30:00Z.

Ends with 0 when it is done, 1 when it is not (the reason is on stderr) or when verify finds a file that is
broken, and 2 when the command line makes no sense.
`

/** The command line makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface Request {
  readonly container: 'checkpoint' | 'branch'
  readonly action: 'create' | 'list' | 'delete' | 'rewind' | 'verify'
  /** Empty for lists, and for a rewind to a time. */
  readonly name: string
  /** Of a branch that is made: the checkpoint it is made from. */
  readonly from: string | undefined
  /** Unix time in milliseconds. */
  readonly time: number | undefined
  readonly address: ServerAddress
  readonly isJson: boolean
  readonly isSure: boolean
}

const OPTIONS = {
  host: { type: 'string', short: 'h' },
  port: { type: 'string', short: 'p' },
  url: { type: 'string', short: 'u' },
  password: { type: 'string', short: 'a' },
  user: { type: 'string' },
  from: { type: 'string' },
  time: { type: 'string' },
  json: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  help: { type: 'boolean' },
} as const

const ACTIONS: Readonly<Record<Request['container'], readonly Request['action'][]>> = {
  checkpoint: ['create', 'list', 'delete', 'rewind', 'verify'],
  branch: ['create', 'list', 'delete'],
}

/** Undefined: help is asked for. Throws a UsageError, or a FailureError for a URL that is none. */
export function parseRequest(args: readonly string[], password: string | undefined): Request | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const [container, action, ...names] = positionals
  if (container !== 'checkpoint' && container !== 'branch') {
    throw new UsageError(container === undefined ? 'Nothing is to be done.' : `'${container}' is not known.`)
  }
  const known = ACTIONS[container].find((one) => one === action)
  if (known === undefined) throw new UsageError(`'${container}' needs one of ${ACTIONS[container].join(', ')}.`)
  const { from } = values
  const time = values.time === undefined ? undefined : timeOf(values.time)
  const takesTime = known === 'rewind' || (container === 'branch' && known === 'create')
  if (time !== undefined && !takesTime)
    throw new UsageError('--time goes with a rewind, or with a branch that is made.')
  if (from !== undefined && (container !== 'branch' || known !== 'create')) {
    throw new UsageError('--from goes with a branch that is made.')
  }
  if (from !== undefined && time !== undefined) throw new UsageError('Either --from or --time.')
  const isNameless = known === 'list' || (known === 'rewind' && time !== undefined)
  if (names.length !== (isNameless ? 0 : 1)) {
    throw new UsageError(isNameless ? 'That takes no name.' : 'That takes one name; quote it if it has blanks.')
  }
  const address = addressOf(values, password)
  const [isJson, isSure] = [values.json ?? false, values.yes ?? false]
  return { container, action: known, name: names[0] ?? '', from, time, address, isJson, isSure }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function timeOf(text: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (!Number.isSafeInteger(time) || time < 0) throw new UsageError(`'${text}' is no time.`)
  return time
}

interface Place {
  readonly host?: string
  readonly port?: string
  readonly url?: string
  readonly user?: string
  readonly password?: string
}

function addressOf(
  { host = '127.0.0.1', port = '6379', url, user, password: given }: Place,
  known: string | undefined,
): ServerAddress {
  const parsed = url === undefined ? undefined : parseUrl(url)
  const endpoint: Endpoint = parsed?.endpoint ?? { kind: 'tcp', host, port: portOf(port) }
  const username = user ?? parsed?.username
  const password = given ?? parsed?.password ?? known
  return {
    endpoint,
    db: 0,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new UsageError(`'${text}' is no port.`)
  return port
}
