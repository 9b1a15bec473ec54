/*
 * A command as the ledger shows it: as one would type it, short, and without
 * the secrets that some commands carry as arguments.
 */
const ARGS_SHOWN_MAX = 16
const ARG_CHARACTERS_MAX = 64
const REDACTED = '(redacted)'

type Arg = string | Uint8Array

export function describeCommand(args: readonly Arg[]): string {
  const hidden = secretPositions(args)
  const shown = args.slice(0, ARGS_SHOWN_MAX).map((arg, i) => (hidden.has(i) ? REDACTED : quote(arg)))
  const rest = args.length - ARGS_SHOWN_MAX
  return rest > 0 ? `${shown.join(' ')} ... (${rest} more)` : shown.join(' ')
}

/** Whether a command carries a secret: such a line belongs in no history. */
export const carriesSecret = (args: readonly Arg[]): boolean => secretPositions(args).size > 0

/** A directive of CONFIG SET whose value is a secret: requirepass, masterauth, tls-key-file-pass ... */
const SECRET_DIRECTIVE = /pass|auth|secret/

function secretPositions(args: readonly Arg[]): ReadonlySet<number> {
  const word = (i: number): string => (i < args.length ? lower(args[i]) : '')
  const hidden = new Set<number>()
  switch (word(0)) {
    case 'auth':
      // AUTH password, AUTH user password: the last one, and all of a malformed call.
      for (let i = args.length === 3 ? 2 : 1; i < args.length; i++) hidden.add(i)
      break
    case 'hello':
    case 'migrate':
      for (let i = 1; i < args.length; i++) {
        if (word(i) === 'auth' && word(0) === 'migrate') hidden.add(i + 1)
        else if (word(i) === 'auth' || word(i) === 'auth2') hidden.add(i + 2)
      }
      break
    case 'config':
      for (let i = 2; word(1) === 'set' && i + 1 < args.length; i += 2) {
        if (SECRET_DIRECTIVE.test(word(i))) hidden.add(i + 1)
      }
      break
    case 'acl':
      // `>password` and `<password` in clear, `#hash` and `!hash` as good as.
      for (let i = 3; word(1) === 'setuser' && i < args.length; i++) {
        if (/^[><#!]/.test(word(i))) hidden.add(i)
      }
      break
  }
  return hidden
}

const lower = (arg: Arg): string => (arg.length > ARG_CHARACTERS_MAX ? '' : latin1(arg).toLowerCase())

const latin1 = (arg: Arg): string => (typeof arg === 'string' ? arg : Buffer.from(arg).toString('latin1'))

/** Strings are shown as they are, bytes as redis-cli would print them: escaped where they are not ASCII. */
function quote(arg: Arg): string {
  const tooLong = arg.length > ARG_CHARACTERS_MAX
  const start = latin1(typeof arg === 'string' ? arg.slice(0, ARG_CHARACTERS_MAX) : arg.subarray(0, ARG_CHARACTERS_MAX))
  const text = /^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]+$/.test(start) ? start : `"${escapeText(start)}"`
  return tooLong ? `${text}... (${arg.length} bytes)` : text
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' }

function escapeText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]|["\\]/g, (character) => {
    const code = character.charCodeAt(0)
    return ESCAPES[character] ?? (code > 0xff ? character : `\\x${code.toString(16).padStart(2, '0')}`)
  })
}
