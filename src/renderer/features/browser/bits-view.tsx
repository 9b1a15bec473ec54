import { clsx } from 'clsx'
import { useMemo, useRef, useState } from 'react'
import { formatExact } from '../../lib/format-count.ts'
import { Button } from '../../ui/button.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import type { RowsHandle } from '../../ui/virtual-rows.tsx'
import { BYTES_PER_BIT_LINE, bitAt, countOnes, nextOne } from './bits.ts'
import css from './browser.module.css'
import { GoToField } from './go-to-field.tsx'

export interface BitsViewProps {
  readonly label: string
  readonly bytes: Uint8Array
  /** Where in the value `bytes` begins. */
  readonly offset: number
  /** Absent: they are only read. */
  readonly onFlip?: (bit: number) => void
}

const BITS_PER_LINE = BYTES_PER_BIT_LINE * 8

/** A bitmap as bits, and one of them to look at and to flip. */
export function BitsView({ label, bytes, offset, onFlip }: BitsViewProps) {
  const list = useRef<RowsHandle>(null)
  /** Within `bytes`, as all numbers here are. */
  const [chosen, setChosen] = useState(-1)
  const count = bytes.length * 8
  const first = offset * 8
  const ones = useMemo(() => countOnes(bytes), [bytes])
  const choose = (bit: number): void => {
    setChosen(bit)
    list.current?.show(Math.floor(bit / BITS_PER_LINE))
  }
  const next = nextOne(bytes, chosen + 1)
  const value = chosen >= 0 && chosen < count ? bitAt(bytes, chosen) : undefined
  return (
    <>
      <div className={css.hex}>
        <VirtualList
          ref={list}
          label={`${label}, in bits`}
          count={Math.ceil(bytes.length / BYTES_PER_BIT_LINE)}
          active={chosen < 0 ? -1 : Math.floor(chosen / BITS_PER_LINE)}
          onActiveChange={(line) => {
            const within = chosen < 0 ? 0 : chosen % BITS_PER_LINE
            setChosen(Math.min(line * BITS_PER_LINE + within, count - 1))
          }}
          onActivate={() => value !== undefined && onFlip?.(chosen)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowLeft' && chosen > 0) choose(chosen - 1)
            else if (event.key === 'ArrowRight' && chosen < count - 1) choose(chosen + 1)
            else if (event.key === ' ' && value !== undefined) onFlip?.(chosen)
            else return
            event.preventDefault()
          }}
          minWidth={640}
          row={(line) => <Line bytes={bytes} line={line} first={first} chosen={chosen} onChoose={setChosen} />}
        />
      </div>
      <div className={css.hexFoot}>
        <span title="As BITCOUNT counts, of the bytes shown">
          {formatExact(ones)} of {formatExact(count)} bits set
        </span>
        <span className={css.grow} />
        {value !== undefined && (
          <span role="status">
            bit {formatExact(first + chosen)} is {value}
          </span>
        )}
        {value !== undefined && onFlip && (
          <Button size="small" onClick={() => onFlip(chosen)}>
            Set to {value === 1 ? 0 : 1}
          </Button>
        )}
        <Button size="small" variant="quiet" disabled={next < 0} onClick={() => choose(next)}>
          Next set bit
        </Button>
        {count > 0 && (
          <GoToField
            what="bit"
            min={first}
            max={first + count - 1}
            onGo={(bit) => {
              choose(bit - first)
              list.current?.focus()
            }}
            onLeave={() => list.current?.focus()}
          />
        )}
      </div>
    </>
  )
}

interface LineProps {
  readonly bytes: Uint8Array
  readonly line: number
  /** Number of the first bit of `bytes` in the value. */
  readonly first: number
  readonly chosen: number
  readonly onChoose: (bit: number) => void
}

function Line({ bytes, line, first, chosen, onChoose }: LineProps) {
  const from = line * BYTES_PER_BIT_LINE
  const inLine = Math.min(BYTES_PER_BIT_LINE, bytes.length - from)
  return (
    <span className={css.bitLine}>
      <span className={css.bitOffset}>{formatExact(first + from * 8)}</span>
      {Array.from({ length: inLine }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a byte has no name but its place.
        <span key={at} className={css.byte}>
          {Array.from({ length: 8 }, (_, within) => {
            const bit = (from + at) * 8 + within
            const value = bitAt(bytes, bit)
            return (
              <button
                key={bit}
                type="button"
                tabIndex={-1}
                title={`bit ${formatExact(first + bit)}`}
                aria-pressed={bit === chosen}
                className={clsx(css.bit, value === 1 && css.one)}
                onClick={() => onChoose(bit)}
              >
                {value}
              </button>
            )
          })}
        </span>
      ))}
    </span>
  )
}
