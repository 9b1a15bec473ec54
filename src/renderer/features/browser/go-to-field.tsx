import { type Ref, useState } from 'react'
import { formatExact } from '../../lib/format-count.ts'
import { Field } from '../../ui/field.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import css from './browser.module.css'

export interface GoToFieldProps {
  readonly ref?: Ref<HTMLInputElement>
  /** What the number is: "index". */
  readonly what: string
  /** Numbers there are; outside of them nothing can be gone to. */
  readonly min: number
  readonly max: number
  /** The keys that lead to it, if there are any. */
  readonly shortcut?: string
  readonly onGo: (number: number) => void
  readonly onLeave: () => void
}

/** A row by its number, however many there are. */
export function GoToField({ ref, what, min, max, shortcut, onGo, onLeave }: GoToFieldProps) {
  const [typed, setTyped] = useState('')
  const [isWrong, setIsWrong] = useState(false)
  const numbers = `${formatExact(min)} to ${formatExact(max)}`
  const hint = typed === '' ? shortcut : 'enter'
  const go = (): void => {
    const number = numberOf(typed)
    if (number === undefined || number < min || number > max) return setIsWrong(true)
    onGo(number)
  }
  return (
    <Field
      ref={ref}
      className={css.goTo}
      aria-label={`Go to ${what}`}
      placeholder={what}
      title={`Go to ${what} ${numbers}`}
      inputMode="numeric"
      mono
      value={typed}
      onValueChange={(text) => {
        setTyped(text)
        setIsWrong(false)
      }}
      error={isWrong ? numbers : undefined}
      onKeyDown={(event) => {
        if (event.key === 'Enter') go()
        else if (event.key === 'Escape') {
          setTyped('')
          setIsWrong(false)
          onLeave()
        } else if (event.key === 'ArrowDown') onLeave()
        else return
        event.preventDefault()
      }}
      suffix={hint !== undefined && <Kbd keys={hint} />}
    />
  )
}

/** Digits may be grouped, as they are shown. */
function numberOf(typed: string): number | undefined {
  const text = typed.trim().replaceAll(/[,_ ]/g, '')
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
}
