/*
 * What a tree's keys mean, apart from how a tree is drawn.
 */
export interface TreeRow {
  readonly id: string
  /** 0 at the root. */
  readonly depth: number
  readonly expandable: boolean
  readonly expanded: boolean
}

export type TreeStep = { readonly does: 'toggle' } | { readonly does: 'move'; readonly index: number }

/** Right opens, then enters; Left closes, then climbs; Space opens and closes. Up, Down and the rest are any list's. */
export function treeKey(
  key: string,
  active: number,
  count: number,
  rowAt: (index: number) => TreeRow | undefined,
): TreeStep | null {
  const row = rowAt(active)
  if (!row) return null
  if (key === ' ' || key === 'Enter') return row.expandable ? { does: 'toggle' } : null
  if (key === 'ArrowRight') {
    if (!row.expandable) return null
    if (!row.expanded) return { does: 'toggle' }
    const next = rowAt(active + 1)
    return active + 1 < count && next && next.depth > row.depth ? { does: 'move', index: active + 1 } : null
  }
  if (key === 'ArrowLeft') {
    if (row.expandable && row.expanded) return { does: 'toggle' }
    const parent = parentIndex(row, active, rowAt)
    return parent === null ? null : { does: 'move', index: parent }
  }
  return null
}

/**
 * The row above that is less deep. Rows beyond the fetched window are unknown;
 * then the climb goes to the edge of what is known, and its fetch lets the
 * next press go on.
 */
function parentIndex(row: TreeRow, active: number, rowAt: (index: number) => TreeRow | undefined): number | null {
  if (row.depth === 0) return null
  for (let index = active - 1; index >= 0; index--) {
    const above = rowAt(index)
    if (!above) return index + 1 < active ? index + 1 : index
    if (above.depth < row.depth) return index
  }
  return null
}
