import { Search, X } from 'lucide-react'
import { type Ref, useState } from 'react'
import { bytesToLatin1, utf8ToBytes } from '../../../shared/text/bytes.ts'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import css from './browser.module.css'

export interface PaneSearchProps {
  readonly ref?: Ref<HTMLInputElement>
  /** "Search fields". */
  readonly label: string
  /** What is searched for; '': nothing. It begins with Enter, for it costs the server something. */
  readonly search: string
  readonly onSearch: (search: string) => void
  /** The user is done here: the table takes the focus. */
  readonly onLeave: () => void
}

/** The search field of a value's pane. */
export function PaneSearch({ ref, label, search, onSearch, onLeave }: PaneSearchProps) {
  const [typed, setTyped] = useState(search)
  const clear = (): void => {
    setTyped('')
    onSearch('')
  }
  return (
    <Field
      ref={ref}
      className={css.search}
      aria-label={label}
      placeholder={label.toLowerCase()}
      mono
      icon={<Search size={14} />}
      value={typed}
      onValueChange={setTyped}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onSearch(typed.trim())
        else if (event.key === 'Escape') {
          clear()
          onLeave()
        } else if (event.key === 'ArrowDown') onLeave()
        else return
        event.preventDefault()
      }}
      suffix={
        typed === '' ? (
          <Kbd keys="mod+f" />
        ) : typed === search ? (
          <IconButton label="Clear the search" size="small" icon={<X size={12} />} onClick={clear} />
        ) : (
          <Kbd keys="enter" />
        )
      }
    />
  )
}

/** The glob for what was typed: a word without wildcards means whatever contains it. */
export function searchPattern(search: string): string {
  if (search === '') return ''
  const pattern = /[*?[\]\\]/.test(search) ? search : `*${search}*`
  return bytesToLatin1(utf8ToBytes(pattern))
}
