/*
 * Every group of commands the tester knows. A new one: its file and a line here.
 */
import { bitmap } from './generators/bitmap.ts'
import { connection } from './generators/connection.ts'
import { expire } from './generators/expire.ts'
import { geo } from './generators/geo.ts'
import { hash } from './generators/hash.ts'
import { hyperloglog } from './generators/hyperloglog.ts'
import { keys } from './generators/keys.ts'
import { list } from './generators/list.ts'
import { server } from './generators/server.ts'
import { set } from './generators/set.ts'
import { sort } from './generators/sort.ts'
import { stream } from './generators/stream.ts'
import { string } from './generators/string.ts'
import { transactions } from './generators/transactions.ts'
import { zset } from './generators/zset.ts'
import type { Group } from './grammar.ts'

export const GROUPS: readonly Group[] = [
  string,
  stream,
  bitmap,
  hyperloglog,
  geo,
  keys,
  expire,
  hash,
  list,
  set,
  sort,
  connection,
  transactions,
  server,
  zset,
]
