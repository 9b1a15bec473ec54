/*
 * What Electron's main process and the backend process say to each other. The
 * backend cannot fork processes or reach the keychain by itself; main does both
 * for it. Pages are not in here: each gets a port of its own.
 */
import type { AppInfo, SecretStorage } from '../../shared/contract/app.ts'
import type { Failure } from '../../shared/contract/failure.ts'
import type { FromDatabase, ToDatabase } from '../core/services/databases/protocol.ts'

export type ToBackend =
  /** First, once. */
  | {
      readonly type: 'start'
      readonly version: string
      readonly dataDir: string
      readonly runtime: AppInfo['runtime']
      readonly secrets: SecretStorage
      /** How the backend before this one ended, when it crashed. */
      readonly crashed?: string
    }
  /** A page is there; its port comes along. */
  | { readonly type: 'page' }
  | { readonly type: 'fromDatabase'; readonly process: number; readonly message: FromDatabase }
  | { readonly type: 'databaseExit'; readonly process: number; readonly code: number; readonly output: string }
  | { readonly type: 'secret'; readonly call: number; readonly text: string }
  | { readonly type: 'secretFailed'; readonly call: number; readonly failure: Failure }
  /** Let the databases save; answered with 'stopped'. */
  | { readonly type: 'stop' }

export type FromBackend =
  | { readonly type: 'startDatabase'; readonly process: number }
  | { readonly type: 'toDatabase'; readonly process: number; readonly message: ToDatabase }
  | { readonly type: 'killDatabase'; readonly process: number }
  | { readonly type: 'seal' | 'unseal'; readonly call: number; readonly text: string }
  | { readonly type: 'stopped' }
