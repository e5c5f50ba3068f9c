import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { SurveyOptOuts } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { SurveyPolicy } from './schema.ts'

export async function findPolicy(reader: Reader): Promise<{ policy: unknown; rev: number } | undefined> {
  return reader.first(qb.selectFrom('survey_policies').select(['policy', 'rev']).where('org_id', '=', reader.orgId))
}

const lockPolicyStatement = batchStatement<never>('select pg_advisory_xact_lock(hashtextextended($1, 8))')

/** Until the transaction ends, nobody else changes the organisation's policy, whether there is a row of it or not. */
export async function lockPolicy(tx: Tx): Promise<void> {
  await tx.rows(lockPolicyStatement, [tx.orgId])
}

export async function savePolicy(tx: Tx, policy: SurveyPolicy, by: Id): Promise<void> {
  const written = { policy: jsonb(policy), modified_by: by }
  await tx.all(
    qb
      .insertInto('survey_policies')
      .values({ org_id: tx.orgId, ...written })
      .onConflict((conflict) =>
        conflict
          .column('org_id')
          .doUpdateSet({ ...written, rev: sql`survey_policies.rev + 1`, updated_at: sql`now()` }),
      ),
  )
}

export type OptOutRow = Selectable<SurveyOptOuts>

const optOutsStatement = batchStatement<OptOutRow>(
  `select * from survey_opt_outs where org_id = $1 and customer_id = any($2::text[])
   union all
   select * from survey_opt_outs where org_id = $1 and address = any($3::text[])`,
)

export async function findOptOuts(reader: Reader, customerIds: Id[], addresses: string[]): Promise<OptOutRow[]> {
  return reader.rows(optOutsStatement, [reader.orgId, customerIds, addresses])
}

/** Notes that somebody is not to be asked any more; the first reason stays. */
export async function insertOptOut(
  tx: Tx,
  who: { customerId: Id } | { address: string },
  reason: string,
  by: Id | undefined,
): Promise<void> {
  await tx.all(
    qb
      .insertInto('survey_opt_outs')
      .values({
        org_id: tx.orgId,
        id: newId(),
        customer_id: 'customerId' in who ? who.customerId : null,
        address: 'address' in who ? who.address.toLowerCase() : null,
        reason,
        created_by: by ?? null,
      })
      .onConflict((conflict) => conflict.doNothing()),
  )
}

export async function removeOptOuts(tx: Tx, customerId: Id, addresses: string[]): Promise<void> {
  await tx.rows(
    batchStatement<never>(
      'delete from survey_opt_outs where org_id = $1 and (customer_id = $2 or address = any($3::text[]))',
    ),
    [tx.orgId, customerId, addresses],
  )
}

const removeReasonStatement = batchStatement<never>(
  'delete from survey_opt_outs where org_id = $1 and address = $2 and reason = $3',
)

/** Takes back what one reason led to; another's stays. */
export async function removeOptOutFor(tx: Tx, address: string, reason: string): Promise<void> {
  await tx.rows(removeReasonStatement, [tx.orgId, address, reason])
}
