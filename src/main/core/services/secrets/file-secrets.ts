/*
 * Sealing secrets without an OS keychain: AES-256-GCM under a key that either
 * comes from the user's passphrase (scrypt), or lies in a file that only this
 * user can read. The second keeps secrets out of backups and of a connections
 * file that is passed around, but not from whoever can read the folder: the
 * warning says so.
 *
 *   sealed = base64 of   [version 1][nonce 12][tag 16][ciphertext]
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { chmod, mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { SecretStorage } from '../../../../shared/contract/app.ts'
import { FailureError } from '../../../../shared/contract/failure.ts'
import { errnoOf } from '../../failure.ts'
import type { SecretStore } from '../../host.ts'

const VERSION = 1
const NONCE_AT = 1
const TAG_AT = NONCE_AT + 12
const CIPHERTEXT_AT = TAG_AT + 16
const KEY_SIZE = 32

/** N = 2^17, r = 8: about 128 MB and a third of a second, once per start (OWASP's figure for scrypt). */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 << 20 }
const deriveKey = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt)

export async function fileSecrets(dataDir: string, passphrase: string | undefined): Promise<SecretStore> {
  if (passphrase !== undefined) {
    const salt = await readOrCreate(join(dataDir, 'secret-salt'), 16)
    return aesSecrets(await deriveKey(passphrase, salt, KEY_SIZE, SCRYPT), { kind: 'passphrase' })
  }
  const path = join(dataDir, 'secret-key')
  return aesSecrets(await readOrCreate(path, KEY_SIZE), {
    kind: 'key-file',
    warning: `Passwords are encrypted with a key in ${path}: whoever can read that file can read them. Set KEYSTEAD_PASSPHRASE to use a passphrase instead.`,
  })
}

export function aesSecrets(key: Uint8Array, storage: SecretStorage): SecretStore {
  return {
    storage,
    async seal(secret) {
      const nonce = randomBytes(TAG_AT - NONCE_AT)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext]).toString('base64')
    },
    async unseal(sealed) {
      try {
        const bytes = Buffer.from(sealed, 'base64')
        if (bytes[0] !== VERSION) throw new Error(`sealed in format ${bytes[0]}, and this is format ${VERSION}`)
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(NONCE_AT, TAG_AT), { authTagLength: 16 })
        decipher.setAuthTag(bytes.subarray(TAG_AT, CIPHERTEXT_AT))
        return Buffer.concat([decipher.update(bytes.subarray(CIPHERTEXT_AT)), decipher.final()]).toString('utf8')
      } catch (error) {
        // Expected: another key, or a text that is not what was sealed. GCM does not tell which.
        throw cannotUnseal(storage, error)
      }
    },
  }
}

function cannotUnseal(storage: SecretStorage, cause: unknown): FailureError {
  const hint =
    storage.kind === 'passphrase'
      ? 'Start Keystead with the passphrase that was used when it was saved, or enter the password again.'
      : 'Enter the password of this connection again.'
  return new FailureError(
    {
      code: 'SECRETS_UNAVAILABLE',
      message: 'The saved password cannot be decrypted with the present key.',
      hint,
      detail: cause instanceof Error ? cause.message : String(cause),
    },
    cause,
  )
}

/** Random bytes that are the same at the next start, in a file readable by its owner only. */
async function readOrCreate(path: string, size: number): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(randomBytes(size))
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  // Restored from a backup or copied by hand it may have become readable to others.
  if (process.platform !== 'win32') await chmod(path, 0o600)
  const bytes = await readFile(path)
  if (bytes.length === size) return bytes
  throw new FailureError({
    code: 'SECRETS_UNAVAILABLE',
    message: `${path} should hold ${size} bytes and holds ${bytes.length}.`,
    hint: 'Restore it from a backup, or delete it and enter your passwords again.',
  })
}
