import { createHmac, timingSafeEqual } from 'node:crypto'

import { fromBase36, toBase36 } from '../../platform/base36.ts'
import { isId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'

/** What a token lets its holder do to the one mail that it names. */
type Purpose = 'bounce' | 'reply' | 'unsubscribe'

const idLength = 24
const macLength = 20 // 80 bits
const hexLength = 2 * idLength + macLength
const tokenLength = 53 // what so many hexadecimal digits need at most; with a letter before it, it fits into an address (64)

/** Names a mail to whoever it was sent to, in letters that survive any mail server. */
export function mailToken(key: Buffer, purpose: Purpose, orgId: Id, id: Id): string {
  return toBase36(orgId + id + macOf(key, purpose, orgId, id), tokenLength)
}

/** The mail that a token names; undefined for what this desk never gave out. */
export function readMailToken(key: Buffer, purpose: Purpose, token: string): { orgId: Id; id: Id } | undefined {
  const hex = token.length === tokenLength ? fromBase36(token, hexLength) : undefined
  const [orgId, id, mac] = [hex?.slice(0, idLength), hex?.slice(idLength, 2 * idLength), hex?.slice(2 * idLength)]
  if (orgId === undefined || id === undefined || mac === undefined || !isId(orgId) || !isId(id)) {
    return undefined
  }
  return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(key, purpose, orgId, id))) ? { orgId, id } : undefined
}

function macOf(key: Buffer, purpose: Purpose, orgId: Id, id: Id): string {
  return createHmac('sha256', key).update(`${purpose}/${orgId}/${id}`).digest('hex').slice(0, macLength)
}
