import type { Database, Reader, Tx } from '../../platform/db/database.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { Backlog } from '../../platform/jobs/dispatcher.ts'
import type { Log } from '../../platform/log.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { recordEvents } from '../events/events.ts'
import { findLastClose, holdUndecided, markDecided } from './close-store.ts'
import { channelOf, drawOf, knowCloses, providerSays, surveyApps } from './facts.ts'
import type { KnownClose, SurveyApp } from './facts.ts'
import { getPolicy } from './policies.ts'
import { evaluate } from './policy.ts'
import { cancel, move, reopenedReason, surveyEvent } from './requests.ts'
import type { SurveyDecision, SurveyPolicy } from './schema.ts'
import { countAsked, holdLeftAlone, holdScheduled, insertSurveys, listSurveysOfClose } from './store.ts'
import type { NewSurvey, SurveyRow } from './store.ts'

/** Closes that nobody has decided about. */
export const undecidedCloses: Backlog = {
  channel: 'tellback_closes',
  findOrgs: 'orgs_with_undecided_closes',
  lockKind: 4,
}

export interface SurveyServices {
  database: Database
  providers: ConnectionServices
  log: Log
  /** What time it is. */
  now: () => Date
  /** The installations whose own workflow says when to ask, and whether it is on. */
  asksByWorkflow: (reader: Reader) => Promise<ReadonlyMap<Id, { name: string; isOn: boolean }>>
}

const decidedAtOnce = 200
const dayMs = 24 * 60 * 60_000

/** Makes the function that decides about the oldest closes of an organisation and returns how many there were. */
export function closeDecider(services: SurveyServices): (orgId: Id) => Promise<number> {
  return (orgId) => services.database.forOrg(orgId).write((tx) => decide(tx, services))
}

async function decide(tx: Tx, { providers, now, asksByWorkflow }: SurveyServices): Promise<number> {
  const closes = await holdUndecided(tx, decidedAtOnce)
  if (closes.length === 0) {
    return 0
  }
  const apps = await surveyApps(tx, providers)
  if (apps.length > 0) {
    const asking = await asksByWorkflow(tx)
    const { policy } = await getPolicy(tx)
    const known = await knowCloses(tx, providers, closes)
    const byRule = apps.filter((it) => !asking.has(it.installation.id))
    await askAbout(tx, byRule, policy, known, now())
    for (const app of apps) {
      const workflow = asking.get(app.installation.id)
      if (workflow?.isOn === false) {
        await leaveAlone(tx, app, policy, known, workflow.name, now())
      }
    }
  }
  await markDecided(
    tx,
    closes.map((it) => it.id),
    now(),
  )
  return closes.length
}

/**
 * Decides about the last close of a conversation, for one installation or for every app that asks. What the rules decided
 * about it already stays; what was only left alone, because the app's own workflow is off, is decided now.
 */
export async function askAboutConversation(
  tx: Tx,
  providers: ConnectionServices,
  conversationId: Id,
  installationId: Id | undefined,
  now: Date,
): Promise<{ id: Id; app: string; state: string; reason: string | null }[]> {
  const close = await findLastClose(tx, conversationId)
  if (close === undefined) {
    throw new ApiError('unprocessable', 'The conversation was never closed.', { pointer: '/conversation' })
  }
  const all = await surveyApps(tx, providers)
  const apps = installationId === undefined ? all : all.filter((it) => it.installation.id === installationId)
  if (apps.length === 0) {
    throw new ApiError('unprocessable', 'No app that sends surveys is installed and switched on.', {
      pointer: '/installation',
    })
  }
  const { policy } = await getPolicy(tx)
  const decided = await askAbout(tx, apps, policy, await knowCloses(tx, providers, [close]), now)
  for (const row of await holdLeftAlone(tx, close.id)) {
    const current = decided.find((it) => it.installation_id === row.installation_id)
    if (current !== undefined) {
      const { state, reason, decision, address, due_at } = current
      await move(tx, { ...row, decision, address, due_at }, state, reason, undefined, now)
    }
  }
  const rows = await listSurveysOfClose(tx, close.id)
  return rows
    .filter((row) => apps.some((it) => it.installation.id === row.installation_id))
    .map(({ id, app, state, reason }) => ({ id, app, state, reason }))
}

async function askAbout(
  tx: Tx,
  apps: SurveyApp[],
  policy: SurveyPolicy,
  closes: KnownClose[],
  now: Date,
): Promise<NewSurvey[]> {
  const conversationIds = [...new Set(closes.map((it) => it.close.conversation_id))]
  // What is scheduled about these very closes was decided by another way, a moment ago.
  const ours = new Set(closes.map((it) => it.close.id))
  const held = await holdScheduled(tx, conversationIds)
  const earlier = held.filter((it) => !ours.has(it.close_event_id))
  const scheduled = [
    ...held.filter((it) => ours.has(it.close_event_id)),
    ...(await superseded(tx, policy, earlier, now)),
  ]
  const asked = await askedRecently(tx, policy, closes, now)
  const rows: NewSurvey[] = []
  const last = new Map(closes.map((it) => [it.close.conversation_id, it.close.id]))
  for (const known of closes) {
    for (const app of apps) {
      if (policy.cancelOnReopen && last.get(known.close.conversation_id) !== known.close.id) {
        // Closed again before anybody had decided about this close: it was opened in between.
        const decision = decisionOn(policy, app, known, asked.get(known.told.customer.id) ?? 0, false)
        rows.push({ ...requestOf(app, known, decision, now), state: 'canceled', reason: reopenedReason, due_at: null })
        continue
      }
      const isScheduled = [...scheduled, ...rows.filter((it) => it.state === 'scheduled')].some(
        (it) => it.conversation_id === known.close.conversation_id && it.installation_id === app.installation.id,
      )
      const decision = decisionOn(policy, app, known, asked.get(known.told.customer.id) ?? 0, isScheduled)
      rows.push(requestOf(app, known, decision, now))
    }
  }
  await insert(tx, rows)
  return rows
}

async function insert(tx: Tx, rows: NewSurvey[]): Promise<void> {
  const inserted = await insertSurveys(tx, rows)
  await recordEvents(
    tx,
    rows.filter((row) => inserted.has(row.id)).map((row) => surveyEvent(row)),
  )
}

/** Writes down that nobody is asked by an app whose own workflow is off. Another workflow may ask about the same close, before or after. */
async function leaveAlone(
  tx: Tx,
  app: SurveyApp,
  policy: SurveyPolicy,
  closes: KnownClose[],
  workflow: string,
  now: Date,
): Promise<void> {
  const reason = `The workflow “${workflow}” is switched off.`
  const off = { rule: 'workflow' as const, allows: false, fact: `${workflow}: off`, reason }
  const rows = closes.map((known) => {
    const { rules } = decisionOn(policy, app, known, 0, false)
    return requestOf(app, known, { verdict: 'skip', reason, rules: [off, ...rules] }, now)
  })
  await insert(tx, rows)
}

/** What the policy says of a close, as of now. */
export function decisionOn(
  policy: SurveyPolicy,
  app: SurveyApp,
  { close, told, facts }: KnownClose,
  askedRecently: number,
  alreadyScheduled: boolean,
): SurveyDecision {
  return evaluate(policy, {
    ...facts,
    providerSays: providerSays(app, told),
    sample: drawOf(close.id),
    alreadyScheduled,
    askedRecently,
  })
}

/** How often each customer of these closes was asked in the policy's days; `but`: requests that do not count. */
export async function askedRecently(
  reader: Reader,
  { perCustomer }: SurveyPolicy,
  closes: KnownClose[],
  now: Date,
  but: Id[] = [],
): Promise<Map<Id, number>> {
  const customers = new Map(closes.map(({ told, facts }) => [told.customer.id, facts.email?.toLowerCase()]))
  return perCustomer.most === 0
    ? new Map()
    : countAsked(
        reader,
        [...customers].map(([id, address]) => ({ id, address })),
        new Date(now.getTime() - perCustomer.days * dayMs),
        but,
      )
}

/** A conversation that was closed again was opened in between: what was scheduled about the close before is not sent. Returns what stays. */
async function superseded(tx: Tx, policy: SurveyPolicy, rows: SurveyRow[], now: Date): Promise<SurveyRow[]> {
  if (!policy.cancelOnReopen) {
    return rows
  }
  for (const row of rows) {
    await cancel(tx, row, reopenedReason, undefined, now)
  }
  return []
}

function requestOf(app: SurveyApp, known: KnownClose, decision: SurveyDecision, now: Date): NewSurvey {
  const { close, conversation, facts } = known
  const { installation, integration, settings } = app
  const asks = decision.verdict === 'ask'
  const seconds = integration.surveys?.delay(settings) ?? 0
  return {
    id: newId(),
    app: installation.app,
    installation_id: installation.id,
    close_event_id: close.id,
    conversation_id: close.conversation_id,
    customer_id: known.told.customer.id,
    state: asks ? 'scheduled' : 'skipped',
    reason: asks ? null : decision.reason,
    decision,
    address: facts.email?.toLowerCase() ?? null,
    closed_at: close.closed_at,
    assigned_users: close.assigned_users,
    assigned_teams: close.assigned_teams,
    channel: channelOf(close, conversation) ?? null,
    brand_id: close.brand_id,
    tags: close.tags,
    due_at: asks ? new Date(close.closed_at.getTime() + seconds * 1000) : null,
    created_at: now,
  }
}
