import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { RowMenu } from './row-menu.tsx'
import { VirtualList, type VirtualListProps } from './virtual-list.tsx'

afterEach(cleanup)

function Sample(props: Partial<VirtualListProps>) {
  const [active, setActive] = useState(-1)
  return (
    <VirtualList
      label="rows"
      count={10_000_000}
      active={active}
      onActiveChange={setActive}
      row={(index) => `row ${index + 1}`}
      {...props}
    />
  )
}

const activeRow = (): HTMLElement | null =>
  document.getElementById(screen.getByRole('listbox').getAttribute('aria-activedescendant') ?? '')

test('ten million rows cost a screenful of elements', () => {
  render(<Sample />)
  expect(screen.getAllByRole('option').length).toBeLessThan(60)
  expect(screen.getByText('row 1')).toBeDefined()
})

test('End goes to the very last row, and Home back to the first', async () => {
  render(<Sample />)
  screen.getByRole('listbox').focus()
  await userEvent.keyboard('{End}')
  expect(activeRow()?.textContent).toBe('row 10000000')
  await userEvent.keyboard('{ArrowUp}')
  expect(activeRow()?.textContent).toBe('row 9999999')
  await userEvent.keyboard('{Home}')
  expect(activeRow()?.textContent).toBe('row 1')
})

test('the wheel moves a scaled list by its own pixels, not by the scroll bar’s', () => {
  render(<Sample />)
  const list = screen.getByRole('listbox')
  fireEvent.wheel(list, { deltaY: 260 })
  // Ten rows of 26 px, less the eight drawn above the view.
  expect(screen.getAllByRole('option')[0]?.textContent).toBe('row 3')
  for (let i = 0; i < 100; i++) fireEvent.wheel(list, { deltaY: 260 })
  expect(screen.getAllByRole('option')[0]?.textContent).toBe('row 1003')
  fireEvent.wheel(list, { deltaY: -1e9 })
  expect(screen.getAllByRole('option')[0]?.textContent).toBe('row 1')
  fireEvent.wheel(list, { deltaY: 1e12 })
  expect(screen.getAllByRole('option').at(-1)?.textContent).toBe('row 10000000')
})

test('a drag of the thumb to the bottom shows the last row', () => {
  render(<Sample />)
  const list = screen.getByRole('listbox')
  list.scrollTop = 8_000_000 - 600
  fireEvent.scroll(list)
  expect(screen.getAllByRole('option').at(-1)?.textContent).toBe('row 10000000')
})

test('a list that grows past the limit keeps its place', async () => {
  const { rerender } = render(<Sample count={200_000} />)
  const list = screen.getByRole('listbox')
  list.scrollTop = 100_000 * 26
  fireEvent.scroll(list)
  const before = screen.getAllByRole('option')[0]?.textContent
  rerender(<Sample count={2_000_000} />)
  expect(screen.getAllByRole('option')[0]?.textContent).toBe(before)
  expect(list.scrollTop).toBeLessThan(1_000_000)
})

test('tells which rows to fetch, once per change', () => {
  const onRangeChange = vi.fn()
  const { rerender } = render(<Sample count={5} onRangeChange={onRangeChange} />)
  expect(onRangeChange.mock.calls).toEqual([[0, 5]])
  rerender(<Sample count={5} onRangeChange={onRangeChange} />)
  expect(onRangeChange).toHaveBeenCalledTimes(1)
})

test('Enter and a double click open the row', async () => {
  const onActivate = vi.fn()
  render(<Sample count={5} onActivate={onActivate} />)
  screen.getByRole('listbox').focus()
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
  await userEvent.dblClick(screen.getByText('row 4'))
  expect(onActivate.mock.calls).toEqual([[1], [3]])
})

describe('the menu of a row', () => {
  const menuOf = (index: number) => [{ id: 'a', label: `do it to row ${index + 1}`, perform: () => undefined }]
  const WithMenu = () => <RowMenu menuOf={menuOf}>{(onPoint) => <Sample onRowContextMenu={onPoint} />}</RowMenu>

  test.each(['{Shift>}{F10}{/Shift}', '{ContextMenu}'])('opens for the active row with %s', async (keys) => {
    render(<WithMenu />)
    screen.getByRole('listbox').focus()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}')
    await userEvent.keyboard(keys)
    expect(await screen.findByRole('menuitem', { name: 'do it to row 2' })).toBeDefined()
  })

  test('opens for the active row that was scrolled out of sight, which is shown', async () => {
    render(<WithMenu />)
    const list = screen.getByRole('listbox')
    list.focus()
    await userEvent.keyboard('{End}')
    fireEvent.wheel(list, { deltaY: -1e12 })
    await userEvent.keyboard('{ContextMenu}')
    expect(await screen.findByRole('menuitem', { name: 'do it to row 10000000' })).toBeDefined()
  })

  test('does not open where no row is active', async () => {
    render(<WithMenu />)
    screen.getByRole('listbox').focus()
    await userEvent.keyboard('{ContextMenu}')
    expect(screen.queryByRole('menu')).toBe(null)
  })
})
