/*
 * Moments: which of them the files of an append-only file can bring back, and
 * where such a moment is in them. A base tells when it was made; what came after
 * it is told by lines between the commands:
 *
 *   #TS:<seconds>              what follows was done in that second or later
 *   #REWOUND:<at>:<to>         at that millisecond the data became what it had been at the other one
 *
 * So the files are spans of time, in each of which every moment can be brought
 * back, to the second. Commands of which no time was told, at the beginning of a
 * span, make it begin with the first time that is told.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { Slice } from '../../base/slice.ts'
import type { FinishedFiles } from '../aof/folder.ts'
import { AofError, AofReader } from '../aof/reader.ts'
import type { Disk } from '../disk.ts'
import { OP_AUX } from '../rdb/format.ts'
import { RdbError, RdbInput } from '../rdb/input.ts'
import { type DataNames, incrPath, putAofFiles } from './aof-files.ts'
import type { FileEntry } from './record.ts'

const HEAD_BYTES = 4096
const MAGIC_BYTES = 9
const COPIED_BYTES = 1024 * 1024
const COMMANDS_PER_SLICE = 4096
const TOLD = /^#TS:(\d{1,12})$/
const REWOUND = /^#REWOUND:(\d{1,15}):(\d{1,15})$/

/** The line that tells of a rewind. Times are Unix times in milliseconds. */
export const rewoundLine = (at: number, to: number): string => `#REWOUND:${at}:${to}\r\n`

/** The files as they were at a moment. */
export interface Moment extends FinishedFiles {
  /** The first bytes of a file that comes after them. */
  readonly tail: { readonly path: string; readonly bytes: number } | undefined
}

/** Unix times in milliseconds, both included. */
export interface Span {
  readonly from: number
  readonly to: number
}

export interface Search {
  /** Undefined: the files cannot bring it back. */
  readonly moment: Moment | undefined
  /** What they can bring back, as far as that was found on the way. */
  readonly spans: readonly Span[]
}

/** From when on the files can bring back every moment, if that can be seen at a glance. */
export function timedSince({ base, incrs }: FinishedFiles): number | undefined {
  const since = base === undefined ? undefined : timeOfBase(base)
  if (since === undefined || incrs.length === 0) return since
  return headOf(incrs[0]).subarray(0, 1).toString('latin1') === '#' ? since : undefined
}

/** When an RDB file was made, to the second, as it tells itself. */
function timeOfBase(path: string): number | undefined {
  // Another one may go on with commands.
  if (extname(path) !== '.rdb') return undefined
  const head = headOf(path)
  const input = new RdbInput(new Slice(head, 0, head.length))
  try {
    input.bytes(MAGIC_BYTES)
    while (input.byte() === OP_AUX) {
      const name = input.string().text()
      const value = input.string().text()
      if (name === 'ctime' && /^\d{1,12}$/.test(value)) return Number(value) * 1000
    }
  } catch (error) {
    if (!(error instanceof RdbError)) throw error
  }
  return undefined
}

function headOf(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    return head.subarray(0, readSync(file, head, 0, head.length, 0))
  } finally {
    closeSync(file)
  }
}

/** Looks for `time` in files that hold what was until `until`. Others are served meanwhile. */
export async function findMoment(files: FinishedFiles, until: number, time: number): Promise<Search> {
  const walk = new Walk(files, time)
  for (let i = 0; i < files.incrs.length && walk.moment === undefined && !walk.isBroken; i++) await walk.file(i)
  return walk.end(until)
}

class Walk {
  moment: Moment | undefined
  isBroken = false
  private readonly spans: Span[] = []
  private readonly files: FinishedFiles
  private readonly time: number
  /** When the span that is being read began; undefined: nobody has told yet. */
  private from: number | undefined
  private isTimeTold = false

  constructor(files: FinishedFiles, time: number) {
    this.files = files
    this.time = time
    this.from = files.base === undefined ? undefined : timeOfBase(files.base)
  }

  /** Walks through one file of commands. What is broken ends it. */
  async file(i: number): Promise<void> {
    const file = openSync(this.files.incrs[i], 'r')
    try {
      const { size } = fstatSync(file)
      const reader = new AofReader({ size, read: (into, at, from) => readSync(file, into, at, into.length - at, from) })
      reader.onLine = (line, offset) => this.line(line, i, offset)
      for (let count = 1; this.moment === undefined && reader.next() === 'command'; count++) {
        if (!this.isTimeTold) this.from = undefined
        if (count % COMMANDS_PER_SLICE === 0) await new Promise(setImmediate)
      }
    } catch (error) {
      if (!(error instanceof AofError)) throw error
      this.from = undefined
      this.isBroken = true
    } finally {
      closeSync(file)
    }
  }

  private line(line: string, i: number, offset: number): void {
    if (this.moment !== undefined) return
    const told = TOLD.exec(line)
    if (told) {
      const time = Number(told[1]) * 1000
      this.isTimeTold = true
      if (this.from === undefined) this.from = time
      else if (time > this.time && this.from <= this.time) this.found(i, offset)
      return
    }
    const rewound = REWOUND.exec(line)
    if (!rewound) return
    this.endSpan(Number(rewound[2]), i, offset)
    this.from = Number(rewound[1])
    this.isTimeTold = false
  }

  private endSpan(to: number, i: number, offset: number): void {
    if (this.from === undefined) return
    this.spans.push({ from: this.from, to })
    if (this.from <= this.time && this.time <= to) this.found(i, offset)
  }

  private found(i: number, offset: number): void {
    const { base, incrs } = this.files
    const tail = offset === 0 ? undefined : { path: incrs[i], bytes: offset }
    this.moment = { base, incrs: incrs.slice(0, i), tail }
  }

  end(until: number): Search {
    if (this.moment === undefined) this.endSpan(until, this.files.incrs.length, 0)
    return { moment: this.moment, spans: this.spans }
  }
}

/** Puts the files as they were at a moment into a folder. */
export async function putMoment(folder: string, names: DataNames, moment: Moment, disk: Disk): Promise<FileEntry[]> {
  const { base, incrs, tail } = moment
  if (tail === undefined) return putAofFiles(folder, names, { base, incrs }, disk.atOnce)
  const path = incrPath(folder, names, incrs.length + 1)
  disk.atOnce.makeFolder(dirname(path))
  await copyHead(tail.path, tail.bytes, path, disk)
  return putAofFiles(folder, names, { base, incrs: [...incrs, path] }, disk.atOnce)
}

async function copyHead(from: string, bytes: number, to: string, disk: Disk): Promise<void> {
  const source = await open(from, 'r')
  try {
    const target = await disk.create(to)
    try {
      const buf = new Uint8Array(Math.min(bytes, COPIED_BYTES))
      for (let at = 0; at < bytes; ) {
        const { bytesRead } = await source.read(buf, 0, Math.min(buf.length, bytes - at), at)
        if (bytesRead === 0) throw new Error(`${from} has become shorter`)
        await target.write(buf.subarray(0, bytesRead))
        at += bytesRead
      }
      await target.sync()
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}
