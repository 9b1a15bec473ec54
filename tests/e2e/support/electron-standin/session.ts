/*
 * The default session: it keeps the permission handlers it is given.
 */
type RequestHandler = (contents: { getURL(): string }, permission: string, decide: (allowed: boolean) => void) => void
type CheckHandler = (contents: unknown, permission: string) => boolean

export const permissions: { request?: RequestHandler; check?: CheckHandler } = {}

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: RequestHandler): void => {
      permissions.request = handler
    },
    setPermissionCheckHandler: (handler: CheckHandler): void => {
      permissions.check = handler
    },
  },
}
