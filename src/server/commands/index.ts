/*
 * All commands: whatever the group files export that is a command. A new one is
 * an export of its group's file, and nothing is to be done here.
 */
import type { CommandSpec } from '../exec/command.ts'
import * as acl from './acl.ts'
import * as appendOnly from './append-only.ts'
import * as bitField from './bit-field.ts'
import * as bitmap from './bitmap.ts'
import * as client from './client.ts'
import * as config from './config.ts'
import * as connection from './connection.ts'
import * as counter from './counter.ts'
import * as databases from './databases.ts'
import * as debug from './debug.ts'
import * as dump from './dump.ts'
import * as expire from './expire.ts'
import * as geo from './geo.ts'
import * as geoSearch from './geo-search.ts'
import * as hash from './hash.ts'
import * as hashExpire from './hash-expire.ts'
import * as hashWithExpiry from './hash-with-expiry.ts'
import * as hyperloglog from './hyperloglog.ts'
import * as info from './info.ts'
import * as introspection from './introspection.ts'
import * as keys from './keys.ts'
import * as keystead from './keystead.ts'
import * as list from './list.ts'
import * as listBlocking from './list-blocking.ts'
import * as listElements from './list-elements.ts'
import * as listMove from './list-move.ts'
import * as memory from './memory.ts'
import * as migrate from './migrate.ts'
import * as object from './object.ts'
import * as replication from './replication.ts'
import * as save from './save.ts'
import * as scan from './scan.ts'
import * as server from './server.ts'
import * as set from './set.ts'
import * as setOperations from './set-operations.ts'
import * as sort from './sort.ts'
import * as stream from './stream.ts'
import * as streamGroups from './stream-groups.ts'
import * as streamInfo from './stream-info.ts'
import * as streamPending from './stream-pending.ts'
import * as streamRead from './stream-read.ts'
import * as string from './string.ts'
import * as stringMany from './string-many.ts'
import * as stringRange from './string-range.ts'
import * as transactions from './transactions.ts'
import * as zset from './zset.ts'
import * as zsetCombine from './zset-combine.ts'
import * as zsetPop from './zset-pop.ts'
import * as zsetRange from './zset-range.ts'

const GROUPS: readonly Readonly<Record<string, unknown>>[] = [
  acl,
  bitField,
  bitmap,
  client,
  config,
  connection,
  counter,
  databases,
  debug,
  dump,
  expire,
  geo,
  geoSearch,
  hash,
  hashExpire,
  hashWithExpiry,
  hyperloglog,
  info,
  introspection,
  keys,
  keystead,
  list,
  listBlocking,
  listElements,
  listMove,
  memory,
  migrate,
  object,
  replication,
  appendOnly,
  save,
  scan,
  server,
  set,
  setOperations,
  sort,
  stream,
  streamGroups,
  streamInfo,
  streamPending,
  streamRead,
  string,
  stringMany,
  stringRange,
  transactions,
  zset,
  zsetCombine,
  zsetPop,
  zsetRange,
]

const isSpec = (x: unknown): x is CommandSpec => typeof x === 'object' && x !== null && 'arity' in x && 'flags' in x

export const COMMANDS: readonly CommandSpec[] = GROUPS.flatMap((group) => Object.values(group).filter(isSpec))
