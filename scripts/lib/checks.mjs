/*
 * The checks of `npm run check`, which are also the first part of `npm test`:
 * format, lint, types of every environment, layering, unit and renderer tests.
 */
import { at } from './paths.mjs'

const biome = at('node_modules/@biomejs/biome/bin/biome')
const tsc = at('node_modules/typescript/bin/tsc')

/** One tsconfig per environment: using what an environment lacks is a type error there. */
const ENVIRONMENTS = ['src/shared', 'src/server', 'src/main', 'src/preload', 'src/renderer', 'tests']

export async function quickChecks(gate) {
  await gate.checks([
    ['format', [biome, 'format', '.']],
    ['lint', [biome, 'lint', '--error-on-warnings', '.']],
    ...ENVIRONMENTS.map((folder) => [`types of ${folder}`, [tsc, '-p', at(folder)]]),
  ])
  await gate.tests('layering, unit and fuzz tests', ['--project', 'unit'])
  await gate.tests('renderer tests', ['--project', 'renderer'])
}
