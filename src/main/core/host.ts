/*
 * What the backend is handed by whoever hosts it: Electron's utility process or
 * the Node process of web mode. These are all the ways in which they differ.
 */
import type { AppInfo, SecretStorage } from '../../shared/contract/app.ts'
import type { Log } from './log.ts'
import type { FromDatabase, ToDatabase } from './services/databases/protocol.ts'

export interface Host {
  readonly mode: AppInfo['mode']
  readonly version: string
  readonly dataDir: string
  readonly runtime: AppInfo['runtime']
  readonly processes: ProcessHost
  readonly secrets: SecretStore
  readonly log: Log
}

/** Starts processes that each serve one local database. */
export interface ProcessHost {
  start(listener: DatabaseProcessListener): DatabaseProcess
}

export interface DatabaseProcess {
  /** Ignored once the process is gone. */
  send(message: ToDatabase): void
  /** Ends it without asking. Its exit is reported as any other. */
  kill(): void
}

export interface DatabaseProcessListener {
  message(message: FromDatabase): void
  /** Called once; after it, nothing is. `output` is the end of what it wrote to standard error. */
  exit(exit: { readonly code: number | null; readonly signal: string | null; readonly output: string }): void
}

/** Keeps secrets unreadable on disk. What is sealed may be written anywhere. */
export interface SecretStore {
  readonly storage: SecretStorage
  seal(secret: string): Promise<string>
  /** Throws a FailureError when the key has changed or the text was tampered with. */
  unseal(sealed: string): Promise<string>
}
