import type { Member } from '../../../shared/contract/sets.ts'
import { bytesToLatin1 } from '../../../shared/text/bytes.ts'

/** Tells members apart, those too that are too long to come whole. */
export const memberName = ({ member, size, found }: Member): string =>
  found ? `${size} ${found.digest}` : bytesToLatin1(member)
