/*
 * What the stand-in and the children it forks say to each other.
 */
export type ToChild =
  | { readonly type: 'message'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly type: 'port'; readonly id: number; readonly data: unknown }
  | { readonly type: 'portClosed'; readonly id: number }

export type FromChild =
  | { readonly type: 'message'; readonly data: unknown }
  | { readonly type: 'port'; readonly id: number; readonly data: unknown }
  | { readonly type: 'portClosed'; readonly id: number }
