/*
 * Config: the options' values of one running server. Reading and writing texts
 * is theirs (option.ts); here a change is applied whole or not at all.
 */

import { createLimits, LIMIT_OPTIONS, type Limits } from './limits.ts'
import type { Option } from './option.ts'
import { OPTIONS, type OptionName, type ValueOf } from './options.ts'

type LimitOption = (typeof LIMIT_OPTIONS)[keyof Limits]

/** Puts a new value into force, or says why it cannot be. It is called again with the old value when a later one fails. */
export type Apply = () => string | undefined

/** Why a change was refused: which option, and the reason as Redis words it. */
export interface ChangeError {
  readonly name: string
  readonly reason: string
}

const byName = new Map<string, OptionName>()
for (const name of Object.keys(OPTIONS) as OptionName[]) {
  byName.set(name, name)
  for (const alias of OPTIONS[name].aliases) byName.set(alias, name)
}

/** The option called `name` or having it as an alias, in any case. */
export function optionNamed(name: string): OptionName | undefined {
  return byName.get(name.toLowerCase())
}

/** Every name that CONFIG GET knows, aliases among them. */
export const optionNames: readonly string[] = [...byName.keys()]

export const optionOf = (name: OptionName): Option<unknown> => OPTIONS[name] as unknown as Option<unknown>

/** Whether the option called `name` takes several arguments. */
export function isMultiple(name: string): boolean {
  const option = optionNamed(name)
  return option !== undefined && optionOf(option).multiple
}

export class Config {
  /** What the value types need at hand. */
  readonly limits: Limits = createLimits()
  private readonly values = new Map<OptionName, unknown>()
  private readonly appliers = new Map<OptionName, Apply[]>()

  constructor() {
    for (const name of Object.keys(OPTIONS) as OptionName[]) this.values.set(name, OPTIONS[name].initial)
    for (const [limit, option] of Object.entries(LIMIT_OPTIONS) as [keyof Limits, LimitOption][]) {
      this.onChange([option], () => {
        this.limits[limit] = this.get(option)
        return undefined
      })
    }
  }

  get<N extends OptionName>(name: N): ValueOf<N> {
    return this.values.get(name) as ValueOf<N>
  }

  textOf(name: OptionName): string {
    return optionOf(name).write(this.values.get(name))
  }

  /** Lines a configuration file would hold for the option, without its name. */
  linesOf(name: OptionName): readonly string[] {
    return optionOf(name).lines(this.values.get(name))
  }

  /** Whether the option has the value it has when nobody sets it. */
  isInitial(name: OptionName): boolean {
    return this.textOf(name) === optionOf(name).write(OPTIONS[name].initial)
  }

  /** Registers what a change of any of `names` sets off. Called after the value is stored. */
  onChange(names: readonly OptionName[], apply: Apply): void {
    for (const name of names) {
      const known = this.appliers.get(name)
      if (known) known.push(apply)
      else this.appliers.set(name, [apply])
    }
  }

  /** Sets an option before the server runs: from a file, the command line or `createServer`. Says why not, if so. */
  configure(name: OptionName, words: readonly string[]): string | undefined {
    const read = optionOf(name).read(words, this.values.get(name))
    if ('error' in read) return read.error
    this.values.set(name, read.value)
    for (const apply of this.appliers.get(name) ?? []) {
      const error = apply()
      if (error !== undefined) return error
    }
    return undefined
  }

  /** Sets several options of the running server, all or none. */
  change(changes: readonly (readonly [name: OptionName, text: string])[]): ChangeError | undefined {
    const previous: [OptionName, unknown][] = []
    for (const [name, text] of changes) {
      const option = optionOf(name)
      const words = option.multiple ? text.split(/\s+/).filter((word) => word !== '') : [text]
      const read = option.read(words, this.values.get(name))
      if ('error' in read) {
        this.restore(previous)
        return { name, reason: read.error }
      }
      previous.push([name, this.values.get(name)])
      this.values.set(name, read.value)
    }
    const failure = this.applyAll(changes.map(([name]) => name))
    if (failure) {
      this.restore(previous)
      this.applyAll(changes.map(([name]) => name))
    }
    return failure
  }

  private restore(previous: readonly (readonly [OptionName, unknown])[]): void {
    for (const [name, value] of previous) this.values.set(name, value)
  }

  private applyAll(names: readonly OptionName[]): ChangeError | undefined {
    const done = new Set<Apply>()
    for (const name of names) {
      for (const apply of this.appliers.get(name) ?? []) {
        if (done.has(apply)) continue
        done.add(apply)
        const reason = apply()
        if (reason !== undefined) return { name, reason }
      }
    }
    return undefined
  }
}
