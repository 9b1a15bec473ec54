/*
 * The browser in web mode, as a user meets it: keys of a real redis-server, and
 * of a Valkey 9.1 where fields can expire.
 */
import { describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { browsing, dialog, tableRow as field, keysPanel as panel, keyRow as row } from './support/browsing.ts'
import { browserPath } from './support/web-app.ts'

describe.skipIf(!browserPath || !findPeer('redis70'))('the browser on Redis 7.0', () => {
  const { command, open } = browsing('redis70')

  test('shows the keys as a tree and as a list, says that all were scanned', async () => {
    for (const key of ['user:1', 'user:2', 'user', 'a::b', Buffer.from('\x00\xff', 'latin1')])
      await command('SET', key, 'v')
    const page = await open()
    await panel(page).getByText('5 keys, all scanned').waitFor()
    await row(page, 'user:').waitFor()
    await row(page, '"\\x00\\xff"').waitFor()
    await row(page, 'user:').click()
    await row(page, /^ST1$/).waitFor()
    await page.getByLabel('List').click()
    await page.getByRole('option').filter({ hasText: 'a::b' }).waitFor()
    expect(await page.getByRole('option').count()).toBe(5)
  })

  test('filters by glob and by type, by keyboard', async () => {
    await command('SET', 'user:1', 'v')
    await command('HSET', 'user:2', 'f', 'v')
    await command('SET', 'other', 'v')
    const page = await open()
    await row(page, 'other').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('user:*')
    await page.keyboard.press('Enter')
    await panel(page).getByText('2 keys of 3 match, all scanned').waitFor()
    await page.getByLabel('Type of key').click()
    await page.getByRole('option', { name: 'hash' }).click()
    await panel(page).getByText('1 key of 3 match, all scanned').waitFor()
    await page.getByLabel('Clear the filter').click()
    await page.keyboard.press('/')
    await page.keyboard.type('no-such-*')
    await page.keyboard.press('Enter')
    await page.getByText('No hash key matches').waitFor()
  })

  test('edits a string losslessly, keeps its time to live, and refuses to overwrite what changed', async () => {
    await command('SET', 'note', 'one\r\ntwo', 'EX', '1000')
    const page = await open()
    await row(page, 'note').click()
    await page.getByText('no TTL').waitFor({ state: 'hidden' })
    const editor = page.getByRole('textbox', { name: 'Value' })
    await editor.click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('!')
    await page.getByText('Edited, not applied').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('Edited, not applied').waitFor({ state: 'hidden' })
    expect(await command('GET', 'note')).toBe('one\r\ntwo!')
    expect(await command('TTL', 'note')).toBeGreaterThan(900)

    await editor.click()
    await page.keyboard.type('mine ')
    await command('SET', 'note', 'theirs')
    await page.keyboard.press('Control+s')
    await page.getByText('The value was changed by someone else').waitFor()
    expect(await command('GET', 'note')).toBe('theirs')
    await page.getByRole('button', { name: 'Discard mine, show theirs' }).click()
    await editor.getByText('theirs').waitFor()
    await page.getByText('Edited, not applied').waitFor({ state: 'hidden' })
  })

  test('edits bytes that are no text as hex, under a name that is no text', async () => {
    const name = Buffer.from('\xff\x00', 'latin1')
    await command('SET', name, Buffer.from([0, 0xff, 0x10]))
    const page = await open()
    await row(page, '"\\xff\\x00"').click()
    await page.getByText('00 ff 10').waitFor()
    await page.getByRole('button', { name: 'Edit bytes' }).click()
    await page.getByRole('textbox', { name: 'in hexadecimal' }).fill('00 ff 11 12')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Edited, not applied').waitFor({ state: 'hidden' })
    expect(await command('STRLEN', name)).toBe(4)
    expect(await command('GETRANGE', name, '2', '3')).toBe('\x11\x12')
  })

  test('creates, renames, expires and deletes a key, each by exactly what it showed', async () => {
    const page = await open()
    await page.getByText('This database is empty').waitFor()
    await page.keyboard.press('n')
    await dialog(page).getByLabel('Name').fill('cart:1')
    await dialog(page).getByLabel('Value').fill('{"n":1}')
    await dialog(page).getByText('SET cart:1 "{\\"n\\":1}" NX').waitFor()
    await dialog(page).getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('heading', { name: 'cart:1' }).waitFor()
    await row(page, 'cart:').waitFor()

    await command('SET', 'cart:2', 'taken')
    await page.keyboard.press('F2')
    await dialog(page).getByLabel('New name').fill('cart:2')
    await dialog(page).getByRole('button', { name: 'Rename' }).click()
    await dialog(page).getByText('There is a key of that name already').waitFor()
    await dialog(page).getByLabel('New name').fill('cart:3')
    await dialog(page).getByText('RENAMENX cart:1 cart:3').waitFor()
    await dialog(page).getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('heading', { name: 'cart:3' }).waitFor()
    expect(await command('GET', 'cart:2')).toBe('taken')

    await page.getByText('no TTL').click()
    await dialog(page).getByLabel('Expires after').fill('1h')
    await dialog(page).getByText('PEXPIRE cart:3 3600000').waitFor()
    await dialog(page).getByRole('button', { name: 'Set expiry' }).click()
    await page.getByText(/TTL 59m/).waitFor()
    expect(await command('TTL', 'cart:3')).toBeGreaterThan(3_500)

    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog(page).getByText('UNLINK cart:3').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete the key' }).click()
    await page.getByText('No key is open').waitFor()
    expect(await command('EXISTS', 'cart:3')).toBe(0)
  })

  test('pages, searches and edits a hash, and says that fields cannot expire here', async () => {
    for (let i = 0; i < 5_000; i += 500) {
      await command(
        'HSET',
        'h',
        ...Array.from({ length: 1_000 }, (_, j) => (j % 2 ? `v${i + j}` : `field${i + j / 2}`)),
      )
    }
    const page = await open()
    await row(page, 'h').click()
    await page.getByText(/of 5,000 read/).waitFor()
    await page.getByText('Redis has it since 7.4 and Valkey since 9.0').waitFor()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('field4321')
    await page.keyboard.press('Enter')
    await field(page, 'field4321').dblclick()
    const editor = page.getByRole('textbox', { name: 'Value of field4321' })
    await editor.fill('edited')
    await page.keyboard.press('Control+s')
    await page.getByText('Edited, not applied').waitFor({ state: 'hidden' })
    expect(await command('HGET', 'h', 'field4321')).toBe('edited')

    await page.getByRole('button', { name: 'Field', exact: true }).click()
    await dialog(page).getByLabel('Field').fill('"\\xff"')
    await dialog(page).getByLabel('Value').fill('binary')
    await dialog(page).getByRole('button', { name: 'Add field' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    expect(await command('HGET', 'h', Buffer.from([0xff]))).toBe('binary')

    await field(page, 'field4321').click()
    await page.keyboard.press('Delete')
    await dialog(page).getByText('HDEL h field4321').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete the field' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    expect(await command('HEXISTS', 'h', 'field4321')).toBe(0)
  })

  test('in production shows a write before it is sent', async () => {
    await command('SET', 'k', 'v')
    const page = await open({ environment: 'production' })
    await row(page, 'k').click()
    await page.getByRole('textbox', { name: 'Value' }).fill('w')
    await page.keyboard.press('Control+s')
    await dialog(page).getByText('SET k w XX KEEPTTL').waitFor()
    expect(await command('GET', 'k')).toBe('v')
    await dialog(page).getByRole('button', { name: 'Write the value' }).click()
    await page.getByText('Edited, not applied').waitFor({ state: 'hidden' })
    expect(await command('GET', 'k')).toBe('w')
  })

  test('names the right a user lacks, and the rule that grants it', async () => {
    await command('ACL', 'SETUSER', 'low', 'reset', 'on', '>p', '~*', '+ping', '+info', '+get')
    const page = await open({ user: 'low', password: 'p' })
    await page.getByText(/may not run SCAN/).waitFor()
    await page.getByText(/ACL SETUSER .* \+scan/).waitFor()
    await command('ACL', 'SETUSER', 'low', '+scan', '+dbsize')
    await panel(page).getByRole('button', { name: 'Try again' }).click()
    await panel(page)
      .getByText(/all scanned/)
      .waitFor()
  })

  test('keeps what was open and edited while the console is in front', async () => {
    await command('SET', 'k', 'v')
    const page = await open()
    await row(page, 'k').click()
    await page.getByRole('textbox', { name: 'Value' }).fill('draft')
    await page.getByRole('tab', { name: 'Console' }).click()
    await page.getByRole('tab', { name: 'Browser' }).click()
    await page.getByText('Edited, not applied').waitFor()
    expect(await page.getByRole('textbox', { name: 'Value' }).textContent()).toContain('draft')
    await page.keyboard.press('Escape')
  })

  test('a path of thirty names leaves room to read the last of them', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${i}`)
    await command('MSET', [...names, 'last'].join(':'), '1', [...names, 'other'].join(':'), '2')
    const page = await open()
    await row(page, 'n0').click()
    await page.getByRole('tree').focus()
    for (const name of names.slice(1)) {
      await row(page, new RegExp(`^${name}:`)).waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowRight')
    }
    const leaf = page.getByRole('treeitem', { level: 31 }).filter({ hasText: 'last' })
    await leaf.waitFor()
    const isCut = await leaf
      .getByText('last', { exact: true })
      .evaluate((name) => name.scrollWidth > name.clientWidth || name.getBoundingClientRect().width < 20)
    expect(isCut).toBe(false)
  })
})

describe.skipIf(!browserPath || !findPeer('valkey91'))('the browser on Valkey 9.1', () => {
  const { command, open } = browsing('valkey91')

  test('sets, shows and ends the time to live of a field', async () => {
    await command('HSET', 'h', 'f', 'v', 'g', 'w')
    const page = await open()
    await row(page, 'h').click()
    await field(page, 'f').getByTitle('Change when this field expires').first().click()
    await dialog(page).getByLabel('Expires after').fill('2h')
    await dialog(page).getByText('HPEXPIRE h 7200000 FIELDS 1 f').waitFor()
    await dialog(page).getByRole('button', { name: 'Set expiry' }).click()
    await page.getByText(/1h 59m/).waitFor()
    expect(await command('HTTL', 'h', 'FIELDS', '1', 'f')).toEqual([expect.any(Number)])
    await page.getByText(/1h 59m/).click()
    await dialog(page).getByLabel('Expires after').fill('')
    await dialog(page).getByRole('button', { name: 'Never expire' }).click()
    await page.getByText(/1h 59m/).waitFor({ state: 'hidden' })
    expect(await command('HTTL', 'h', 'FIELDS', '1', 'f')).toEqual([-1])
  })
})
