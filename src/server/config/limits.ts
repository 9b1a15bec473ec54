/*
 * The options that the value types read on every write. They are plain numbers
 * in one object, because a look-up by name would cost more than the comparison.
 * Config keeps them equal to the options that LIMIT_OPTIONS names.
 */
export interface Limits {
  hashMaxListpackEntries: number
  hashMaxListpackValue: number
  /** Above zero: elements of a node; -1 to -5: nodes of 4, 8, 16, 32, 64 KiB. */
  listMaxListpackSize: number
  setMaxIntsetEntries: number
  setMaxListpackEntries: number
  setMaxListpackValue: number
  zsetMaxListpackEntries: number
  zsetMaxListpackValue: number
  /** Bytes and entries of a stream's node; 0: no limit. */
  streamNodeMaxBytes: number
  streamNodeMaxEntries: number
  hllSparseMaxBytes: number
  protoMaxBulkLen: number
}

/** Which option each limit follows. */
export const LIMIT_OPTIONS = {
  hashMaxListpackEntries: 'hash-max-listpack-entries',
  hashMaxListpackValue: 'hash-max-listpack-value',
  listMaxListpackSize: 'list-max-listpack-size',
  setMaxIntsetEntries: 'set-max-intset-entries',
  setMaxListpackEntries: 'set-max-listpack-entries',
  setMaxListpackValue: 'set-max-listpack-value',
  zsetMaxListpackEntries: 'zset-max-listpack-entries',
  zsetMaxListpackValue: 'zset-max-listpack-value',
  streamNodeMaxBytes: 'stream-node-max-bytes',
  streamNodeMaxEntries: 'stream-node-max-entries',
  hllSparseMaxBytes: 'hll-sparse-max-bytes',
  protoMaxBulkLen: 'proto-max-bulk-len',
} as const satisfies Readonly<Record<keyof Limits, string>>

export const createLimits = (): Limits => ({
  hashMaxListpackEntries: 512,
  hashMaxListpackValue: 64,
  listMaxListpackSize: -2,
  setMaxIntsetEntries: 512,
  setMaxListpackEntries: 128,
  setMaxListpackValue: 64,
  zsetMaxListpackEntries: 128,
  zsetMaxListpackValue: 64,
  streamNodeMaxBytes: 4096,
  streamNodeMaxEntries: 100,
  hllSparseMaxBytes: 3000,
  protoMaxBulkLen: 512 * 1024 * 1024,
})
