/*
 * The services every domain's handlers may use. A service that only one domain
 * needs is made by that domain's handlers and is not listed here.
 */
import type { AppInfo } from '../../../shared/contract/app.ts'
import type { EventHub } from '../events.ts'
import type { Host } from '../host.ts'
import type { Log } from '../log.ts'
import { BrowsesService } from './browse/browses.ts'
import { ConnectionsService } from './connections/connections.ts'
import { DatabasesService } from './databases/databases.ts'
import { Notices } from './notices.ts'
import { SessionsService } from './sessions/sessions.ts'
import { SettingsService } from './settings/settings.ts'

export interface Services {
  readonly dataDir: string
  readonly log: Log
  readonly now: () => number
  readonly events: EventHub
  readonly notices: Notices
  readonly settings: SettingsService
  readonly databases: DatabasesService
  readonly connections: ConnectionsService
  readonly sessions: SessionsService
  readonly browses: BrowsesService
  readonly appInfo: () => AppInfo
}

export interface ServiceOptions {
  readonly now?: () => number
  /** Where the first local database goes; tests choose another. */
  readonly defaultPort?: number
}

export async function loadServices(host: Host, events: EventHub, options: ServiceOptions): Promise<Services> {
  const { dataDir, log, processes, secrets } = host
  const now = options.now ?? Date.now
  const notices = new Notices(events, now)
  const settings = await SettingsService.load(dataDir, events, notices)
  const connections = await ConnectionsService.load({ dataDir, events, secrets, notices })
  const databases = await DatabasesService.load({
    dataDir,
    events,
    processes,
    notices,
    defaultPort: options.defaultPort,
  })
  const sessions = new SessionsService({ connections, databases, events, now })
  const browses = new BrowsesService(events, log)
  const appInfo = (): AppInfo => ({
    name: 'Keystead',
    version: host.version,
    mode: host.mode,
    platform: process.platform,
    dataDir,
    secrets: secrets.storage,
    runtime: host.runtime,
    pid: process.pid,
    notices: notices.list,
  })
  return { dataDir, log, now, events, notices, settings, databases, connections, sessions, browses, appInfo }
}
