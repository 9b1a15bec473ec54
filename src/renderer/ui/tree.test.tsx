import { cleanup, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Tree, type TreeRow } from './tree.tsx'
import { treeKey } from './tree-model.ts'

afterEach(cleanup)

const folder = (id: string, depth: number, expanded: boolean): TreeRow => ({ id, depth, expandable: true, expanded })
const leaf = (id: string, depth: number): TreeRow => ({ id, depth, expandable: false, expanded: false })

/** cart / user (open: 1042, {int} (closed)) / session */
const rows: readonly TreeRow[] = [
  folder('cart', 0, false),
  folder('user', 0, true),
  leaf('1042', 1),
  folder('{int}', 1, false),
  folder('session', 0, false),
]
const key = (name: string, active: number, known = rows) => treeKey(name, active, rows.length, (i) => known[i])

describe('treeKey', () => {
  test('Right opens a closed folder, then enters it', () => {
    expect(key('ArrowRight', 0)).toEqual({ does: 'toggle' })
    expect(key('ArrowRight', 1)).toEqual({ does: 'move', index: 2 })
    expect(key('ArrowRight', 2)).toBe(null)
  })

  test('Left closes an open folder, and climbs from anything else', () => {
    expect(key('ArrowLeft', 1)).toEqual({ does: 'toggle' })
    expect(key('ArrowLeft', 2)).toEqual({ does: 'move', index: 1 })
    expect(key('ArrowLeft', 3)).toEqual({ does: 'move', index: 1 })
    expect(key('ArrowLeft', 4)).toBe(null)
  })

  test('Left climbs to the edge of what is fetched when the parent is beyond it', () => {
    const deep = Array.from({ length: 50 }, (_, i) => (i < 20 ? undefined : leaf(String(i), 1)))
    expect(treeKey('ArrowLeft', 45, 50, (i) => deep[i])).toEqual({ does: 'move', index: 20 })
    expect(treeKey('ArrowLeft', 20, 50, (i) => deep[i])).toEqual({ does: 'move', index: 19 })
  })

  test('Space opens folders and leaves leaves alone', () => {
    expect(key(' ', 3)).toEqual({ does: 'toggle' })
    expect(key(' ', 2)).toBe(null)
  })

  test('an open folder without rows cannot be entered', () => {
    const empty = [folder('a', 0, true), folder('b', 0, false)]
    expect(treeKey('ArrowRight', 0, 2, (i) => empty[i])).toBe(null)
  })
})

describe('Tree', () => {
  const onToggle = vi.fn()
  const onOpen = vi.fn()
  beforeEach(() => vi.clearAllMocks())
  function Sample() {
    const [active, setActive] = useState(0)
    return (
      <Tree
        label="keys"
        count={rows.length + 1}
        rowAt={(index) => rows[index]}
        onRangeChange={() => {}}
        active={active}
        onActiveChange={setActive}
        onToggle={onToggle}
        onOpen={onOpen}
        row={(row) => row.id}
      />
    )
  }

  test('says level and state to who cannot see it, and that a row is still on its way', () => {
    render(<Sample />)
    const items = screen.getAllByRole('treeitem')
    expect(items[2]?.getAttribute('aria-level')).toBe('2')
    expect(items[1]?.getAttribute('aria-expanded')).toBe('true')
    expect(items[2]?.hasAttribute('aria-expanded')).toBe(false)
    expect(items[5]?.getAttribute('aria-busy')).toBe('true')
  })

  test('Enter toggles a folder and opens a leaf', async () => {
    render(<Sample />)
    screen.getByRole('tree').focus()
    await userEvent.keyboard('{Enter}{ArrowDown}{ArrowDown}{Enter}')
    expect(onToggle).toHaveBeenCalledWith(rows[0], 0)
    expect(onOpen).toHaveBeenCalledWith(rows[2], 2)
  })

  test('a press on a folder’s arrow toggles it once', async () => {
    render(<Sample />)
    const arrow = screen.getAllByRole('treeitem')[1]?.querySelector('[aria-hidden]')
    await userEvent.click(arrow as Element)
    expect(onToggle).toHaveBeenCalledTimes(1)
  })
})
