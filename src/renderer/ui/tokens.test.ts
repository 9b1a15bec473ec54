import { describe, expect, test } from 'vitest'
import source from './tokens.css?raw'

const LEAST = 4.5

/** The values of one theme; a theme is one block of the file. */
function tokensOf(theme: 'dark' | 'light'): ReadonlyMap<string, string> {
  const block = source.split(`[data-theme="${theme}"] {`)[1]?.split('\n}')[0] ?? ''
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', hex = '']) => [name, hex]))
}

/** WCAG 2: 0.2126 R + 0.7152 G + 0.0722 B of the linear channels. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const SURFACES = ['bg', 'surface', 'raised', 'inset', 'hover', 'pressed', 'selected', 'selected-idle']
const HUES = ['string', 'hash', 'list', 'set', 'zset', 'stream', 'json', 'timeseries', 'bloom', 'vector', 'other']

/** What is written on what, somewhere in the interface. */
const PAIRS: readonly (readonly [text: string, on: string])[] = [
  ...['text', 'text-2', 'text-3'].flatMap((text) => SURFACES.map((on) => [text, on] as const)),
  ...['accent', 'ok', 'warn', 'danger'].flatMap((text) =>
    ['bg', 'surface', 'raised', 'inset', 'hover', 'selected'].map((on) => [text, on] as const),
  ),
  ...['accent-fill', 'accent-fill-hover', 'danger-fill', 'danger-fill-hover'].map((on) => ['on-fill', on] as const),
  ...['development', 'staging', 'production'].map((name) => ['text', `env-${name}-tint`] as const),
  ...HUES.map((hue) => [`hue-${hue}`, `hue-${hue}-tint`] as const),
  // Syntax colours of the code field.
  ...['string', 'set', 'zset', 'hash'].map((hue) => [`hue-${hue}`, 'inset'] as const),
]

describe.each(['dark', 'light'] as const)('the %s theme', (theme) => {
  const tokens = tokensOf(theme)
  test.each(PAIRS)('writes %s on %s with enough contrast', (text, on) => {
    const [a, b] = [tokens.get(text), tokens.get(on)]
    expect([a, b], 'both are defined').not.toContain(undefined)
    expect(contrast(a ?? '', b ?? '')).toBeGreaterThanOrEqual(LEAST)
  })
})

test('both themes define the same tokens', () => {
  expect([...tokensOf('light').keys()].toSorted()).toEqual([...tokensOf('dark').keys()].toSorted())
})

test('contrast is that of the standard', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})
