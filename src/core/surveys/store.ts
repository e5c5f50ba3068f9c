import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb, statement } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { SurveyMoves, SurveyRequests } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { SurveyState } from '../../sdk/domain.ts'
import type { SurveyWaiting } from '../../sdk/index.ts'
import type { SurveyDecision, SurveyFilter } from './schema.ts'

export type SurveyRow = Omit<Selectable<SurveyRequests>, 'state' | 'decision' | 'progress'> & {
  state: SurveyState
  decision: SurveyDecision
  progress: Record<string, string>
}
export type SurveyMove = Omit<Selectable<SurveyMoves>, 'state'> & { state: SurveyState }

const surveys = (reader: Reader) => qb.selectFrom('survey_requests').selectAll().where('org_id', '=', reader.orgId)

const insertStatement = batchStatement<{ id: Id }>(
  `insert into survey_requests (org_id, id, app, installation_id, close_event_id, conversation_id, customer_id, state, reason, decision, address,
     closed_at, assigned_users, assigned_teams, channel, brand_id, tags, due_at, created_at, updated_at)
   select $1, r.id, r.app, r.installation_id, r.close_event_id, r.conversation_id, r.customer_id, r.state, r.reason, r.decision, r.address,
     r.closed_at, r.assigned_users, r.assigned_teams, r.channel, r.brand_id, r.tags, r.due_at, r.created_at, r.created_at
   from jsonb_to_recordset($2::jsonb) as r (id text, app text, installation_id text, close_event_id text, conversation_id text, customer_id text,
     state text, reason text, decision jsonb, address text, closed_at timestamptz, assigned_users text[], assigned_teams text[], channel text,
     brand_id text, tags text[], due_at timestamptz, created_at timestamptz)
   on conflict (org_id, close_event_id, installation_id) do nothing returning id`,
)

export type NewSurvey = Pick<
  SurveyRow,
  | 'id'
  | 'app'
  | 'installation_id'
  | 'close_event_id'
  | 'conversation_id'
  | 'customer_id'
  | 'state'
  | 'reason'
  | 'decision'
  | 'address'
  | 'closed_at'
  | 'assigned_users'
  | 'assigned_teams'
  | 'channel'
  | 'brand_id'
  | 'tags'
  | 'due_at'
  | 'created_at'
>

/** Writes requests with the first state of each; what is there already stays. Returns the ids of those that are new. */
export async function insertSurveys(tx: Tx, rows: NewSurvey[]): Promise<Set<Id>> {
  if (rows.length === 0) {
    return new Set()
  }
  const inserted = new Set((await tx.rows(insertStatement, [tx.orgId, JSON.stringify(rows)])).map((it) => it.id))
  await insertMoves(
    tx,
    rows.filter((row) => inserted.has(row.id)),
    null,
  )
  return inserted
}

const movesStatement = batchStatement<never>(
  `insert into survey_moves (org_id, id, request_id, state, reason, created_by, created_at)
   select $1, m.id, m.request_id, m.state, m.reason, $3, m.at
   from jsonb_to_recordset($2::jsonb) as m (id text, request_id text, state text, reason text, at timestamptz)`,
)

async function insertMoves(
  tx: Tx,
  rows: Pick<SurveyRow, 'id' | 'state' | 'reason' | 'created_at'>[],
  by: Id | null,
): Promise<void> {
  const moves = rows.map((row) => ({
    id: newId(),
    request_id: row.id,
    state: row.state,
    reason: row.reason,
    at: row.created_at,
  }))
  await tx.rows(movesStatement, [tx.orgId, JSON.stringify(moves), by])
}

export async function findSurvey(reader: Reader, id: Id): Promise<SurveyRow | undefined> {
  return (await reader.first(surveys(reader).where('id', '=', id))) as SurveyRow | undefined
}

export async function findSurveysByIds(reader: Reader, ids: Id[]): Promise<SurveyRow[]> {
  return ids.length === 0 ? [] : ((await reader.all(surveys(reader).where('id', 'in', ids))) as SurveyRow[])
}

export async function lockSurvey(tx: Tx, id: Id): Promise<SurveyRow | undefined> {
  return (await tx.first(surveys(tx).where('id', '=', id).forUpdate())) as SurveyRow | undefined
}

/** Writes what changes in the course of a request, as of `at`. */
export async function saveSurvey(tx: Tx, row: SurveyRow, at: Date): Promise<void> {
  const { state, reason, address, due_at, attempts, attempted_at, provider_ref, requested_at } = row
  const { sent_at, opened_at, answered_at, feedback_id } = row
  await tx.all(
    qb
      .updateTable('survey_requests')
      .set({
        state,
        reason,
        address,
        due_at,
        attempts,
        attempted_at,
        provider_ref,
        requested_at,
        sent_at,
        opened_at,
        answered_at,
        feedback_id,
        progress: jsonb(row.progress),
        decision: jsonb(row.decision),
        rev: sql`rev + 1`,
        updated_at: at,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}

/** Notes the state that a request came into. */
export async function noteMove(
  tx: Tx,
  { id, state, reason }: Pick<SurveyRow, 'id' | 'state' | 'reason'>,
  by: Id | undefined,
  at: Date,
): Promise<void> {
  await insertMoves(tx, [{ id, state, reason, created_at: at }], by ?? null)
}

const dueStatement = statement<SurveyRow>(
  'surveys-due',
  `update survey_requests set due_at = $4 where org_id = $1 and id in (
     select id from survey_requests where org_id = $1 and state = 'scheduled' and due_at <= $2 order by due_at limit $3 for update skip locked)
   returning *`,
)

/** Takes the requests that are due, the oldest first; until `until` nobody else takes them. */
export async function claimDue(tx: Tx, now: Date, limit: number, until: Date): Promise<SurveyRow[]> {
  return tx.rows(dueStatement, [tx.orgId, now, limit, until])
}

const scheduledStatement = batchStatement<SurveyRow>(
  `select * from survey_requests where org_id = $1 and conversation_id = any($2::text[]) and state = 'scheduled' order by id for update`,
)

/** What is scheduled about these conversations, held. */
export async function holdScheduled(tx: Tx, conversationIds: Id[]): Promise<SurveyRow[]> {
  return tx.rows(scheduledStatement, [tx.orgId, conversationIds])
}

const askedStatement = batchStatement<{ customer_id: Id; count: number }>(
  `select c.id as customer_id, count(r.id)::int as count
   from unnest($2::text[], $3::text[]) as c (id, address)
   join lateral (
     select id from survey_requests where org_id = $1 and customer_id = c.id and requested_at >= $4
     union
     select id from survey_requests where org_id = $1 and address = c.address and requested_at >= $4
     union
     select id from survey_requests where org_id = $1 and customer_id = c.id and state = 'scheduled' and attempted_at is not null
   ) r on r.id <> all ($5::text[])
   group by 1`,
)

/** How many requests reached each of these customers since then, by whatever provider, or are on their way; but for some. */
export async function countAsked(
  reader: Reader,
  customers: { id: Id; address: string | undefined }[],
  since: Date,
  but: Id[],
): Promise<Map<Id, number>> {
  const rows = await reader.rows(askedStatement, [
    reader.orgId,
    customers.map((it) => it.id),
    customers.map((it) => it.address ?? null),
    since,
    but,
  ])
  return new Map(rows.map((row) => [row.customer_id, row.count]))
}

const lockAskingStatement = batchStatement<never>('select pg_advisory_xact_lock(hashtextextended($1, 7))')

/** Until the transaction ends, nobody else decides whether this customer may be asked. */
export async function lockAsking(tx: Tx, customerId: Id): Promise<void> {
  await tx.rows(lockAskingStatement, [`${tx.orgId}/${customerId}`])
}

/** The newest closes first, from `after` on. */
export async function listSurveys(
  reader: Reader,
  filter: SurveyFilter,
  limit: number,
  after: { at: Date; id: Id } | undefined,
): Promise<SurveyRow[]> {
  let query = surveys(reader)
  const equals = {
    conversation_id: filter.conversation,
    customer_id: filter.customer,
    installation_id: filter.installation,
    state: filter.state,
  } as const
  for (const [column, value] of Object.entries(equals)) {
    if (value !== undefined) {
      query = query.where(column as keyof typeof equals, '=', value)
    }
  }
  if (after !== undefined) {
    query = query.where(sql<boolean>`(closed_at, id) < (${after.at}, ${after.id})`)
  }
  return (await reader.all(query.orderBy('closed_at', 'desc').orderBy('id', 'desc').limit(limit))) as SurveyRow[]
}

export async function listSurveyMoves(reader: Reader, requestId: Id): Promise<SurveyMove[]> {
  return (await reader.all(
    qb
      .selectFrom('survey_moves')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('request_id', '=', requestId)
      .orderBy('id', 'desc'),
  )) as SurveyMove[]
}

const byRefStatement = batchStatement<SurveyRow>(
  `select * from survey_requests where org_id = $1 and installation_id = $2 and provider_ref = any($3::text[])
   union
   select * from survey_requests where org_id = $1 and installation_id = $2 and id = any($3::text[])
   union
   select r.* from survey_requests r where org_id = $1 and installation_id = $2 and state = 'scheduled' and attempted_at is not null
     and exists (select from jsonb_each_text(r.progress) p where p.value = any($3::text[]))`,
)

/**
 * The requests that a provider means: by what it calls them, by our own id, or, while it is being asked, by what its steps left. What it
 * tells may come before its answer to the asking is written down.
 */
export async function findByRefs(reader: Reader, installationId: Id, refs: string[]): Promise<SurveyRow[]> {
  return refs.length === 0 ? [] : reader.rows(byRefStatement, [reader.orgId, installationId, refs])
}

const rescheduleStatement = batchStatement<never>(
  `update survey_requests set due_at = closed_at + make_interval(secs => $3)
   where org_id = $1 and installation_id = $2 and state = 'scheduled' and attempts = 0`,
)

/** What is not yet due follows a changed delay. */
export async function rescheduleOf(tx: Tx, installationId: Id, seconds: number): Promise<void> {
  await tx.rows(rescheduleStatement, [tx.orgId, installationId, seconds])
}

const countScheduledStatement = batchStatement<{ count: number }>(
  `select count(*)::int as count from (
     select from survey_requests where org_id = $1 and installation_id = $2 and state = 'scheduled' limit 10001) s`,
)

/** How many requests of an installation wait, up to a bit over ten thousand. */
export async function countScheduled(reader: Reader, installationId: Id): Promise<number> {
  const [row] = await reader.rows(countScheduledStatement, [reader.orgId, installationId])
  return row?.count ?? 0
}

const unansweredStatement = batchStatement<SurveyRow>(
  `select * from survey_requests where org_id = $1 and installation_id = $2 and state in ('requested', 'sent', 'opened') and requested_at < $3
   order by requested_at limit $4 for update skip locked`,
)

/** Requests from before a time that nobody has answered, held. */
export async function holdUnanswered(tx: Tx, installationId: Id, before: Date, limit: number): Promise<SurveyRow[]> {
  return tx.rows(unansweredStatement, [tx.orgId, installationId, before, limit])
}

const waitingStatement = batchStatement<SurveyWaiting>(
  `select provider_ref as ref, state, progress, requested_at as "requestedAt" from survey_requests
   where org_id = $1 and installation_id = $2 and state in ('requested', 'sent', 'opened') and provider_ref is not null
   order by state = 'requested' desc, requested_at limit $3`,
)

/** Requests that the provider has and that nobody has answered, those first of which nothing is known yet. */
export async function findWaiting(reader: Reader, installationId: Id, limit: number): Promise<SurveyWaiting[]> {
  return reader.rows(waitingStatement, [reader.orgId, installationId, limit])
}

/** What was decided about one close, one for each app. */
export async function listSurveysOfClose(reader: Reader, closeId: Id): Promise<SurveyRow[]> {
  return (await reader.all(surveys(reader).where('close_event_id', '=', closeId).orderBy('id'))) as SurveyRow[]
}

const leftAloneStatement = batchStatement<SurveyRow>(
  `select * from survey_requests where org_id = $1 and close_event_id = $2 and state = 'skipped'
     and decision -> 'rules' @> '[{"rule": "workflow", "allows": false}]' order by id for update`,
)

/** What nobody decided about one close, because the workflow that would have asked is off; held. */
export async function holdLeftAlone(tx: Tx, closeId: Id): Promise<SurveyRow[]> {
  return tx.rows(leftAloneStatement, [tx.orgId, closeId])
}
