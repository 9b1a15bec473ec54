import { createContext, useContext } from 'react'

export type Density = 'compact' | 'comfortable'

/** The same heights as --row in tokens.css: virtual rows need the number before anything is laid out. */
const ROW_HEIGHTS: Readonly<Record<Density, number>> = { compact: 26, comfortable: 32 }

export const DensityContext = createContext<Density>('compact')

export const useRowHeight = (): number => ROW_HEIGHTS[useContext(DensityContext)]
