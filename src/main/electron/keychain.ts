/*
 * Secrets through the system's keychain (Keychain, DPAPI, libsecret, KWallet).
 */
import { safeStorage } from 'electron'
import type { SecretStorage } from '../../shared/contract/app.ts'
import { type Failure, FailureError } from '../../shared/contract/failure.ts'

export async function describeKeychain(): Promise<SecretStorage> {
  // Asked first: on Linux the backend is chosen by then, and not before.
  const isAvailable = await safeStorage.isAsyncEncryptionAvailable()
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') {
    return {
      kind: 'basic_text',
      warning:
        'This system has no keychain that Keystead can use, so saved passwords are only obscured: whoever can read your files can read them. Install and unlock GNOME Keyring or KWallet.',
    }
  }
  if (isAvailable) return { kind: 'keychain' }
  return { kind: 'keychain', warning: 'The keychain of this system cannot be used now, so passwords cannot be saved.' }
}

export async function seal(secret: string): Promise<string> {
  try {
    return (await safeStorage.encryptStringAsync(secret)).toString('base64')
  } catch (error) {
    throw unavailable('The keychain did not encrypt the password, so it was not saved.', error)
  }
}

export async function unseal(sealed: string): Promise<string> {
  try {
    const { result } = await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))
    return result
  } catch (error) {
    throw unavailable('The keychain did not decrypt the saved password.', error)
  }
}

function unavailable(message: string, cause: unknown): FailureError {
  const failure: Failure = {
    code: 'SECRETS_UNAVAILABLE',
    message,
    hint: 'Unlock the keychain of your system, or enter the password of this connection again.',
    detail: cause instanceof Error ? cause.message : String(cause),
  }
  return new FailureError(failure, cause)
}
