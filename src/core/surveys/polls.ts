import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Backlog } from '../../platform/jobs/dispatcher.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { Context, SurveyPoll } from '../../sdk/index.ts'
import { hooksOf, markNeedsReconnect } from '../apps/apps.ts'
import { hookUrl } from '../apps/hooks.ts'
import { contextOf } from '../connections/context.ts'
import { recordEvents } from '../events/events.ts'
import { applyPlans } from '../intake/apply.ts'
import type { SurveyServices } from './decide.ts'
import { surveyApps } from './facts.ts'
import type { SurveyApp } from './facts.ts'
import { claimPolls, savePoll } from './poll-store.ts'
import type { PollRow } from './poll-store.ts'
import { rememberQuota } from './quota.ts'
import { move } from './requests.ts'
import { findWaiting, holdUnanswered } from './store.ts'

/** Installations whose answers are to be looked for. */
export const dueSurveyPolls: Backlog = {
  channel: 'tellback_survey_polls',
  findOrgs: 'orgs_with_due_survey_polls',
  lockKind: 6,
}

const claimMs = 5 * 60_000
const longestDelayMs = 60 * 60_000
const pagesAtOnce = 20
const waitingAtOnce = 50
const registerEveryMs = 6 * 60 * 60_000

/** Makes the function that looks for new answers of an organisation's installations and returns how many it looked at. */
export function surveyPoller(services: SurveyServices): (orgId: Id) => Promise<number> {
  return async (orgId) => {
    const db = services.database.forOrg(orgId)
    const now = services.now()
    const due = await db.write((tx) => claimPolls(tx, now, new Date(now.getTime() + claimMs)))
    for (const poll of due) {
      await pollOne(services, orgId, poll)
    }
    return due.length
  }
}

async function pollOne(services: SurveyServices, orgId: Id, poll: PollRow): Promise<void> {
  const db = services.database.forOrg(orgId)
  const apps = await db.read((reader) => surveyApps(reader, services.providers))
  const app = apps.find((it) => it.installation.id === poll.installation_id)
  const polling = app?.integration.surveys?.polling
  if (app === undefined || polling === undefined || app.integration.surveys?.problemOf?.(app.settings) !== undefined) {
    const later = new Date(services.now().getTime() + longestDelayMs)
    await db.write((tx) => savePoll(tx, { ...poll, next_at: later }))
    return
  }
  const context = contextOf(services.providers, db, app.integration, app.installation)
  const everyOf = (row: PollRow) => polling.every({ isCalled: row.registered_at !== null })
  // What is kept so far: a failure takes back neither a page nor a registration.
  let current = poll
  try {
    current = await register(services, orgId, app, poll, context)
    for (let count = 0; count < pagesAtOnce; count++) {
      const waiting =
        count === 0 ? await db.read((reader) => findWaiting(reader, app.installation.id, waitingAtOnce)) : []
      const page = await polling.page(current.cursor ?? undefined, waiting, context)
      current = await db.write((tx) => takePage(tx, services, app, current, page, everyOf(current)))
      if (!page.isMore) {
        break
      }
    }
    await db.write(async (tx) => {
      await rememberQuota(tx, app, context, services.now())
      await expire(tx, app.installation.id, services.now())
    })
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      services.log.error({ err: error, installation: poll.installation_id }, 'answers could not be looked for')
    }
    await db.write((tx) => fail(tx, services, app, current, error, everyOf(current)))
  }
}

/** Who has not answered in two months will not; an answer that comes all the same is taken. */
const answersLastMs = 60 * 24 * 60 * 60_000
const expiredAtOnce = 200

async function expire(tx: Tx, installationId: Id, now: Date): Promise<void> {
  for (const row of await holdUnanswered(tx, installationId, new Date(now.getTime() - answersLastMs), expiredAtOnce)) {
    await move(tx, row, 'expired', 'Nobody answered in 60 days.', undefined, now)
  }
}

/** Sees that the provider calls us, where it can be told to; it may forget that. Where it cannot reach us, answers are looked for all the same. */
async function register(
  services: SurveyServices,
  orgId: Id,
  app: SurveyApp,
  poll: PollRow,
  context: Context<unknown>,
): Promise<PollRow> {
  const now = services.now()
  if (poll.register_at !== null && poll.register_at > now) {
    return poll
  }
  const register_at = new Date(now.getTime() + registerEveryMs)
  const hooks = await services.database.forOrg(orgId).read((reader) => hooksOf(reader, [app.installation.id]))
  const registering = Object.entries(app.integration.webhooks).filter(([, webhook]) => webhook.register !== undefined)
  try {
    for (const [name, webhook] of registering) {
      const hook = hooks.find((it) => it.webhook === name)
      if (hook !== undefined) {
        await webhook.register?.(hookUrl(services.providers, hook), context)
      }
    }
  } catch (error) {
    if (!(error instanceof ProviderError) || error.outcome !== 'rejected') {
      throw error
    }
    return { ...poll, registered_at: null, register_at, unreachable: error.message }
  }
  return { ...poll, registered_at: registering.length === 0 ? null : now, register_at, unreachable: null }
}

async function takePage(
  tx: Tx,
  services: SurveyServices,
  { installation }: SurveyApp,
  poll: PollRow,
  page: SurveyPoll,
  everySeconds: number,
): Promise<PollRow> {
  await applyPlans(tx, [
    {
      deliveryId: installation.id,
      app: installation.app,
      installationId: installation.id,
      trust: 'refetched',
      effects: page.effects,
      isPolled: true,
    },
  ])
  const now = services.now()
  const next: PollRow = {
    ...poll,
    cursor: page.cursor ?? poll.cursor,
    failures: 0,
    reason: null,
    polled_at: now,
    next_at: new Date(now.getTime() + everySeconds * 1000),
  }
  await savePoll(tx, next)
  await feedEvent(tx, installation.id)
  return next
}

async function fail(
  tx: Tx,
  services: SurveyServices,
  { installation }: SurveyApp,
  poll: PollRow,
  error: unknown,
  everySeconds: number,
): Promise<void> {
  const known = error instanceof ProviderError ? error : undefined
  const now = services.now().getTime()
  const usual = new Date(now + Math.min(longestDelayMs, everySeconds * 1000 * 2 ** poll.failures))
  const wanted = known?.details.retryAt
  await savePoll(tx, {
    ...poll,
    failures: poll.failures + 1,
    reason: known?.message ?? 'Something went wrong here; the server log has the reason.',
    next_at: wanted !== undefined && wanted > usual ? wanted : usual,
  })
  await feedEvent(tx, installation.id)
  if (known?.outcome === 'needs-reconnect') {
    await markNeedsReconnect(tx, installation.id, known.message)
  }
}

async function feedEvent(tx: Tx, installationId: Id): Promise<void> {
  const event = { name: 'tellback.survey_feed.update', objectType: 'installation', objectId: installationId }
  await recordEvents(tx, [event])
}
