/*
 * Runs one call for whichever host received it. Here a request stops being
 * whatever the network sent: it is looked up, checked, handled, and answered
 * with a Result. Nothing a caller sends can make this reject.
 */
import { type AnyCall, check, type RequestOf, type ResponseOf } from '../../shared/contract/call.ts'
import { type Contract, contract, isMethod } from '../../shared/contract/contract.ts'
import type { Result } from '../../shared/contract/failure.ts'
import { toFailure } from './failure.ts'
import type { Log } from './log.ts'

/** On whose behalf a call is made: one page. */
export interface Caller {
  readonly id: string
}

/** The handlers of one domain: what its file in handlers/ satisfies. */
export type HandlersOf<Part> = {
  readonly [M in keyof Part]: (request: RequestOf<Part[M]>, caller: Caller) => Promise<ResponseOf<Part[M]>>
}
export type Handlers = HandlersOf<Contract>

export async function serve(
  handlers: Handlers,
  log: Log,
  caller: Caller,
  method: string,
  request: unknown,
): Promise<Result<unknown>> {
  if (!isMethod(method)) {
    return {
      ok: false,
      error: { code: 'UNKNOWN_METHOD', message: `There is no method ${JSON.stringify(method.slice(0, 80))}.` },
    }
  }
  const checked = check(contract[method] as AnyCall, request)
  if (!checked.ok) {
    return {
      ok: false,
      error: { code: 'BAD_REQUEST', message: `${method}: ${checked.field} is wrong.`, detail: checked.why },
    }
  }
  try {
    // The schema of `method` has just admitted the request, which is what the handler's type asks for.
    const handler = handlers[method] as (request: unknown, caller: Caller) => Promise<unknown>
    return { ok: true, value: await handler(checked.request, caller) }
  } catch (error) {
    return { ok: false, error: toFailure(error, log, method) }
  }
}
