/*
 * Where data is kept when there is no Electron to ask.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'

export function dataDir(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  if (env.KEYSTEAD_HOME) return env.KEYSTEAD_HOME
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Keystead')
  if (platform === 'win32') return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Keystead')
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'keystead')
}
