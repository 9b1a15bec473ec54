import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { serverChunks } from './scripts/lib/server-chunks.mjs'

const at = (path: string): string => resolve(import.meta.dirname, path)

/*
 * One build, every way to run: Electron's main, the two processes it forks
 * (backend, database), the web host, the server's command-line entry, and
 * the command line that asks one that runs.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          index: at('src/main/electron/main.ts'),
          backend: at('src/main/electron/backend-process.ts'),
          web: at('src/main/web/main.ts'),
          database: at('src/server/embed.ts'),
          'keystead-server': at('src/server/bin.ts'),
          keystead: at('src/main/cli/main.ts'),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          codeSplitting: serverChunks,
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: at('src/preload/preload.ts') },
        // A sandboxed preload must be one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      // Small fonts would become data: URLs, which the content security policy forbids.
      assetsInlineLimit: 0,
      rollupOptions: { input: at('src/renderer/index.html') },
    },
  },
})
