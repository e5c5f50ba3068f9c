import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { getCustomer } from '../customers/customers.ts'
import { recordEvents } from '../events/events.ts'
import { findOptOuts, findPolicy, insertOptOut, lockPolicy, removeOptOuts, savePolicy } from './policy-store.ts'
import type { OptOutRow } from './policy-store.ts'
import { SurveyPolicy } from './schema.ts'

/** The policy of an organisation; the usual one with `rev` 0 when nobody has changed it. */
export async function getPolicy(reader: Reader): Promise<{ policy: SurveyPolicy; rev: number }> {
  const row = await findPolicy(reader)
  return { policy: SurveyPolicy.parse(row?.policy ?? {}), rev: row?.rev ?? 0 }
}

/** Replaces the policy. It counts for what is not yet due too: every request is looked at again when its time comes. */
export async function updatePolicy(
  tx: Tx,
  by: Authorized<'survey_policy'>,
  { policy, rev }: { policy: SurveyPolicy; rev?: number | undefined },
): Promise<{ policy: SurveyPolicy; rev: number }> {
  await lockPolicy(tx)
  const before = await getPolicy(tx)
  if (rev !== undefined && rev !== before.rev) {
    throw new ApiError('conflict', 'Somebody else has changed the policy meanwhile. Look at it and decide again.', {
      pointer: '/rev',
    })
  }
  await savePolicy(tx, policy, by.userId)
  await recordEvents(tx, [{ name: 'tellback.survey_policy.update', objectType: 'org', objectId: tx.orgId }])
  return getPolicy(tx)
}

/** Why a customer is not to be asked; undefined when they may be. */
export async function findOptOut(reader: Reader, customerId: Id): Promise<OptOutRow | undefined> {
  const { id, emails } = await getCustomer(reader, customerId)
  return (
    await findOptOuts(
      reader,
      [id],
      emails.map((it) => it.email.toLowerCase()),
    )
  )[0]
}

/** Nobody asks this customer any more, by any provider. */
export async function optOut(tx: Tx, by: Authorized<'customer'>, customerId: Id, reason: string): Promise<void> {
  const { id } = await getCustomer(tx, customerId)
  await insertOptOut(tx, { customerId: id }, reason, by.userId)
  await optOutEvent(tx, id)
}

/** This customer may be asked again, at any of their addresses. */
export async function optIn(tx: Tx, _by: Authorized<'customer'>, customerId: Id): Promise<void> {
  const { id, emails } = await getCustomer(tx, customerId)
  await removeOptOuts(
    tx,
    id,
    emails.map((it) => it.email.toLowerCase()),
  )
  await optOutEvent(tx, id)
}

async function optOutEvent(tx: Tx, id: Id): Promise<void> {
  await recordEvents(tx, [{ name: 'kustomer.customer.update', objectType: 'customer', objectId: id, customerId: id }])
}
