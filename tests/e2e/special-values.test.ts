/*
 * Values that are more than their type says: bitmaps and HyperLogLogs, which are
 * strings, and sets of places, which are sorted sets.
 */
import { describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { browsing, dialog, keyRow, tableRow } from './support/browsing.ts'
import { browserPath } from './support/web-app.ts'

describe.skipIf(!browserPath || !findPeer('redis70'))('values that are more than their type', () => {
  const { command, open } = browsing('redis70')

  test('a bitmap is shown bit by bit, gone to by number, and flipped by keyboard', async () => {
    for (const bit of ['7', '100', '100000']) await command('SETBIT', 'visits', bit, '1')
    const page = await open()
    await keyRow(page, 'visits').click()
    await page.getByRole('button', { name: 'bits', exact: true }).click()
    await page.getByText('3 of 100,008 bits set').waitFor()
    await page.getByRole('button', { name: 'Next set bit' }).click()
    await page.getByRole('button', { name: 'Next set bit' }).click()
    await page.getByText('bit 100 is 1').waitFor()

    await page.keyboard.press('Tab')
    await page.getByLabel('Go to bit').fill('100,000')
    await page.keyboard.press('Enter')
    await page.getByText('bit 100,000 is 1').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    await page.getByText('bit 100,001 is 1').waitFor()
    await page.getByText('Edited, not applied').waitFor()
    expect(await command('GETBIT', 'visits', '100001')).toBe(0)
    await page.keyboard.press('Control+s')
    await page.getByText('Edited, not applied').waitFor({ state: 'hidden' })
    expect(await command('GETBIT', 'visits', '100001')).toBe(1)
    expect(await command('BITCOUNT', 'visits')).toBe(4)
  })

  test('a HyperLogLog tells its count, makes it anew when asked to, and is added to', async () => {
    await command('PFADD', 'visitors', 'a', 'b', 'c')
    const page = await open()
    await keyRow(page, 'visitors').click()
    const bar = page.getByRole('region', { name: 'HyperLogLog' })
    await bar.getByText('changed since it was last counted').waitFor()
    await bar.getByRole('button', { name: 'Count' }).click()
    await bar.getByText('about 3 distinct').waitFor()
    await bar.getByRole('button', { name: 'Element' }).click()
    await dialog(page).getByLabel('Element').fill('d')
    await dialog(page).getByText('PFADD visitors d').waitFor()
    await dialog(page).getByRole('button', { name: 'Add element' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    await bar.getByText('changed since it was last counted').waitFor()
    expect(await command('PFCOUNT', 'visitors')).toBe(4)
  })

  test('places are read from their scores, and moved to where the server then has them', async () => {
    await command('GEOADD', 'cities', '13.361389', '38.115556', 'Palermo', '2.349014', '48.864716', 'Paris')
    const page = await open()
    await keyRow(page, 'cities').click()
    await page.getByRole('button', { name: 'places' }).click()
    await tableRow(page, /13\.361389\s*38\.115556/).waitFor()

    await page.getByRole('button', { name: 'Member', exact: true }).click()
    expect(await dialog(page).getByLabel('Longitude').inputValue()).toBe('')
    await dialog(page).getByLabel('Member').fill('Catania')
    await dialog(page).getByLabel('Longitude').fill('15.087269')
    await dialog(page).getByLabel('Latitude').fill('137.5')
    await dialog(page).getByText('Degrees to the north, from -85.05112878 to 85.05112878.').waitFor()
    await dialog(page).getByLabel('Latitude').fill('37.502669')
    await dialog(page).getByRole('button', { name: 'Add member' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    await tableRow(page, 'Catania').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Change the place' }).click()
    await dialog(page).getByLabel('Longitude').fill('-73.935242')
    await dialog(page).getByRole('button', { name: 'Set place' }).click()
    await dialog(page).waitFor({ state: 'hidden' })

    await command('GEOADD', 'judge', '-73.935242', '37.502669', 'Catania')
    expect(await command('ZSCORE', 'cities', 'Catania')).toBe(await command('ZSCORE', 'judge', 'Catania'))
  })
})
