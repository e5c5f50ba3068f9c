import type { Reader } from '../../platform/db/database.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { getConversation } from '../conversations/conversations.ts'
import { showConversation } from '../conversations/show.ts'
import { getCustomer } from '../customers/customers.ts'
import { showCustomer } from '../customers/show.ts'
import { findUsers } from '../orgs/orgs.ts'
import { showUser } from '../orgs/show.ts'
import type { MessageRow } from './store.ts'

type Related = ReturnType<typeof showConversation | typeof showCustomer | typeof showUser>

const ways: Record<string, (reader: Reader, rows: MessageRow[]) => Promise<Related[]>> = {
  conversation: (reader, rows) =>
    each(
      rows,
      (row) => row.conversation_id,
      async (id) => showConversation(await getConversation(reader, id)),
    ),
  customer: (reader, rows) =>
    each(
      rows,
      (row) => row.customer_id,
      async (id) => showCustomer(await getCustomer(reader, id)),
    ),
  createdBy: (reader, rows) => usersOf(reader, rows, (row) => row.created_by),
  modifiedBy: (reader, rows) => usersOf(reader, rows, (row) => row.modified_by),
}

/** What `include` asks for beside a page of messages, each thing once (facts 1.3); throws 400 for a relation that there is not. */
export async function includedWith(
  reader: Reader,
  include: string | undefined,
  rows: MessageRow[],
): Promise<{ included?: Related[] }> {
  if (include === undefined || include === '') {
    return {}
  }
  const included = new Map<string, Related>()
  for (const name of include.split(',')) {
    const way = Object.hasOwn(ways, name) ? ways[name] : undefined
    if (way === undefined) {
      throw new ApiError('badparam', `include knows ${Object.keys(ways).join(', ')}`, { parameter: 'include' })
    }
    for (const related of await way(reader, rows)) {
      included.set(`${related.type}/${related.id}`, related)
    }
  }
  return { included: [...included.values()] }
}

async function each(
  rows: MessageRow[],
  idOf: (row: MessageRow) => Id,
  show: (id: Id) => Promise<Related>,
): Promise<Related[]> {
  const shown: Related[] = []
  for (const id of new Set(rows.map(idOf))) {
    shown.push(await show(id))
  }
  return shown
}

async function usersOf(reader: Reader, rows: MessageRow[], idOf: (row: MessageRow) => Id | null): Promise<Related[]> {
  const ids = [...new Set(rows.map(idOf).filter((id) => id !== null))]
  return ids.length === 0 ? [] : (await findUsers(reader, ids)).map(showUser)
}
