import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** A server that somebody else runs is one server: files would flush each other's data. */
const isSharedOracle = process.env['ORACLE']?.includes(':') ?? false

/**
 * Tests that start processes are at the mercy of the machine: each may be run
 * once more, and the gate tells which had to be.
 */
const RETRY = 1

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
          // Finding by role walks whole tables, on a busy machine for seconds.
          testTimeout: 30_000,
          // Styles are left out of tests, but for the one that measures the contrast of the tokens.
          css: { include: [/tokens\.css/] },
        },
      },
      {
        test: {
          name: 'wire',
          environment: 'node',
          retry: RETRY,
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
          retry: RETRY,
          include: ['tests/compat/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          retry: RETRY,
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
