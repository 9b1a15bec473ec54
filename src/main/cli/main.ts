#!/usr/bin/env node
/*
 * keystead: checkpoints and branches of a running Keystead server, from a shell.
 */
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { main } = await import('./keystead.ts')
process.exitCode = await main(process.argv.slice(2))
