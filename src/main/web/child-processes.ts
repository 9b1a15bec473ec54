/*
 * Local databases as child processes of the Node process of web mode.
 */
import { fork } from 'node:child_process'
import type { DatabaseProcess, ProcessHost } from '../core/host.ts'
import type { Log } from '../core/log.ts'
import { isFromDatabase } from '../core/services/databases/protocol.ts'

/** The end of what a process wrote is enough to say why it died. */
const OUTPUT_KEPT = 4_000

/** `entry` is the module that runs a database: src/server/embed.ts, built or not. */
export function childProcesses(entry: string, log: Log): ProcessHost {
  return {
    start(listener): DatabaseProcess {
      const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
      let output = ''
      child.stderr?.setEncoding('utf8')
      child.stderr?.on('data', (text: string) => {
        output = (output + text).slice(-OUTPUT_KEPT)
        process.stderr.write(text)
      })
      child.on('message', (message) => {
        if (isFromDatabase(message)) listener.message(message)
        else log.warn('a database process sent a message that is not understood')
      })
      let hasExited = false
      const exit = (code: number | null, signal: string | null): void => {
        if (hasExited) return
        hasExited = true
        listener.exit({ code, signal, output })
      }
      child.once('exit', exit)
      // It could not be started, or a message could not be sent to it any more.
      child.on('error', (error) => {
        output += `${error.message}\n`
        if (child.pid === undefined) exit(null, null)
      })
      return {
        send: (message) => {
          if (child.connected) child.send(message)
        },
        kill: () => void child.kill('SIGKILL'),
      }
    },
  }
}
