import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Method, Request, Response } from '../../../shared/contract/contract.ts'
import type { Member } from '../../../shared/contract/sets.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../shared/text/bytes.ts'
import { ask } from '../../api/backend.ts'
import { memberName } from './member-name.ts'
import { showCommand } from './names.ts'
import { browserKeys, refreshKey } from './queries.ts'
import type { Place } from './view-state.ts'

/** All bytes of a member; one that came whole is not asked for. */
async function readMember(place: Place, key: KeyName, { member, found }: Member): Promise<Uint8Array> {
  return found ? (await ask('members.read', { ...place, key, found })).bytes : member
}

export const memberQuery = (place: Place, key: KeyName, member: Member) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'member', memberName(member)],
    queryFn: () => readMember(place, key, member),
    structuralSharing: false,
    // It is large: what is no longer looked at is not kept.
    gcTime: 0,
  })

/** What reading a member whole sends, where it did not come whole. */
export function readSends(key: KeyName, { found }: Member): readonly string[] {
  if (!found) return []
  const name = latin1ToBytes(key)
  if ('rank' in found) return [showCommand(['ZRANGE', name, String(found.rank), String(found.rank)])]
  const { type, cursor, count, match } = found
  const matching = match === undefined ? [] : ['MATCH', latin1ToBytes(match)]
  return [showCommand([type === 'set' ? 'SSCAN' : 'ZSCAN', name, cursor, ...matching, 'COUNT', String(count)])]
}

/** A method that changes one member, which is named by all of its bytes: those of a long one are read first. */
export function useMemberCall<M extends Method>(method: M, place: Place, key: KeyName, member: Member) {
  const client = useQueryClient()
  return useMutation<Response<M>, Error, (bytes: Uint8Array) => Request<M>>({
    mutationFn: async (requestOf) => ask(method, requestOf(await readMember(place, key, member))),
    onSettled: () => void refreshKey(client, place, key),
  })
}
