/*
 * How big the files are that a build makes of the server.
 */
import { resolve } from 'node:path'
import { build } from 'vite'
import { expect, test } from 'vitest'

const CONFIG = resolve(import.meta.dirname, '../scripts/lib/server.vite.config.mjs')
const LIMIT_BYTES = 256 * 1024

test('no file of the built server is of 256 KiB, which would cost every server 2 MiB of memory', async () => {
  const built = await build({ configFile: CONFIG, logLevel: 'silent', build: { write: false } })
  const output = (Array.isArray(built) ? built : [built]).flatMap((one) => ('output' in one ? one.output : []))
  const sizes = output.map((file) => [file.fileName, file.type === 'chunk' ? Buffer.byteLength(file.code) : 0] as const)
  expect(sizes.length).toBeGreaterThan(5)
  expect(
    sizes.filter(([, bytes]) => bytes >= LIMIT_BYTES),
    'The C library keeps twice the biggest block it has given back, and the text of a file is such a block: ' +
      'cut the layer in two in scripts/lib/server-chunks.mjs',
  ).toEqual([])
}, 120_000)
