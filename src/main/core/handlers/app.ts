import type { app } from '../../../shared/contract/app.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'

export const appHandlers = ({ appInfo, settings }: Services) =>
  ({
    'app.info': async () => appInfo(),
    'settings.get': async () => settings.get(),
    'settings.set': (changes) => settings.set(changes),
  }) satisfies HandlersOf<typeof app>
