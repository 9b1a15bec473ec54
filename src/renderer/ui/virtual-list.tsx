import { VirtualRows, type VirtualRowsProps } from './virtual-rows.tsx'

export interface VirtualListProps
  extends Omit<VirtualRowsProps, 'role' | 'rowAttributes' | 'header' | 'headerHeight' | 'columnCount'> {
  readonly isSelected?: (index: number) => boolean
}

/** A list of any length. Rows are asked for by index, and `onRangeChange` says which to fetch. */
export function VirtualList({ isSelected, ...rest }: VirtualListProps) {
  return (
    <VirtualRows
      {...rest}
      role="listbox"
      rowAttributes={(index) => ({
        role: 'option',
        'aria-selected': isSelected?.(index) ?? index === rest.active,
        'aria-posinset': index + 1,
        'aria-setsize': rest.count,
        'data-selected': isSelected?.(index) ? '' : undefined,
      })}
    />
  )
}
