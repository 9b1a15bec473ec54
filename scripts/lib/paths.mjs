import { fileURLToPath } from 'node:url'

/** The repository, whatever folder the command was typed in. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

export const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
