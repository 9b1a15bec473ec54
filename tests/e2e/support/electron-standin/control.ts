/*
 * The stand-in's end of the rope: what a test, in another process, may ask of
 * it. `launch.ts` is the test's end.
 */
import { app } from './app.ts'
import { permissions } from './session.ts'
import { forked } from './utility-process.ts'
import { BrowserWindow } from './windows.ts'

export type Order =
  | { readonly type: 'evaluate'; readonly expression: string }
  | { readonly type: 'waitForText'; readonly text: string }
  | { readonly type: 'waitForSelector'; readonly selector: string }
  | { readonly type: 'screenshot'; readonly path: string }
  | { readonly type: 'reload' | 'refused' | 'windows' | 'forked' | 'closeWindows' | 'secondInstance' }
  | { readonly type: 'permission'; readonly permission: string }

export type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string }

async function obey(order: Order): Promise<unknown> {
  if (order.type === 'forked') return forked
  if (order.type === 'windows')
    return BrowserWindow.getAllWindows().map(({ options, isShown }) => ({ options, isShown }))
  const [window] = BrowserWindow.getAllWindows()
  if (!window) throw new Error('there is no window')
  await window.prepared
  const { page } = window.webContents
  switch (order.type) {
    case 'evaluate':
      return page.evaluate(order.expression)
    case 'waitForText':
      // A function, not an expression: the page's policy forbids to evaluate text again and again.
      await page.waitForFunction((text) => document.body.innerText.includes(text), order.text)
      return undefined
    case 'waitForSelector':
      return page.waitForSelector(order.selector).then((element) => element.textContent())
    case 'screenshot':
      return page.screenshot({ path: order.path }).then(() => undefined)
    case 'reload':
      return page.reload().then(() => undefined)
    case 'refused':
      return window.webContents.refused
    case 'closeWindows':
      return window.close()
    case 'secondInstance':
      return app.emit('second-instance')
    case 'permission':
      return new Promise((resolve) => permissions.request?.(window.webContents, order.permission, resolve))
  }
}

process.on('message', ({ id, order }: { id: number; order: Order }) => {
  obey(order).then(
    (value) => process.send?.({ id, value } satisfies Answer),
    (error) => process.send?.({ id, error: String(error) } satisfies Answer),
  )
})
