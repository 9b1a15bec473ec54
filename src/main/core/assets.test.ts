import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { random } from '../../../tests/support/random.ts'
import { readAsset, safePath } from './assets.ts'

let dir: string
let assets: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'keystead-assets-'))
  assets = join(dir, 'renderer')
  mkdirSync(join(assets, 'assets'), { recursive: true })
  writeFileSync(join(dir, 'secret.json'), 'secret')
  writeFileSync(join(assets, 'index.html'), '<html>')
  writeFileSync(join(assets, '.hidden.json'), 'hidden')
  writeFileSync(join(assets, 'assets', 'index-tvY73w7t.css'), 'a{}')
  symlinkSync(join(dir, 'secret.json'), join(assets, 'link.json'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('an asset', () => {
  test('is the page at /, and says what it is', async () => {
    expect(await readAsset(assets, '/')).toMatchObject({ contentType: 'text/html; charset=utf-8', isImmutable: false })
  })

  test('may be kept for ever when its name tells its content', async () => {
    expect(await readAsset(assets, '/assets/index-tvY73w7t.css')).toMatchObject({
      contentType: 'text/css; charset=utf-8',
      isImmutable: true,
    })
  })

  test.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/%2e%2e%5csecret.json',
    '/assets/../../secret.json',
    '//secret.json',
    '/./index.html',
    '/.hidden.json',
    '/link.json',
    '/index.html%00.css',
    '/C:/secret.json',
    '/assets',
    '/assets/',
    '/nothing.html',
    '/index.html/x.css',
    '/%',
    '/%ff',
    'index.html',
    '',
  ])('is not found at %s', async (path) => {
    expect(await readAsset(assets, path)).toBeUndefined()
  })

  test('never lies outside of its folder, whatever is asked', () => {
    const r = random()
    const parts = ['/', '..', '.', '%2e', '%2f', '%5c', '\\', 'a', 'index.html', '%00', '~', ':', ' ', '%c0%af', '@']
    for (let step = 0; step < 20_000; step++) {
      const path = safePath(`/${Array.from({ length: r.below(9) }, () => r.pick(parts)).join('')}`)
      if (path === undefined) continue
      expect(join('/root', path), `${path}, seed ${r.seed}`).toMatch(/^\/root\/[^.]/)
      expect(path.split('/'), `${path}, seed ${r.seed}`).not.toContain('..')
    }
  })
})
