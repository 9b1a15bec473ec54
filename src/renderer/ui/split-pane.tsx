import { clsx } from 'clsx'
import { type ReactNode, useContext, useState } from 'react'
import { Group, type Layout, Panel, Separator } from 'react-resizable-panels'
import { PaneSizesContext } from './pane-sizes.ts'
import css from './split-pane.module.css'

export interface SplitPaneProps {
  /** Under this name the sizes are remembered. */
  readonly id: string
  readonly first: ReactNode
  /** Null: the first has all the room, and keeps its state when the second comes and goes. */
  readonly second: ReactNode | null
  readonly orientation?: 'horizontal' | 'vertical'
  /** Pixels, or a percentage as "30%". */
  readonly firstSize?: number | string
  readonly firstMinSize?: number | string
  readonly secondMinSize?: number | string
}

/** Two panels and the line between them. Either folds to nothing when dragged past its least size. */
export function SplitPane(props: SplitPaneProps) {
  const { id, first, second, orientation = 'horizontal' } = props
  const sizes = useContext(PaneSizesContext)
  // Read once: afterwards the panels themselves know their sizes.
  const [remembered] = useState(() => toLayout(sizes.read(id)))
  return (
    <Group
      id={id}
      orientation={orientation}
      className={css.group}
      defaultLayout={remembered}
      onLayoutChanged={(layout, { isUserInteraction }) => {
        if (isUserInteraction) sizes.write(id, [layout.first ?? 0, layout.second ?? 0])
      }}
    >
      <Panel
        id="first"
        className={css.panel}
        defaultSize={props.firstSize ?? 300}
        minSize={props.firstMinSize ?? 160}
        collapsible
        groupResizeBehavior="preserve-pixel-size"
      >
        {first}
      </Panel>
      {second !== null && <Separator className={clsx(css.separator, css[orientation])} />}
      {second !== null && (
        <Panel id="second" className={css.panel} minSize={props.secondMinSize ?? 240} collapsible>
          {second}
        </Panel>
      )}
    </Group>
  )
}

function toLayout(sizes: readonly number[] | undefined): Layout | undefined {
  const [first, second] = sizes ?? []
  return first === undefined || second === undefined ? undefined : { first, second }
}
