import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** A server that somebody else runs is one server: files would flush each other's data. */
const isSharedOracle = process.env['ORACLE']?.includes(':') ?? false

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: [
            'src/{shared,server,main,preload}/**/*.{test,fuzz,bench}.ts',
            'tests/*.test.ts',
            'tests/docs/**/*.test.ts',
          ],
          testTimeout: 30_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          environment: 'jsdom',
          include: ['src/renderer/**/*.test.{ts,tsx}'],
          // Styles are left out of tests, but for the one that measures the contrast of the tokens.
          css: { include: [/tokens\.css/] },
        },
      },
      {
        test: {
          name: 'wire',
          environment: 'node',
          include: ['tests/wire/**/*.test.ts', 'tests/persistence/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          fileParallelism: !isSharedOracle,
        },
      },
      {
        test: {
          name: 'differential',
          environment: 'node',
          include: ['tests/differential/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'compat',
          environment: 'node',
          include: ['tests/compat/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
