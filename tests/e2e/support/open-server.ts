/*
 * From a fresh window to the browser of a server, as a user gets there.
 */
import type { Page } from 'playwright-core'

export interface OpenServer {
  readonly port: number
  readonly name?: string
  readonly environment?: 'development' | 'staging' | 'production'
  readonly user?: string
  readonly password?: string
}

export async function openServer(
  page: Page,
  { port, name = 'proof', environment, user, password }: OpenServer,
): Promise<void> {
  await page.getByRole('button', { name: 'Add connection' }).first().click()
  const dialog = page.getByRole('dialog')
  const login = user === undefined ? '' : `${user}:${password ?? ''}@`
  await dialog.getByLabel('URL').fill(`redis://${login}127.0.0.1:${port}`)
  // The backend takes the URL apart; what is saved before that would be the defaults.
  await page.waitForFunction(
    (typed) => [...document.querySelectorAll('input')].some((input) => input.value === typed),
    String(port),
  )
  await dialog.getByLabel('Name').fill(name)
  if (environment) await dialog.getByRole('button', { name: environment, exact: true }).click()
  await dialog.getByRole('button', { name: 'Save and open' }).click()
  await dialog.waitFor({ state: 'hidden' })
}
