/*
 * The app itself: what runs, where its data lies, and what the user prefers.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import { nothing, text } from './types.ts'

export interface AppInfo {
  readonly name: string
  readonly version: string
  readonly mode: 'desktop' | 'web'
  /** As `process.platform` names it: 'linux', 'darwin', 'win32' ... */
  readonly platform: string
  readonly dataDir: string
  readonly secrets: SecretStorage
  readonly runtime: { readonly node: string; readonly electron?: string; readonly chromium?: string }
  readonly pid: number
  /** What the user should know about this start: a file set aside, a crash survived. Newest last. */
  readonly notices: readonly Notice[]
}

/** Where passwords are kept, and what that is worth. */
export interface SecretStorage {
  readonly kind: 'keychain' | 'basic_text' | 'passphrase' | 'key-file'
  /** Present when the storage is weaker than a keychain, in words for the user. */
  readonly warning?: string
}

export interface Notice {
  readonly at: number
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  readonly hint?: string
  readonly detail?: string
}

export const settingsSchema = v.strictObject({
  theme: v.picklist(['system', 'light', 'dark']),
  density: v.picklist(['compact', 'comfortable']),
  /** What separates the folders of the key tree. */
  keySeparator: v.pipe(text(16), v.minLength(1)),
  keyView: v.picklist(['tree', 'list']),
  /** Sizes of split panes in percent, by the name of the group. */
  panes: v.pipe(
    v.record(text(64), v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(100))), v.maxLength(8))),
    v.check((panes) => Object.keys(panes).length <= 64, 'must have at most 64 groups'),
  ),
})
export type Settings = v.InferOutput<typeof settingsSchema>

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  density: 'compact',
  keySeparator: ':',
  keyView: 'tree',
  panes: {},
}

export const app = {
  'app.info': call(nothing, returns<AppInfo>()),
  'settings.get': call(nothing, returns<Settings>()),
  /** Changes only what it is given; answers with all of it. */
  'settings.set': call(v.partial(settingsSchema), returns<Settings>()),
} as const

export interface AppEvents {
  readonly 'app.notice': Notice
  readonly 'settings.changed': Settings
}
