const exact = new Intl.NumberFormat('en-US')

/** 1,204,311: for tables, and for the hover over a humane number. */
export const formatExact = (count: number): string => exact.format(count)

const SCALES: readonly (readonly [from: number, suffix: string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'],
]

/** 1.2 M: for headlines. Below ten thousand it is exact, so nothing small is ever rounded. */
export function formatCount(count: number): string {
  for (const [from, suffix] of SCALES) {
    if (Math.abs(count) < from) continue
    const unit = suffix === 'k' ? 1e3 : from
    return `${threeDigits(count / unit)} ${suffix}`
  }
  return formatExact(count)
}

/** Three digits that matter, never rounded up to a figure that was not reached. */
export function threeDigits(value: number): string {
  const places = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const cut = Math.trunc(value * 10 ** places) / 10 ** places
  return String(cut)
}

/** "1 key", "2 keys". */
export const plural = (count: number, one: string, many: string = `${one}s`): string =>
  `${formatExact(count)} ${count === 1 ? one : many}`
