import type { Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { updateCustomer } from './customers.ts'
import type { CustomerRow } from './customers.ts'
import { mostTags } from './schema.ts'
import { lockCustomer } from './store.ts'

/** Gives a customer tags beside those that it has; writes nothing when it has them all. Throws when they become too many. */
export async function appendCustomerTags(
  tx: Tx,
  by: Authorized<'customer'>,
  id: Id,
  tags: string[],
): Promise<CustomerRow> {
  return setTags(tx, by, id, (had) => [...new Set([...had, ...tags])])
}

/** Takes tags from a customer; those that it does not have are passed over. */
export async function removeCustomerTags(
  tx: Tx,
  by: Authorized<'customer'>,
  id: Id,
  tags: string[],
): Promise<CustomerRow> {
  return setTags(tx, by, id, (had) => had.filter((tag) => !tags.includes(tag)))
}

async function setTags(
  tx: Tx,
  by: Authorized<'customer'>,
  id: Id,
  change: (had: string[]) => string[],
): Promise<CustomerRow> {
  const row = await lockCustomer(tx, id)
  if (row === undefined) {
    throw notFound('Customer')
  }
  const tags = change(row.tags)
  if (tags.length > mostTags && tags.length > row.tags.length) {
    throw new ApiError('unprocessable', `A customer has ${mostTags} tags at most.`)
  }
  return tags.length === row.tags.length ? row : updateCustomer(tx, by, id, { tags }, { replace: false })
}
