/*
 * What the browser must know of a type of value to show it and to create it.
 * Each type has a folder with its pane, its dialogs and its queries, and one
 * line in value-types.ts; nothing else names a type.
 */
import type { ComponentType } from 'react'
import type { Request } from '../../../shared/contract/contract.ts'
import type { KeyDescription } from '../../../shared/contract/keys.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import type { Command } from './names.ts'
import { showCommand } from './names.ts'
import type { Place } from './view-state.ts'

export type KnownKey = Extract<KeyDescription, { exists: true }> & {
  /** When it was described: a time to live counts down from here. */
  readonly at: number
}

export interface ValuePaneProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly known: KnownKey
}

export interface ValueType {
  readonly Pane: ComponentType<ValuePaneProps>
  /** What one of its elements is called; absent where its length is one of bytes. */
  readonly element?: string
  /** Several of them, where that is more than an s. */
  readonly elements?: string
  readonly form: NewValueForm
}

/** The part of "Create a key" that is the type's own. */
export interface NewValueForm {
  readonly inputs: readonly NewValueInput[]
  /** What was typed, as a value; `typed` has the text of each input by its id. */
  readonly read: (typed: Typed) => ReadValue
}

export type Typed = Readonly<Record<string, string>>

/** Types share what was typed into inputs of one id: it stays when another type is chosen. */
export interface NewValueInput {
  readonly id: string
  readonly label: string
  /** What stands in it at first. */
  readonly initial?: string
  readonly hint?: string
  /** Lines; absent: a single one. */
  readonly rows?: number
}

export type NewValue = Request<'keys.create'>['value']

export type ReadValue =
  | {
      readonly ok: true
      readonly value: NewValue
      /** What creating it sends; `ttlMs` undefined: it never expires. */
      readonly sends: (key: Uint8Array, ttlMs: number | undefined) => readonly string[]
    }
  /** By input; none where something is only missing yet. */
  | { readonly ok: false; readonly errors: Typed }

/** How a value is created whose commands would add to one that is there: only where no key is. */
export const sendsWhereNone =
  (write: (key: Uint8Array) => Command) =>
  (key: Uint8Array, ttlMs: number | undefined): readonly string[] => [
    showCommand(['WATCH', key]),
    showCommand(['EXISTS', key]),
    'MULTI',
    showCommand(write(key)),
    ...(ttlMs === undefined ? [] : [showCommand(['PEXPIRE', key, String(ttlMs)])]),
    'EXEC',
  ]
