/*
 * The options that the value types read on every write. They are plain numbers
 * in one object, because a look-up by name would cost more than the comparison.
 * Config keeps them equal to the options of the same name.
 */
export interface Limits {
  hashMaxListpackEntries: number
  hashMaxListpackValue: number
  protoMaxBulkLen: number
}

export const createLimits = (): Limits => ({
  hashMaxListpackEntries: 512,
  hashMaxListpackValue: 64,
  protoMaxBulkLen: 512 * 1024 * 1024,
})
