/*
 * What one method of the contract is: the schema its request must satisfy, and
 * the type of what it returns. The schema runs at the boundary of the backend
 * (main/core/serve.ts), because in web mode the caller is the network.
 */
import * as v from 'valibot'

export interface Call<Schema extends v.GenericSchema, Res> {
  readonly request: Schema
  /** A type only; never present at run time. */
  readonly response?: Res
}
export type AnyCall = Call<v.GenericSchema, unknown>

interface TypeOnly<T> {
  readonly type?: T
}

/** Names the response type of a method: `call(schema, returns<Page>())`. */
export const returns = <T>(): TypeOnly<T> => ({})

export function call<Schema extends v.GenericSchema, Res>(
  request: Schema,
  _response: TypeOnly<Res>,
): Call<Schema, Res> {
  return { request }
}

/** What a caller writes: fields with a default may be left out. */
export type RequestTo<C> = C extends Call<infer Schema, unknown> ? v.InferInput<Schema> : never
/** What a handler gets: checked, with every default filled in. */
export type RequestOf<C> = C extends Call<infer Schema, unknown> ? v.InferOutput<Schema> : never
export type ResponseOf<C> = C extends Call<v.GenericSchema, infer Res> ? Res : never

/** A request that has passed its schema, or the words that say which field is wrong. */
export type Checked =
  | { readonly ok: true; readonly request: unknown }
  | { readonly ok: false; readonly field: string; readonly why: string }

export function check(call: AnyCall, request: unknown): Checked {
  // The first issue is enough to correct a caller, and a hostile request cannot make us collect thousands.
  const parsed = v.safeParse(call.request, request, { abortEarly: true })
  if (parsed.success) return { ok: true, request: parsed.output }
  const issue = parsed.issues[0]
  return { ok: false, field: v.getDotPath(issue) ?? '(request)', why: issue.message }
}
