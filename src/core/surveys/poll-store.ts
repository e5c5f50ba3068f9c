import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { SurveyPolls } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

/** What a provider lets us do, as its last answer said. */
export interface KnownQuota {
  name: string
  limit: number
  remaining: number
  /** ISO 8601. */
  resetsAt: string
}

export type PollRow = Omit<Selectable<SurveyPolls>, 'quota'>

const claimPollsStatement = batchStatement<PollRow>(
  `update survey_polls set next_at = $3 where org_id = $1 and next_at <= $2
   returning org_id, installation_id, cursor, failures, reason, next_at, polled_at, registered_at, register_at, unreachable`,
)

/** Takes the installations whose answers are to be looked for; until `until` nobody else does. */
export async function claimPolls(tx: Tx, now: Date, until: Date): Promise<PollRow[]> {
  return tx.rows(claimPollsStatement, [tx.orgId, now, until])
}

const insertPollStatement = batchStatement<never>(
  `insert into survey_polls (org_id, installation_id, next_at) values ($1, $2, $3)
   on conflict (org_id, installation_id) do update set next_at = $3, registered_at = null, register_at = null, failures = 0, reason = null`,
)

export async function insertPoll(tx: Tx, installationId: Id, at: Date): Promise<void> {
  await tx.rows(insertPollStatement, [tx.orgId, installationId, at])
}

export async function savePoll(tx: Tx, { org_id: _org, installation_id: id, ...values }: PollRow): Promise<void> {
  await tx.all(
    qb.updateTable('survey_polls').set(values).where('org_id', '=', tx.orgId).where('installation_id', '=', id),
  )
}

export async function findPoll(reader: Reader, installationId: Id): Promise<Selectable<SurveyPolls> | undefined> {
  return reader.first(
    qb
      .selectFrom('survey_polls')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('installation_id', '=', installationId),
  )
}

const saveQuotaStatement = batchStatement<never>(
  `insert into survey_polls (org_id, installation_id, quota, next_at) values ($1, $2, $3::jsonb, $4)
   on conflict (org_id, installation_id) do update set quota = excluded.quota`,
)

export async function saveQuota(tx: Tx, installationId: Id, quota: KnownQuota[], now: Date): Promise<void> {
  await tx.rows(saveQuotaStatement, [tx.orgId, installationId, JSON.stringify(quota), now])
}
