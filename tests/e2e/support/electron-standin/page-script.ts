/*
 * What runs in a page before its own scripts: the `electron` a sandboxed preload
 * may require, the ports that page holds, and window.open under the app's rule.
 */

/** Runs in the page. It may refer to nothing outside of itself. */
function install(preload: (require: (name: string) => unknown, module: { exports: unknown }) => void): void {
  interface Bridge {
    emit(channel: string, args: unknown[], portIds: number[]): void
    port(id: number, text: string): void
    portClosed(id: number): void
  }
  const page = window as unknown as {
    standin?: Bridge
    standinPort(id: number, text: string): Promise<void>
    standinPortClosed(id: number): Promise<void>
    standinSend(channel: string, args: unknown[]): Promise<void>
    standinOpen(url: string): Promise<void>
  }
  if (page.standin) return
  // Structured clone does not reach over the debugger's wire; these marks stand for what JSON lacks.
  const toText = (data: unknown): string =>
    JSON.stringify(data, (_key, x) =>
      x instanceof Uint8Array
        ? { standinBytes: Array.from(x) }
        : typeof x === 'bigint'
          ? { standinBigint: String(x) }
          : x,
    )
  const fromText = (text: string): unknown =>
    JSON.parse(text, (_key, x) =>
      x?.standinBytes ? new Uint8Array(x.standinBytes) : x?.standinBigint ? BigInt(x.standinBigint) : x,
    )
  const listeners = new Map<string, ((event: unknown, ...args: unknown[]) => void)[]>()
  const ports = new Map<number, MessagePort>()
  page.standin = {
    emit(channel, args, portIds) {
      const moved = portIds.map((id) => {
        const { port1, port2 } = new MessageChannel()
        ports.set(id, port1)
        port1.onmessage = (event) => void page.standinPort(id, toText(event.data))
        port1.addEventListener('close', () => void page.standinPortClosed(id))
        return port2
      })
      for (const listener of listeners.get(channel) ?? []) listener({ ports: moved, sender: null }, ...args)
    },
    port: (id, text) => ports.get(id)?.postMessage(fromText(text)),
    portClosed: (id) => {
      ports.get(id)?.close()
      ports.delete(id)
    },
  }
  const ipcRenderer = {
    on(channel: string, listener: (event: unknown, ...args: unknown[]) => void) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
      return ipcRenderer
    },
    send: (channel: string, ...args: unknown[]) => void page.standinSend(channel, args),
  }
  const contextBridge = {
    exposeInMainWorld: (key: string, api: unknown) =>
      Object.defineProperty(window, key, { value: api, configurable: false }),
  }
  window.open = (url) => {
    void page.standinOpen(String(url ?? 'about:blank'))
    return null
  }
  const module = { exports: {} }
  preload((name) => {
    if (name === 'electron' || name === 'electron/renderer') return { ipcRenderer, contextBridge }
    throw new Error(`a sandboxed preload cannot require ${name}`)
  }, module)
}

export const pageScript = (preload: string): string =>
  `(${install})((require, module) => { const exports = module.exports;\n${preload}\n})`

/** The Node side of the marks above. */
export const toText = (data: unknown): string =>
  JSON.stringify(data, (_key, x) =>
    x instanceof Uint8Array
      ? { standinBytes: Array.from(x) }
      : typeof x === 'bigint'
        ? { standinBigint: String(x) }
        : x,
  )

export const fromText = (text: string): unknown =>
  JSON.parse(text, (_key, x) =>
    x?.standinBytes ? new Uint8Array(x.standinBytes) : x?.standinBigint ? BigInt(x.standinBigint) : x,
  )
