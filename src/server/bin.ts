#!/usr/bin/env node
/*
 * keystead-server: the database alone, from a shell.
 */
import { enableCompileCache } from 'node:module'

// Before the server's own code is loaded, so that it is compiled once and not at every start.
enableCompileCache()
await import('./lean-process.ts')
const { main } = await import('./main.ts')
await main(process.argv.slice(2))
