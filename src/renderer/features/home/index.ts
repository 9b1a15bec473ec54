export { HomePage } from './home-page.tsx'
export { useTargetName } from './use-target-name.ts'
