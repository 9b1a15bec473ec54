import { useRoute } from 'wouter'
import type { TargetKey } from '../../api/target.ts'

/** The session whose workspace is in front, if one is. */
export function useShownTarget(): TargetKey | null {
  const [matches, params] = useRoute('/s/:target/:page?')
  return matches && params.target ? decodeURIComponent(params.target) : null
}
