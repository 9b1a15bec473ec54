import { formatRelative } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'
import { Field } from '../../ui/field.tsx'
import { timeOf } from './moment.ts'

export interface TimeFieldProps {
  readonly value: string
  readonly onValueChange: (text: string) => void
  readonly autoFocus?: boolean
}

/** A moment of the past, to the second: as exactly as the append-only file tells it. */
export function TimeField({ value, onValueChange, autoFocus }: TimeFieldProps) {
  const now = useNow()
  const time = timeOf(value)
  return (
    <Field
      label="Time"
      type="datetime-local"
      step={1}
      mono
      value={value}
      onValueChange={onValueChange}
      error={time === undefined ? 'A date and a time' : time > now ? 'That is yet to come' : undefined}
      hint={time !== undefined && `${formatRelative(time, now)}. What was done in this very second counts to it.`}
      autoFocus={autoFocus}
    />
  )
}
