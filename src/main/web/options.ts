/*
 * The command line of web mode.
 */
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'

export interface WebOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly password?: string
  /** Names under which the page may be asked for, besides addresses and localhost. */
  readonly allowedHosts: readonly string[]
  readonly open: boolean
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: WebOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string }

export const HELP = `Keystead in a browser.

  --port N            listen on this port (default: any free one)
  --host ADDRESS      listen on this address (default: 127.0.0.1). Any other than
                      a loopback address needs a password.
  --password TEXT     what the page asks for. Better in KEYSTEAD_PASSWORD: other
                      users of this machine can see command lines.
  --allow-host NAME   a host name under which browsers may reach it, besides
                      localhost and addresses; may be repeated
  --open              open the page in the default browser
  --help              this text

Environment: KEYSTEAD_HOME (where data is kept), KEYSTEAD_PASSPHRASE (encrypts
saved passwords), KEYSTEAD_PASSWORD.
`

export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        password: { type: 'string' },
        'allow-host': { type: 'string', multiple: true, default: [] },
        open: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const port = values.port === undefined ? 0 : Number(values.port)
    if (!/^\d{1,5}$/.test(values.port ?? '0') || port > 65_535)
      return wrong(`--port ${values.port} is not a port number.`)
    const password = values.password ?? env.KEYSTEAD_PASSWORD
    if (password === '') return wrong('The password must not be empty.')
    if (!isLoopback(values.host) && password === undefined) {
      return wrong(
        `--host ${values.host} can be reached by others, so a password is needed: set KEYSTEAD_PASSWORD or give --password.`,
      )
    }
    const allowedHosts = values['allow-host'].map((name) => name.toLowerCase())
    return { kind: 'run', options: { host: values.host, port, password, allowedHosts, open: values.open } }
  } catch (error) {
    // Expected: what parseArgs says about an option it does not know.
    return wrong(error instanceof Error ? error.message : String(error))
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

const wrong = (message: string): ParsedOptions => ({ kind: 'wrong', message })
