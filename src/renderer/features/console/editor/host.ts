import type { CommandTable } from '../queries.ts'

/** What the editor asks of, and tells, the page around it. Read anew each time: the page changes under it. */
export interface EditorHost {
  /** Undefined until the docs have come. */
  readonly commands: () => CommandTable['byName'] | undefined
  /** Newest last. */
  readonly history: () => readonly string[]
  /** Runs the input; false when it stays, because it cannot be read. */
  readonly run: (input: string) => boolean
  readonly changed: (input: string) => void
  readonly cancel: () => void
  readonly clear: () => void
  readonly toggleDocs: () => void
  readonly searchHistory: () => void
  /** The command at the caret is another one, or none. */
  readonly commandAtCaret: (name: string | undefined) => void
}
