/*
 * The forked processes that live. They end with the app, as utility processes do.
 */
import type { ChildProcess } from 'node:child_process'

const living = new Set<ChildProcess>()

// For an end that nobody planned.
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

export function keep(child: ChildProcess): void {
  living.add(child)
  child.once('exit', () => living.delete(child))
}

/** Waits for their ends as well: whoever started us may look for them next. */
export async function endAll(): Promise<void> {
  await Promise.all(
    [...living].map((child) => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      return ended
    }),
  )
}
