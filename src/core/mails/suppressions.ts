import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { MailSuppressions } from '../../platform/db/types.generated.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import { insertOptOut, removeOptOutFor } from '../surveys/policy-store.ts'
import type { MailStream, SuppressionInput, suppressionReasons } from './schema.ts'

/** An address that nothing, or nothing but answers, is sent to. */
export type SuppressionRow = Omit<Selectable<MailSuppressions>, 'scope' | 'reason'> & {
  scope: 'all' | 'notices'
  reason: (typeof suppressionReasons)[number]
}

const rows = (reader: Reader) => qb.selectFrom('mail_suppressions').selectAll().where('org_id', '=', reader.orgId)

/** Why a mail of this stream is not sent to an address; undefined when it may be. */
export async function findSuppression(
  reader: Reader,
  address: string,
  stream: MailStream,
): Promise<SuppressionRow | undefined> {
  const scopes = stream === 'notices' ? ['all', 'notices'] : ['all']
  const query = rows(reader).where('address', '=', address.toLowerCase()).where('scope', 'in', scopes).orderBy('scope')
  return (await reader.first(query)) as SuppressionRow | undefined
}

/** The newest first, from `after` on. */
export async function listSuppressions(
  reader: Reader,
  limit: number,
  after: { at: Date; id: Id } | undefined,
): Promise<SuppressionRow[]> {
  const query =
    after === undefined ? rows(reader) : rows(reader).where(sql<boolean>`(created_at, id) < (${after.at}, ${after.id})`)
  const sorted = query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
  return (await reader.all(sorted)) as SuppressionRow[]
}

/** Whoever is not written to is not asked by surveys either, by whichever provider. */
const objections: Record<SuppressionRow['reason'], string> = {
  bounced: 'Mails to this address came back.',
  complained: 'They reported a mail as spam.',
  unsubscribed: 'They unsubscribed from a mail.',
  added: 'Their address is among those that are not written to.',
}

/** Puts an address on the list; one that is there already stays as it is. */
export async function suppress(
  tx: Tx,
  entry: SuppressionInput & { reason: SuppressionRow['reason']; createdBy?: Id },
): Promise<SuppressionRow> {
  const { scope, reason, detail, createdBy } = entry
  const address = entry.address.toLowerCase()
  const row = { id: newId(), address, scope, reason, detail: detail ?? null, created_by: createdBy ?? null }
  const [added] = await tx.all(
    qb
      .insertInto('mail_suppressions')
      .values({ org_id: tx.orgId, ...row })
      .onConflict((conflict) => conflict.columns(['org_id', 'address', 'scope']).doNothing())
      .returningAll(),
  )
  if (added !== undefined) {
    await insertOptOut(tx, { address }, objections[reason], createdBy)
    await suppressionEvent(tx, 'create', row.id)
    return added as SuppressionRow
  }
  const present = await tx.first(rows(tx).where('address', '=', address).where('scope', '=', scope))
  return present as SuppressionRow
}

/** Takes an address off the list: mails are sent to it again. */
export async function allowAgain(tx: Tx, _by: Authorized<'mail'>, id: Id): Promise<void> {
  const removed = isId(id)
    ? await tx.first(
        qb
          .deleteFrom('mail_suppressions')
          .where('org_id', '=', tx.orgId)
          .where('id', '=', id)
          .returning(['address', 'reason']),
      )
    : undefined
  if (removed === undefined) {
    throw notFound('Suppressed address')
  }
  await removeOptOutFor(tx, removed.address, objections[removed.reason as SuppressionRow['reason']])
  await suppressionEvent(tx, 'delete', id)
}

async function suppressionEvent(tx: Tx, verb: 'create' | 'delete', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `tellback.mail-suppression.${verb}`, objectType: 'mail-suppression', objectId: id }])
}
