import { clsx } from 'clsx'
import { X } from 'lucide-react'
import { type Ref, useState } from 'react'
import { Field } from '../../../ui/field.tsx'
import { IconButton } from '../../../ui/icon-button.tsx'
import { Kbd } from '../../../ui/kbd.tsx'
import { POINT_HINT, type Point, parsePoint } from './points.ts'
import own from './stream.module.css'

/** A point, and how it was typed. */
export type TypedPoint = Extract<Point, { ok: true }> & { readonly text: string }

export interface PointFieldProps {
  readonly ref?: Ref<HTMLInputElement>
  /** "From an ID or time". */
  readonly label: string
  readonly placeholder: string
  readonly applied: TypedPoint | undefined
  /** Undefined: it was cleared. */
  readonly onApply: (point: TypedPoint | undefined) => void
  readonly onLeave: () => void
  readonly shortcut?: string
}

/** A place of a stream, typed; it holds from Enter on. */
export function PointField({ ref, label, placeholder, applied, onApply, onLeave, shortcut }: PointFieldProps) {
  const [typed, setTyped] = useState(applied?.text ?? '')
  const [why, setWhy] = useState<string>()
  const apply = (): void => {
    if (typed.trim() === '') return onApply(undefined)
    const point = parsePoint(typed, Date.now())
    if (point.ok) onApply({ ...point, text: typed })
    else setWhy(point.why)
  }
  const clear = (): void => {
    setTyped('')
    setWhy(undefined)
    if (applied) onApply(undefined)
  }
  return (
    <Field
      ref={ref}
      className={clsx(own.point, shortcut !== undefined && own.withShortcut)}
      aria-label={label}
      placeholder={placeholder}
      title={`${label}. ${POINT_HINT}`}
      mono
      value={typed}
      onValueChange={(text) => {
        setTyped(text)
        setWhy(undefined)
      }}
      error={why}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply()
        else if (event.key === 'Escape') {
          clear()
          onLeave()
        } else if (event.key === 'ArrowDown') onLeave()
        else return
        event.preventDefault()
      }}
      suffix={
        typed === '' ? (
          shortcut && <Kbd keys={shortcut} />
        ) : applied?.text === typed ? (
          <IconButton label={`Clear: ${label}`} size="small" icon={<X size={12} />} onClick={clear} />
        ) : (
          <Kbd keys="enter" />
        )
      }
    />
  )
}
