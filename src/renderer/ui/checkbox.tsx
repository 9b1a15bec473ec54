import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import css from './field.module.css'

export interface CheckboxProps {
  readonly label: ReactNode
  readonly checked: boolean
  readonly indeterminate?: boolean
  readonly disabled?: boolean
  readonly onCheckedChange: (checked: boolean) => void
}

export function Checkbox({ label, checked, indeterminate, disabled, onCheckedChange }: CheckboxProps) {
  const id = useId()
  return (
    <label className={css.check} htmlFor={id}>
      <Base.Root
        id={id}
        className={css.checkBox}
        checked={checked}
        indeterminate={indeterminate}
        disabled={disabled}
        onCheckedChange={(value) => onCheckedChange(value)}
      >
        <Base.Indicator>{indeterminate ? <Minus size={12} /> : <Check size={12} strokeWidth={3} />}</Base.Indicator>
      </Base.Root>
      <span>{label}</span>
    </label>
  )
}
