/*
 * The first words to a server: protocol, credentials, database. RESP3 where the
 * server has it, RESP2 where HELLO is unknown, refused or too new for it.
 */
import { FailureError } from '../../../../shared/contract/failure.ts'
import { isError } from '../../../../shared/resp/value.ts'
import type { ServerAddress } from './address.ts'
import { errorText, replyFailure } from './failures.ts'
import { integerOf, pairsOf, textOf } from './replies.ts'
import type { Command, Wire } from './wire.ts'

export interface Greeting {
  readonly protocol: 2 | 3
  /** What HELLO told: `server`, `version`, `mode`, `role`. Empty with RESP2. */
  readonly told: Readonly<Record<string, string>>
}

interface Handshake {
  readonly wire: Wire
  readonly address: ServerAddress
  /** As CLIENT LIST will show us. */
  readonly clientName: string
  /** Called for every command, before it is sent. */
  readonly sending: (command: Command) => void
}

export async function shakeHands({ wire, address, clientName, sending }: Handshake): Promise<Greeting> {
  const ask = (command: Command) => {
    sending(command)
    return wire.send(command)
  }
  const { password } = address
  const username = address.username || 'default'
  const auth = password === undefined ? [] : ['AUTH', username, password]
  const hello = await ask(['HELLO', '3', ...auth, 'SETNAME', clientName])
  let greeting: Greeting = { protocol: 2, told: {} }
  if (!isError(hello)) {
    greeting = readHello(pairsOf(hello))
  } else if (!canDoWithoutHello(errorText(hello))) {
    throw new FailureError(replyFailure(errorText(hello)))
  } else if (password !== undefined) {
    // Servers before ACLs know no user names: AUTH with one would be a syntax error there.
    const reply = await ask(address.username ? ['AUTH', address.username, password] : ['AUTH', password])
    if (isError(reply) && !serverHasNoPassword(errorText(reply))) throw new FailureError(replyFailure(errorText(reply)))
  }
  if (address.db !== 0) {
    const reply = await ask(['SELECT', String(address.db)])
    if (isError(reply)) throw new FailureError(replyFailure(errorText(reply)))
  }
  return greeting
}

/** Unknown to servers before 6.0; forbidden to some users; RESP3 unknown to some servers. */
const canDoWithoutHello = (error: string): boolean =>
  /^(ERR unknown command|NOPROTO|NOPERM|ERR wrong number of arguments|ERR syntax error)/i.test(error)

/** redis-cli goes on after this one too: there is nothing to be let into. */
const serverHasNoPassword = (error: string): boolean =>
  /^ERR (Client sent AUTH, but no password is set|AUTH .*called without any password configured)/i.test(error)

function readHello(pairs: ReturnType<typeof pairsOf>): Greeting {
  const told: Record<string, string> = {}
  let protocol: 2 | 3 = 2
  for (const [key, value] of pairs) {
    const name = textOf(key)
    if (name === 'proto') protocol = integerOf(value) === 3 ? 3 : 2
    else if (value.type === 'bulk' || value.type === 'simple' || value.type === 'verbatim') told[name] = textOf(value)
  }
  return { protocol, told }
}
