/*
 * The database alone, without the app: see build.mjs. Entry names are those of
 * electron.vite.config.ts, so that the two builds can replace each other.
 */
import { defineConfig } from 'vite'
import { at, root } from './paths.mjs'
import { serverChunks } from './server-chunks.mjs'

export default defineConfig({
  root,
  publicDir: false,
  build: {
    ssr: true,
    target: 'node24',
    outDir: at('out/main'),
    emptyOutDir: false,
    rollupOptions: {
      input: {
        'keystead-server': at('src/server/bin.ts'),
        database: at('src/server/embed.ts'),
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
})
