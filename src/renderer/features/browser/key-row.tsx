import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import type { KeyName } from '../../../shared/contract/types.ts'
import { keyTypeMark } from '../../lib/key-type.ts'
import { Badge } from '../../ui/badge.tsx'
import css from './browser.module.css'
import { showNameShort } from './names.ts'
import { keyTypeQuery } from './queries.ts'
import { Ttl } from './ttl.tsx'
import type { Place } from './view-state.ts'

export interface KeyRowProps {
  readonly place: Place
  readonly name: KeyName
  /** What is drawn of the name: in the tree its last segment. */
  readonly label: string
}

/** A key in the tree or the list, with what TYPE and PTTL say of it once they have. */
export function KeyRow({ place, name, label }: KeyRowProps) {
  const { data } = useQuery(keyTypeQuery(place, name))
  const isGone = data?.type === 'none'
  return (
    <>
      <TypeBadge type={isGone ? undefined : data?.type} />
      <span className={clsx(css.name, isGone && css.gone)} title={isGone ? 'This key no longer exists' : undefined}>
        {showNameShort(label)}
      </span>
      <span className={css.aside}>
        {isGone && 'gone'}
        {data?.ttlMs !== undefined && data.ttlMs >= 0 && <Ttl ttlMs={data.ttlMs} at={data.at} />}
      </span>
    </>
  )
}

/** Two letters and a hue; a placeholder of the same width until the type is known. */
export function TypeBadge({ type }: { readonly type: string | undefined }) {
  if (type === undefined) return <span className={css.noBadge} />
  const mark = keyTypeMark(type)
  return (
    <Badge hue={mark.hue} code title={mark.name}>
      {mark.code}
    </Badge>
  )
}
