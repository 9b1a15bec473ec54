import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { random } from '../../../../../tests/support/random.ts'
import { FailureError } from '../../../../shared/contract/failure.ts'
import { aesSecrets, fileSecrets } from './file-secrets.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keystead-secrets-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('a secret is readable at the next start, with the key of the file', async () => {
  const sealed = await (await fileSecrets(dir, undefined)).seal('p\u00e4ss\u0000word')
  expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('word')
  const later = await fileSecrets(dir, undefined)
  expect(await later.unseal(sealed)).toBe('p\u00e4ss\u0000word')
  expect(later.storage).toMatchObject({ kind: 'key-file', warning: expect.stringContaining('KEYSTEAD_PASSPHRASE') })
})

test('the key is for its owner only, even if it was not before', async () => {
  await fileSecrets(dir, undefined)
  const path = join(dir, 'secret-key')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  chmodSync(path, 0o644)
  await fileSecrets(dir, undefined)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a passphrase opens what it sealed, and another one does not', async () => {
  const right = await fileSecrets(dir, 'correct horse')
  const sealed = await right.seal('secret')
  expect(await (await fileSecrets(dir, 'correct horse')).unseal(sealed)).toBe('secret')
  const wrong = await fileSecrets(dir, 'battery staple')
  await expect(wrong.unseal(sealed)).rejects.toMatchObject({
    failure: { code: 'SECRETS_UNAVAILABLE', hint: expect.stringContaining('passphrase') },
  })
  expect(() => readFileSync(join(dir, 'secret-key'))).toThrow('ENOENT')
})

test('a key file of another length is refused, and kept', async () => {
  writeFileSync(join(dir, 'secret-key'), 'short')
  await expect(fileSecrets(dir, undefined)).rejects.toThrow('should hold 32 bytes and holds 5')
  expect(readFileSync(join(dir, 'secret-key'), 'utf8')).toBe('short')
})

test('sealing twice gives two texts', async () => {
  const secrets = await fileSecrets(dir, undefined)
  expect(await secrets.seal('same')).not.toBe(await secrets.seal('same'))
})

test('what was changed by a single bit is not opened', async () => {
  const r = random()
  const secrets = aesSecrets(r.bytesOf(32), { kind: 'key-file' })
  const sealed = Buffer.from(await secrets.seal('a secret'), 'base64')
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3] ^= 1 << (bit & 7)
    await expect(secrets.unseal(changed.toString('base64')), `bit ${bit}`).rejects.toThrow(FailureError)
  }
  for (const garbage of ['', 'AQ==', 'not base64 at all', sealed.subarray(0, 20).toString('base64')]) {
    await expect(secrets.unseal(garbage)).rejects.toThrow(FailureError)
  }
})
