import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Feedback as FeedbackTable, FeedbackVersions } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { CustomerRef, Product } from '../../sdk/domain.ts'
import type { FeedbackFilter } from './schema.ts'

export type FeedbackRow = Omit<Selectable<FeedbackTable>, 'product' | 'respondent'> & {
  product: Product | null
  respondent: CustomerRef
}

const upsertStatement = batchStatement<never>(
  `insert into feedback (org_id, id, app, installation_id, delivery_id, kind, metric, score, scale_min, scale_max, sentiment, customer_id,
     unmatched_reason, respondent, title, body, product, permalink, verified, reply_state, reply_text, replied_at, trust, test, latest_attribute,
     responded_at, version_at)
   select $1, i.id, i.app, i.installation_id, i.delivery_id, i.kind, i.metric, i.score, i.scale_min, i.scale_max, i.sentiment, i.customer_id,
     i.unmatched_reason, i.respondent, i.title, i.body, i.product, i.permalink, i.verified, i.reply_state, i.reply_text, i.replied_at, i.trust, i.test,
     i.latest_attribute, i.responded_at, i.version_at
   from jsonb_to_recordset($2::jsonb) as i (id text, app text, installation_id text, delivery_id text, kind text, metric text, score float8,
     scale_min float8, scale_max float8, sentiment text, customer_id text, unmatched_reason text, respondent jsonb, title text, body text, product jsonb,
     permalink text, verified boolean, reply_state text, reply_text text, replied_at timestamptz, trust text, test boolean, latest_attribute text,
     responded_at timestamptz, version_at timestamptz)
   on conflict (org_id, id) do update set
     delivery_id = coalesce(excluded.delivery_id, feedback.delivery_id), kind = excluded.kind, metric = excluded.metric, score = excluded.score, scale_min = excluded.scale_min,
     scale_max = excluded.scale_max, sentiment = excluded.sentiment, customer_id = excluded.customer_id, unmatched_reason = excluded.unmatched_reason,
     respondent = excluded.respondent, title = excluded.title, body = excluded.body, product = coalesce(excluded.product, feedback.product), permalink = excluded.permalink,
     verified = excluded.verified, reply_state = excluded.reply_state, reply_text = excluded.reply_text, replied_at = excluded.replied_at,
     trust = excluded.trust, test = excluded.test, latest_attribute = excluded.latest_attribute, responded_at = excluded.responded_at,
     version_at = excluded.version_at, removed_at = null, updated_at = now()`,
)

export type FeedbackWrite = Omit<
  FeedbackRow,
  | 'org_id'
  | 'created_at'
  | 'updated_at'
  | 'removed_at'
  | 'edited_at'
  | 'seen_at'
  | 'erased_at'
  | 'conversation_id'
  | 'survey_request_id'
  | `credited_${'users' | 'teams' | 'channel' | 'brand_id'}`
>

/** Writes each record; whether it is newer was decided with its object, in the same transaction. */
export async function upsertFeedback(tx: Tx, rows: FeedbackWrite[]): Promise<void> {
  if (rows.length > 0) {
    await tx.rows(upsertStatement, [tx.orgId, JSON.stringify(rows)])
  }
}

const latestStatement = batchStatement<{ customer_id: Id; scores: Record<string, number> }>(
  `select p.customer_id, jsonb_object_agg(p.attribute, f.score) as scores
   from unnest($2::text[], $3::text[]) as p (customer_id, attribute),
   lateral (select score from feedback where org_id = $1 and customer_id = p.customer_id and latest_attribute = p.attribute and score is not null
            order by responded_at desc, id desc limit 1) f
   group by p.customer_id`,
)

/** The newest score of each pair of customer and attribute, by customer. */
export async function latestScores(
  reader: Reader,
  pairs: { customerId: Id; attribute: string }[],
): Promise<Map<Id, Record<string, number>>> {
  if (pairs.length === 0) {
    return new Map()
  }
  const rows = await reader.rows(latestStatement, [
    reader.orgId,
    pairs.map((it) => it.customerId),
    pairs.map((it) => it.attribute),
  ])
  return new Map(rows.map((row) => [row.customer_id, row.scores]))
}

export type StoredFeedback = FeedbackRow & { store: string }

const dayMs = 24 * 60 * 60_000

const feedback = (reader: Reader) =>
  qb
    .selectFrom('feedback')
    .innerJoin('installations', (join) =>
      join
        .onRef('installations.org_id', '=', 'feedback.org_id')
        .onRef('installations.id', '=', 'feedback.installation_id'),
    )
    .selectAll('feedback')
    .select('installations.name as store')
    .where('feedback.org_id', '=', reader.orgId)

/** Newest answers first, from `after` on. */
export async function listFeedback(
  reader: Reader,
  filter: FeedbackFilter,
  limit: number,
  after: { at: Date; id: Id } | undefined,
): Promise<StoredFeedback[]> {
  let query = feedback(reader)
  if (filter.unmatched) {
    query = query.where('feedback.customer_id', 'is', null)
  }
  if (filter.scoreFrom !== undefined) {
    query = query.where('feedback.score', '>=', filter.scoreFrom)
  }
  if (filter.scoreTo !== undefined) {
    query = query.where('feedback.score', '<=', filter.scoreTo)
  }
  const equals = {
    customer_id: filter.customer,
    conversation_id: filter.conversation,
    app: filter.app,
    installation_id: filter.installation,
    kind: filter.kind,
    sentiment: filter.sentiment,
    reply_state: filter.replyState,
    trust: filter.trust,
    metric: filter.metric,
    credited_channel: filter.channel,
    credited_brand_id: filter.brand,
  } as const
  for (const [column, value] of Object.entries(equals)) {
    if (value !== undefined) {
      query = query.where(`feedback.${column as keyof typeof equals}`, '=', value)
    }
  }
  if (filter.team !== undefined) {
    query = query.where(sql<boolean>`${filter.team} = any (feedback.credited_teams)`)
  }
  if (filter.agent !== undefined) {
    query = query.where(sql<boolean>`${filter.agent} = any (feedback.credited_users)`)
  }
  if (filter.from !== undefined) {
    query = query.where('feedback.responded_at', '>=', new Date(`${filter.from}T00:00:00Z`))
  }
  if (filter.to !== undefined) {
    query = query.where('feedback.responded_at', '<', new Date(Date.parse(`${filter.to}T00:00:00Z`) + dayMs))
  }
  if (after !== undefined) {
    query = query.where(sql<boolean>`(feedback.responded_at, feedback.id) < (${after.at}, ${after.id})`)
  }
  return (await reader.all(
    query.orderBy('feedback.responded_at', 'desc').orderBy('feedback.id', 'desc').limit(limit),
  )) as StoredFeedback[]
}

export async function findFeedback(reader: Reader, id: Id): Promise<StoredFeedback | undefined> {
  return (await reader.first(feedback(reader).where('feedback.id', '=', id))) as StoredFeedback | undefined
}

/** The feedback behind several objects at once, by id. */
export async function findFeedbackOf(reader: Reader, ids: Id[]): Promise<Map<Id, StoredFeedback>> {
  const rows =
    ids.length === 0 ? [] : ((await reader.all(feedback(reader).where('feedback.id', 'in', ids))) as StoredFeedback[])
  return new Map(rows.map((row) => [row.id, row]))
}

export async function assignFeedback(tx: Tx, id: Id, customerId: Id | null): Promise<void> {
  await tx.all(
    qb
      .updateTable('feedback')
      .set({ customer_id: customerId, unmatched_reason: null, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

/** Marks what a provider no longer has; what is newer than that stays as it is. */
export async function markRemoved(tx: Tx, id: Id, at: Date): Promise<void> {
  await tx.all(
    qb
      .updateTable('feedback')
      .set({ removed_at: at, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .where('removed_at', 'is', null),
  )
}

/** Takes back that they are gone at their provider. */
export async function markPresent(tx: Tx, ids: Id[]): Promise<void> {
  if (ids.length === 0) {
    return
  }
  await tx.all(
    qb
      .updateTable('feedback')
      .set({ removed_at: null, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', 'in', ids)
      .where('removed_at', 'is not', null),
  )
}

const seenStatement = batchStatement<never>(
  'update feedback set seen_at = now() where org_id = $1 and id = any($2::text[])',
)

/** Notes that the provider has these now. */
export async function markSeen(tx: Tx, ids: Id[]): Promise<void> {
  if (ids.length > 0) {
    await tx.rows(seenStatement, [tx.orgId, ids])
  }
}

const unseenStatement = batchStatement<{ id: Id; klass: string; external_id: string; custom: Record<string, unknown> }>(
  `select o.id, o.klass, o.external_id, o.custom from feedback f join kobjects o on o.org_id = f.org_id and o.id = f.id
   where f.org_id = $1 and f.installation_id = $2 and f.removed_at is null and f.created_at < $3 and (f.seen_at is null or f.seen_at < $3)
     and f.test = false and o.external_id is not null limit $4`,
)

/** What an installation brought before `since` and its provider has not shown since then. */
export async function findUnseen(reader: Reader, installationId: Id, since: Date, limit: number) {
  return reader.rows(unseenStatement, [reader.orgId, installationId, since, limit])
}

/** Adds to what is known of who gave it; what is evidence for whom it is from is looked for anew. */
export async function addToRespondent(tx: Tx, id: Id, known: CustomerRef): Promise<void> {
  await tx.all(
    qb
      .updateTable('feedback')
      .set({ respondent: sql`respondent || ${JSON.stringify(known)}::jsonb`, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

const erasableStatement = batchStatement<{ id: Id; customer_id: Id | null; conversation_id: Id | null }>(
  `select f.id, f.customer_id, f.conversation_id from feedback f join kobjects o on o.org_id = f.org_id and o.id = f.id
   where f.org_id = $1 and f.installation_id = $2 and f.erased_at is null
     and (o.external_id = any($3::text[]) or f.respondent ->> 'profileId' = any($4::text[]))`,
)

/** What an installation brought of these ids, or of these people, and is not erased yet. */
export async function findErasable(reader: Reader, installationId: Id, externalIds: string[], profileIds: string[]) {
  return reader.rows(erasableStatement, [reader.orgId, installationId, externalIds, profileIds])
}

const eraseStatement = batchStatement<never>(
  `update feedback set title = null, body = null, respondent = '{}', product = null, permalink = null, reply_text = null,
     removed_at = coalesce(removed_at, now()), erased_at = now(), updated_at = now()
   where org_id = $1 and id = any($2::text[])`,
)
const forgetVersionsStatement = batchStatement<never>(
  'delete from feedback_versions where org_id = $1 and feedback_id = any($2::text[])',
)

/** Erases what was said and by whom; that there was something, and its score, stays. */
export async function eraseRows(tx: Tx, ids: Id[]): Promise<void> {
  await tx.rows(eraseStatement, [tx.orgId, ids])
  await tx.rows(forgetVersionsStatement, [tx.orgId, ids])
}

export async function setConversation(tx: Tx, id: Id, conversationId: Id): Promise<void> {
  await tx.all(
    qb
      .updateTable('feedback')
      .set({ conversation_id: conversationId })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

/** What a conversation was opened about. */
export async function findByConversation(reader: Reader, conversationId: Id): Promise<StoredFeedback | undefined> {
  return (await reader.first(feedback(reader).where('feedback.conversation_id', '=', conversationId))) as
    | StoredFeedback
    | undefined
}

/** To whom an answer is credited: as the close was that it is about. */
export interface Credit {
  surveyRequestId: Id
  users: Id[]
  teams: Id[]
  channel: string | null
  brandId: Id | null
}

export async function creditFeedback(tx: Tx, id: Id, credit: Credit): Promise<void> {
  await tx.all(
    qb
      .updateTable('feedback')
      .set({
        survey_request_id: credit.surveyRequestId,
        credited_users: credit.users,
        credited_teams: credit.teams,
        credited_channel: credit.channel,
        credited_brand_id: credit.brandId,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

const openersStatement = batchStatement<{ conversation_id: Id }>(
  'select conversation_id from feedback where org_id = $1 and conversation_id = any($2::text[])',
)

/** Which of these conversations some feedback opened. */
export async function findOpeners(reader: Reader, conversationIds: Id[]): Promise<Set<Id>> {
  const rows = await reader.rows(openersStatement, [reader.orgId, conversationIds])
  return new Set(rows.map((row) => row.conversation_id))
}

/** The feedback that a conversation is about; undefined for one that is about something else. */
export async function findFeedbackAbout(reader: Reader, conversationId: Id): Promise<StoredFeedback | undefined> {
  const query = qb.selectFrom('feedback').select('id').where('org_id', '=', reader.orgId)
  const row = await reader.first(query.where('conversation_id', '=', conversationId).orderBy('id').limit(1))
  return row === undefined ? undefined : findFeedback(reader, row.id)
}

export type FeedbackVersion = Selectable<FeedbackVersions>

/** What it said before, the newest first. */
export async function listVersions(reader: Reader, feedbackId: Id): Promise<FeedbackVersion[]> {
  return reader.all(
    qb
      .selectFrom('feedback_versions')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('feedback_id', '=', feedbackId)
      .orderBy('version_at', 'desc'),
  )
}

/** Which attributes of customers show a newest score of these customers' feedback. */
export async function findLatestAttributes(reader: Reader, customerIds: Id[]): Promise<string[]> {
  const rows = await reader.all(
    qb
      .selectFrom('feedback')
      .select('latest_attribute')
      .distinct()
      .where('org_id', '=', reader.orgId)
      .where('customer_id', 'in', customerIds)
      .where('latest_attribute', 'is not', null),
  )
  return rows.flatMap((row) => row.latest_attribute ?? [])
}
