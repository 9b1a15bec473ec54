/*
 * What huge requests leave to those that come after them, on whatever connection: the
 * slices of their arguments and the buffers that they filled. A million new slices live
 * as long as their request, so the garbage collector copies each of them twice: that was
 * half the time of an RPUSH of a million elements (measured). Both are thrown away every
 * few seconds, which costs requests that go on coming little, so none is held for long.
 */
import type { Slice } from '../base/slice.ts'
import { widened } from '../base/wide-bytes.ts'

export const HUGE_BUFFER_BYTES = 1024 * 1024

/** So many of 56 bytes. */
const SLICES_MAX = 1024 * 1024
const BUFFERS_MAX = 32
const KEPT_MS = 10_000

const EMPTY = widened(new Uint8Array(0))
let slices: Slice[] = []
let buffers: Uint8Array[] = []
let expiry: NodeJS.Timeout | undefined

/**
 * More slices, the first of them aimed as those of `argv` are, for a request of `count` arguments; `argv` itself where
 * there are none, or so many that they are better left to a request that needs most of them.
 */
export function takeArguments(argv: Slice[], count: number): Slice[] {
  if (slices.length <= argv.length || slices.length > count * 2) return argv
  const taken = slices
  slices = []
  for (const [i, { buf, at, size }] of argv.entries()) taken[i].aim(buf, at, size)
  return taken
}

/** Takes slices that are needed no more. */
export function giveArguments(argv: Slice[]): void {
  if (argv.length <= slices.length) return
  slices = argv
  if (slices.length > SLICES_MAX) slices.length = SLICES_MAX
  // Or else they would hold buffers.
  for (const slice of slices) slice.aim(EMPTY, 0, 0)
  expireLater()
}

export function takeBuffer(): Uint8Array {
  return buffers.pop() ?? widened(new Uint8Array(HUGE_BUFFER_BYTES))
}

/** Takes buffers that takeBuffer gave and nobody needs any more out of `full`. */
export function giveBuffers(full: Uint8Array[]): void {
  if (full.length === 0) return
  while (full.length > 0 && buffers.length < BUFFERS_MAX) buffers.push(full.pop()!)
  full.length = 0
  expireLater()
}

function expireLater(): void {
  if (expiry === undefined) expiry = setTimeout(expire, KEPT_MS).unref()
}

function expire(): void {
  slices = []
  buffers = []
  expiry = undefined
}
