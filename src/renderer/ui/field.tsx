import { clsx } from 'clsx'
import { type ComponentPropsWithRef, type ReactNode, useId } from 'react'
import css from './field.module.css'

type InputProps = Omit<ComponentPropsWithRef<'input'>, 'onChange' | 'value' | 'className' | 'size'>

export interface FieldProps extends InputProps {
  /** Above the box. Leave it out only where `aria-label` names the field, as in a search box. */
  readonly label?: ReactNode
  readonly hint?: ReactNode
  /** What is wrong and how to put it right; replaces the hint. */
  readonly error?: ReactNode
  readonly icon?: ReactNode
  /** Inside the box at its end: a unit, a shortcut, a clear button. */
  readonly suffix?: ReactNode
  readonly mono?: boolean
  readonly value: string
  readonly onValueChange: (value: string) => void
  readonly className?: string
}

/** One line of text with its name, its hint and its error. */
export function Field(props: FieldProps) {
  const { label, hint, error, icon, suffix, mono, value, onValueChange, className, id: givenId, ...rest } = props
  const ownId = useId()
  const id = givenId ?? ownId
  const noteId = `${id}-note`
  const note = error ?? hint
  return (
    <div className={clsx(css.field, className)}>
      {label !== undefined && (
        <label className={css.label} htmlFor={id}>
          {label}
        </label>
      )}
      <div className={css.box} data-invalid={error ? '' : undefined} data-disabled={rest.disabled ? '' : undefined}>
        {icon}
        <input
          spellCheck={false}
          autoComplete="off"
          {...rest}
          id={id}
          value={value}
          onChange={(event) => onValueChange(event.target.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? noteId : undefined}
          className={clsx(css.input, mono && css.mono)}
        />
        {suffix}
      </div>
      {note && (
        <div id={noteId} className={error ? css.error : css.hint} role={error ? 'alert' : undefined}>
          {note}
        </div>
      )}
    </div>
  )
}

type AreaProps = Omit<ComponentPropsWithRef<'textarea'>, 'onChange' | 'value' | 'className'>

export interface TextAreaProps extends AreaProps {
  readonly label?: ReactNode
  readonly error?: ReactNode
  readonly mono?: boolean
  readonly value: string
  readonly onValueChange: (value: string) => void
}

export function TextArea({ label, error, mono, value, onValueChange, ...rest }: TextAreaProps) {
  const id = useId()
  return (
    <div className={css.field}>
      {label !== undefined && (
        <label className={css.label} htmlFor={id}>
          {label}
        </label>
      )}
      <div className={clsx(css.box, css.area)} data-invalid={error ? '' : undefined}>
        <textarea
          rows={4}
          spellCheck={false}
          {...rest}
          id={id}
          value={value}
          onChange={(event) => onValueChange(event.target.value)}
          aria-invalid={error ? true : undefined}
          className={clsx(css.input, mono && css.mono)}
        />
      </div>
      {error && (
        <div className={css.error} role="alert">
          {error}
        </div>
      )}
    </div>
  )
}
