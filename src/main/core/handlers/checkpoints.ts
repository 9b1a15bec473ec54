import type { checkpoints } from '../../../shared/contract/checkpoints.ts'
import type { HandlersOf } from '../serve.ts'
import {
  createBranch,
  createCheckpoint,
  listCheckpoints,
  removeBranch,
  removeCheckpoint,
  rewind,
} from '../services/checkpoints/checkpoints.ts'
import type { ErrandServices } from '../services/checkpoints/errand.ts'

export const checkpointsHandlers = (services: ErrandServices) =>
  ({
    'checkpoints.list': ({ place }) => listCheckpoints(services, place),
    'checkpoints.create': ({ place, name }) => createCheckpoint(services, place, name),
    'checkpoints.rewind': ({ place, to }) => rewind(services, place, to),
    'checkpoints.remove': ({ place, name }) => removeCheckpoint(services, place, name),
    'branches.create': ({ place, name, from }) => createBranch(services, place, name, from),
    'branches.remove': ({ place, name }) => removeBranch(services, place, name),
  }) satisfies HandlersOf<typeof checkpoints>
