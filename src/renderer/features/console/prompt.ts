/*
 * The prompt, as redis-cli's: `127.0.0.1:6379[3](TX)>`.
 */
export interface Position {
  readonly db: number
  readonly inTransaction: boolean
  readonly protocol: 2 | 3
}

export function promptOf(address: string, { db, inTransaction }: Position): string {
  return `${address}${db === 0 ? '' : `[${db}]`}${inTransaction ? '(TX)' : ''}>`
}
