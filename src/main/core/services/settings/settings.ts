/*
 * What the user prefers, in one small file. A setting this version does not
 * know or cannot use falls back to its default; the others stay.
 */
import { join } from 'node:path'
import * as v from 'valibot'
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from '../../../../shared/contract/app.ts'
import { readJsonFile, writeFileAtomically } from '../../atomic-file.ts'
import type { EventHub } from '../../events.ts'
import type { Notices } from '../notices.ts'

export class SettingsService {
  readonly #path: string
  readonly #events: EventHub
  #settings: Settings
  /** Writes happen one after the other, so that the last one wins on disk too. */
  #writing: Promise<void> = Promise.resolve()

  private constructor(path: string, events: EventHub, settings: Settings) {
    this.#path = path
    this.#events = events
    this.#settings = settings
  }

  static async load(dataDir: string, events: EventHub, notices: Notices): Promise<SettingsService> {
    const path = join(dataDir, 'settings.json')
    const { value, setAside } = await readJsonFile(path, parseSettings, notices.now())
    if (setAside) notices.fileSetAside('settings', setAside)
    return new SettingsService(path, events, value ?? DEFAULT_SETTINGS)
  }

  get(): Settings {
    return this.#settings
  }

  async set(changes: Partial<Settings>): Promise<Settings> {
    const panes = changes.panes ? { ...this.#settings.panes, ...changes.panes } : this.#settings.panes
    this.#settings = { ...this.#settings, ...changes, panes }
    const content = JSON.stringify(this.#settings, null, 2)
    const written = this.#writing.then(() => writeFileAtomically(this.#path, content))
    // The next write must happen even when this one fails; its own caller learns of the failure.
    this.#writing = written.catch(() => undefined)
    await written
    this.#events.emit('settings.changed', this.#settings)
    return this.#settings
  }
}

function parseSettings(json: unknown): Settings {
  const stored = v.parse(v.record(v.string(), v.unknown()), json)
  const usable = Object.entries(settingsSchema.entries).flatMap(([name, schema]) => {
    const parsed = v.safeParse(schema, stored[name])
    return parsed.success ? [[name, parsed.output]] : []
  })
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(usable) }
}
