/*
 * client-output-buffer-limit: how much of its replies a client may leave unread.
 */
import { makeOption, type Option, type Read, sizeOf } from './option.ts'

export const CLIENT_CLASSES = ['normal', 'replica', 'pubsub'] as const
export type ClientClass = (typeof CLIENT_CLASSES)[number]

/** Bytes of replies that may wait for one client; 0 is no limit. */
export interface BufferLimit {
  readonly hard: number
  readonly soft: number
  /** The soft limit may be exceeded for so long. */
  readonly softSeconds: number
}

export type BufferLimits = Readonly<Record<ClientClass, BufferLimit>>

const MiB = 1024 * 1024

export function bufferLimits(): Option<BufferLimits> {
  const initial: BufferLimits = {
    normal: { hard: 0, soft: 0, softSeconds: 0 },
    replica: { hard: 256 * MiB, soft: 64 * MiB, softSeconds: 60 },
    pubsub: { hard: 32 * MiB, soft: 8 * MiB, softSeconds: 60 },
  }
  return makeOption(
    initial,
    {},
    {
      multiple: true,
      read: readLimits,
      write: (limits) => CLIENT_CLASSES.map((name) => lineOf(limits, name)).join(' '),
      lines: (limits) => CLIENT_CLASSES.map((name) => lineOf(limits, name)),
    },
  )
}

/** Replicas are written by the name they had first: it is what clients of CONFIG GET parse. */
function lineOf(limits: BufferLimits, name: ClientClass): string {
  const { hard, soft, softSeconds } = limits[name]
  return `${name === 'replica' ? 'slave' : name} ${hard} ${soft} ${softSeconds}`
}

/** Any number of `class hard soft seconds`; a class that is not named keeps what it has. */
function readLimits(words: readonly string[], current: BufferLimits): Read<BufferLimits> {
  if (words.length === 0 || words.length % 4 !== 0) {
    return { error: 'Wrong number of arguments in buffer limit configuration.' }
  }
  const limits = { ...current }
  for (let i = 0; i < words.length; i += 4) {
    const given = words[i].toLowerCase()
    const name = CLIENT_CLASSES.find((known) => known === (given === 'slave' ? 'replica' : given))
    if (name === undefined) return { error: 'Invalid client class specified in buffer limit configuration.' }
    const hard = sizeOf(words[i + 1])
    const soft = sizeOf(words[i + 2])
    if (hard === undefined || soft === undefined || !/^\d+$/.test(words[i + 3])) {
      return { error: 'Error in hard, soft or soft_seconds setting in buffer limit configuration.' }
    }
    limits[name] = { hard, soft, softSeconds: Number(words[i + 3]) }
  }
  return { value: limits }
}
