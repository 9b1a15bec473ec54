/*
 * Lists, sets and sorted sets in the browser, as a user meets them: paged,
 * searched and changed, on an older and a newer server.
 */
import { describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { browsing, dialog, keyRow, tableRow } from './support/browsing.ts'
import { browserPath } from './support/web-app.ts'

const MILLION_ELEMENTS =
  "for i=1,1000000,1000 do local t={} for j=i,i+999 do t[#t+1]='job:'..j end redis.call('RPUSH',KEYS[1],unpack(t)) end"
const MILLION_SCORES =
  "for i=1,1000000,1000 do local t={} for j=i,i+999 do t[#t+1]=j t[#t+1]='m:'..j end redis.call('ZADD',KEYS[1],unpack(t)) end"

describe.skipIf(!browserPath || !findPeer('redis70'))('collections on Redis 7.0', () => {
  const { command, open } = browsing('redis70')

  test('a list of a million elements is there at once, from either end and anywhere between', async () => {
    await command('EVAL', MILLION_ELEMENTS, '1', 'jobs')
    const page = await open()
    await keyRow(page, 'jobs').click()
    await tableRow(page, /^0job:1\d B/).waitFor()
    await tableRow(page, 'job:3').first().click()
    await page.keyboard.press('End')
    await tableRow(page, '999,999job:1000000').waitFor()
    await page.getByRole('columnheader', { name: 'index' }).click()
    await page.keyboard.press('Tab')
    await page.getByRole('grid').focus()
    await page.keyboard.press('Home')
    await tableRow(page, '-1job:1000000').waitFor()
  })

  test('an element is inserted, edited and deleted where it was meant, among others that are equal', async () => {
    await command('RPUSH', 'l', 'x', 'x', 'x')
    const page = await open()
    await keyRow(page, 'l').click()
    await tableRow(page, /^1x/).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Insert after' }).click()
    await dialog(page).getByLabel('Element').fill('new')
    await dialog(page).getByText('LINSERT l AFTER <random bytes> new').waitFor()
    await dialog(page).getByRole('button', { name: 'Insert element' }).click()
    await tableRow(page, /^2new/).waitFor()
    expect(await command('LRANGE', 'l', '0', '-1')).toEqual(['x', 'x', 'new', 'x'])

    await tableRow(page, /^1x/).dblclick()
    await page.getByRole('textbox', { name: 'Element 1' }).fill('edited')
    await page.keyboard.press('Control+s')
    await page.getByText('Edited, not applied').waitFor({ state: 'hidden' })
    await tableRow(page, /^1edited/).click()
    await page.keyboard.press('Delete')
    await dialog(page).getByText('LSET l 1 <random bytes>').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete the element' }).click()
    await tableRow(page, /^1new/).waitFor()
    expect(await command('LRANGE', 'l', '0', '-1')).toEqual(['x', 'new', 'x'])
    // The focus is back in the table: the next key moves there.
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Element 0' }).waitFor()
  })

  test('an edit of a list that moved meanwhile is refused, and told where its element is now', async () => {
    await command('RPUSH', 'l', 'a', 'b')
    const page = await open()
    await keyRow(page, 'l').click()
    await tableRow(page, /^1b/).dblclick()
    await page.getByRole('textbox', { name: 'Element 1' }).fill('mine')
    await command('LPUSH', 'l', 'new')
    await page.keyboard.press('Control+s')
    await page.getByText('Another element stands at index 1 by now').waitFor()
    await page.getByText('The one you meant stands at index 2 now').waitFor()
    expect(await page.getByRole('button', { name: 'Overwrite theirs' }).count()).toBe(0)
    expect(await command('LRANGE', 'l', '0', '-1')).toEqual(['new', 'a', 'b'])
    await page.getByRole('button', { name: 'Discard mine, show theirs' }).click()
    await tableRow(page, /^2b/).waitFor()
  })

  test('a search of a list tells how many it looked at, and can be stopped and resumed', async () => {
    await command('EVAL', MILLION_ELEMENTS, '1', 'jobs')
    const page = await open()
    await keyRow(page, 'jobs').click()
    await tableRow(page, 'job:3').first().waitFor()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('b:99999?')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText(/0 found so far, [\d,]+ of 1,000,000 elements looked at, stopped/).waitFor()
    await page.getByLabel('Search elements').fill('job:99999?')
    await page.keyboard.press('Enter')
    // From the tail they are among the first that are looked at.
    await page.getByRole('columnheader', { name: 'index' }).click()
    await page.getByText(/10 found so far, [\d,]+ of 1,000,000 elements looked at/).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await tableRow(page, '-2job:999999').waitFor()
    await page.getByRole('button', { name: 'Search on' }).waitFor()
  })

  test('members of a set are found, added, changed as bytes and deleted', async () => {
    await command('SADD', 's', ...Array.from({ length: 3_000 }, (_, i) => `user:${i}`), Buffer.from([0, 0xff]))
    const page = await open()
    await keyRow(page, 's').click()
    await page.getByText(/of 3,001 read/).waitFor()
    await page.getByRole('button', { name: 'Member', exact: true }).click()
    await dialog(page).getByLabel('Member').fill('"\\xfe\\x00"')
    await dialog(page).getByRole('button', { name: 'Add member' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    expect(await command('SISMEMBER', 's', Buffer.from([0xfe, 0]))).toBe(1)

    await page.keyboard.press('Control+f')
    await page.keyboard.type('user:299?')
    await page.keyboard.press('Enter')
    await page.getByText('10 found of 3,002').waitFor()
    await tableRow(page, 'user:2999').dblclick()
    const editor = page.getByRole('textbox', { name: 'Member user:2999' })
    await editor.fill('user:1')
    await page.keyboard.press('Control+s')
    await page.getByText('There is a member of that name already').waitFor()
    await editor.fill('user:2999!')
    await page.keyboard.press('Control+s')
    await page.getByRole('region', { name: 'Member user:2999!' }).waitFor()
    expect(await command('SMISMEMBER', 's', 'user:2999', 'user:2999!', 'user:1')).toEqual([0, 1, 1])

    await tableRow(page, 'user:2998').click()
    await page.keyboard.press('Delete')
    await dialog(page).getByText('SREM s user:2998').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete the member' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    expect(await command('SISMEMBER', 's', 'user:2998')).toBe(0)
  })

  test('a key whose type changed says so, and shows the other type when it is reloaded', async () => {
    await command('RPUSH', 'k', 'v')
    const page = await open()
    await keyRow(page, 'k').click()
    await tableRow(page, /^0v/).waitFor()
    await command('DEL', 'k')
    await command('SADD', 'k', 'member')
    await tableRow(page, /^0v/).dblclick()
    await page.getByText('The key holds another type of value by now').first().waitFor()
    await page.getByRole('button', { name: 'Reload', exact: true }).last().click()
    await tableRow(page, 'member').first().waitFor()
  })

  test('a user who may only read is told which right is missing', async () => {
    await command('RPUSH', 'l', 'a', 'b')
    await command('ACL', 'SETUSER', 'low', 'reset', 'on', '>p', '~*', '+@read', '+@connection', '+info')
    const page = await open({ user: 'low', password: 'p' })
    await keyRow(page, 'l').click()
    await page.getByRole('button', { name: 'Element', exact: true }).click()
    await dialog(page).getByLabel('Element').fill('c')
    await dialog(page).getByRole('button', { name: 'Add element' }).click()
    await dialog(page)
      .getByText(/may not run RPUSHX/)
      .waitFor()
    await dialog(page)
      .getByText(/ACL SETUSER .* \+rpushx/)
      .waitFor()
    expect(await command('LLEN', 'l')).toBe(2)
  })
})

describe.skipIf(!browserPath || !findPeer('valkey91'))('collections on Valkey 9.1', () => {
  const { command, open } = browsing('valkey91')

  test('a sorted set of a million members is shown by rank, and within a range of scores', async () => {
    await command('EVAL', MILLION_SCORES, '1', 'z')
    const page = await open()
    await keyRow(page, 'z').click()
    await tableRow(page, /^01m:1\d B/).waitFor()
    await page.getByRole('columnheader', { name: 'score' }).click()
    await tableRow(page, '999,9991000000m:1000000').waitFor()
    await page.getByLabel('Lowest score').fill('(250000')
    await page.getByLabel('Highest score').fill('250003')
    await page.keyboard.press('Enter')
    await page.getByText('3 of 1,000,000 in range').waitFor()
    await tableRow(page, '250,002250003m:250003').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('status').getByText('1,000,000 members').waitFor()
  })

  test('scores are kept to the digit, set to infinity, and members renamed with theirs', async () => {
    await command('ZADD', 'z', '0.1', 'a', '5', 'b')
    const page = await open()
    await keyRow(page, 'z').click()
    await tableRow(page, '0.1').dblclick()
    await page.getByRole('textbox', { name: 'Member a' }).fill('alpha')
    await page.getByText('ZADD z 0.1 alpha').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByRole('region', { name: 'Member alpha' }).waitFor()
    expect(await command('ZRANGE', 'z', '0', '-1', 'WITHSCORES')).toEqual(['alpha', '0.1', 'b', '5'])

    await page.getByTitle('Change the score').click()
    await dialog(page).getByLabel('Score').fill('9007199254740993')
    await dialog(page).getByText('the server keeps it as 9007199254740992').waitFor()
    await dialog(page).getByLabel('Score').fill('inf')
    await command('ZADD', 'z', '7', 'alpha')
    await dialog(page).getByRole('button', { name: 'Set score' }).click()
    await dialog(page).getByText('The score was changed to 7').waitFor()
    await dialog(page).getByRole('button', { name: 'Overwrite theirs' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    await tableRow(page, /^1inf\s*alpha/).waitFor()
    expect(await command('ZSCORE', 'z', 'alpha')).toBe('inf')
  })

  test('a key of each type is created by exactly what was shown', async () => {
    const page = await open()
    await page.getByText('This database is empty').waitFor()
    const create = async (type: string, inputs: Readonly<Record<string, string>>, sends: string) => {
      await page.keyboard.press('n')
      await dialog(page).getByLabel('Type').click()
      await page.getByRole('option', { name: type, exact: true }).click()
      await dialog(page).getByLabel('Name').fill(`new ${type}`)
      for (const [label, text] of Object.entries(inputs)) await dialog(page).getByLabel(label).fill(text)
      await dialog(page).getByText(sends).waitFor()
      await dialog(page).getByRole('button', { name: 'Create key' }).click()
      await page.getByRole('heading', { name: `new ${type}` }).waitFor()
      await page.getByRole('grid').focus()
    }
    await create('list', { 'First element': 'one\ntwo' }, 'RPUSH "new list" "one\\ntwo"')
    await create('set', { 'First member': '"\\xff"' }, 'SADD "new set" "\\xff"')
    await create('sorted set', { 'First member': 'm', Score: '-inf' }, 'ZADD "new sorted set" -inf m')
    expect(await command('LRANGE', 'new list', '0', '-1')).toEqual(['one\ntwo'])
    expect(await command('SISMEMBER', 'new set', Buffer.from([0xff]))).toBe(1)
    expect(await command('ZSCORE', 'new sorted set', 'm')).toBe('-inf')
  })
})
