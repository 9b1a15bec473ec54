export { CheckpointsPage } from './checkpoints-page.tsx'
export { DatabaseCheckpoints } from './database-checkpoints.tsx'
