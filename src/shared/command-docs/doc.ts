/*
 * What is known of a command: its arguments as a tree, and the facts about it.
 * The same shape whether the server told (read-docs.ts) or the built-in table did
 * (../command-docs.json).
 */
export type ArgumentKind =
  | 'key'
  | 'string'
  | 'integer'
  | 'double'
  | 'pattern'
  | 'unix-time'
  /** A word that stands for itself. */
  | 'pure-token'
  /** One of `args`. */
  | 'oneof'
  /** All of `args`, in order. */
  | 'block'

export interface ArgumentDoc {
  /** As it is shown: `seconds`. */
  readonly name: string
  readonly type: ArgumentKind
  /** The word ahead of it, or of a pure token itself: `EX`. May be two words, `""` where one is allowed to be empty. */
  readonly token?: string
  readonly optional?: boolean
  /** Once or more often. */
  readonly multiple?: boolean
  /** Each time with its token: `[GET pattern [GET pattern ...]]`. */
  readonly multipleToken?: boolean
  readonly since?: string
  readonly args?: readonly ArgumentDoc[]
}

export interface CommandDoc {
  /** Upper case; a subcommand with its container: `CONFIG GET`. */
  readonly name: string
  readonly summary?: string
  readonly group: string
  readonly since?: string
  readonly complexity?: string
  readonly deprecatedSince?: string
  readonly replacedBy?: string
  readonly args: readonly ArgumentDoc[]
  /** It has subcommands, and does nothing by itself. */
  readonly isContainer?: boolean
}

export interface CommandDocs {
  /** 'server': as this server documents itself; 'built-in': the table that came with the app. */
  readonly source: 'server' | 'built-in'
  /** Why it is not the server's own. */
  readonly why?: string
  /** In alphabetical order. */
  readonly commands: readonly CommandDoc[]
}
