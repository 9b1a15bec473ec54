import type { Member } from '../../../shared/contract/sets.ts'
import { bytesToLatin1 } from '../../../shared/text/bytes.ts'

/** Tells members apart; two that are too long to come whole are told apart by beginning and size. */
export const memberName = ({ member, size }: Member): string =>
  member.length < size ? `${size} ${bytesToLatin1(member)}` : bytesToLatin1(member)
