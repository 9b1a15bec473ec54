export { CheckpointsPage } from './checkpoints-page.tsx'
