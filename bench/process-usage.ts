/*
 * What a process has used, as the system tells: Linux by /proc, else by ps.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The unit of times in /proc/PID/stat: USER_HZ, which is 100 on every Linux that Node runs on. */
const TICK_SECONDS = 0.01

/** Seconds of processor time so far, of all threads: the program's own, and what the system spent for it. */
export interface CpuTime {
  readonly user: number
  readonly system: number
}

/** Where there is no /proc, all of it counts as the program's own. */
export function cpuTime(pid: number): CpuTime {
  const stat = `/proc/${pid}/stat`
  if (existsSync(stat)) {
    // The name in parentheses may hold anything; what follows it is fields 3 and on.
    const text = readFileSync(stat, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { user: Number(fields[11]) * TICK_SECONDS, system: Number(fields[12]) * TICK_SECONDS }
  }
  const time = spawnSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? ''
  const parts = time.split(':').map(Number)
  return { user: parts.length > 1 ? parts.reduce((sum, part) => sum * 60 + part, 0) : Number.NaN, system: 0 }
}

export function cpuSeconds(pid: number): number {
  const { user, system } = cpuTime(pid)
  return user + system
}

/** As cpuSeconds, to the nanosecond where the system counts so fine: of the threads that there are. */
export function runSeconds(pid: number): number {
  if (!existsSync(`/proc/${pid}/schedstat`)) return cpuSeconds(pid)
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  }
  return nanoseconds / 1e9
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const status = `/proc/${pid}/status`
  if (existsSync(status)) return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1]) * 1024
  return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) * 1024
}

/** Memory in bytes of a process and its children, in which a page that they share counts once. Linux only; else its own. */
export function familyBytes(pid: number): number {
  if (!existsSync(`/proc/${pid}/smaps_rollup`)) return residentBytes(pid)
  let bytes = 0
  const add = (member: number): void => {
    try {
      const text = readFileSync(`/proc/${member}/smaps_rollup`, 'utf8')
      bytes += Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]) * 1024
      for (const thread of readdirSync(`/proc/${member}/task`)) {
        const children = readFileSync(`/proc/${member}/task/${thread}/children`, 'utf8')
        for (const child of children.split(' ').filter(Boolean)) add(Number(child))
      }
    } catch (error) {
      // It may have ended between two looks: then it holds nothing.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  add(pid)
  return bytes
}
