import type { OrgDb, Tx } from '../../platform/db/database.ts'
import { authorize, everybody } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { Context, SurveyRequest, SurveyStep } from '../../sdk/index.ts'
import { appUser, markNeedsReconnect } from '../apps/apps.ts'
import { contextOf } from '../connections/context.ts'
import { createNote } from '../notes/notes.ts'
import { findClose } from './close-store.ts'
import { askedRecently, decisionOn } from './decide.ts'
import type { SurveyServices } from './decide.ts'
import { knowCloses, surveyApps } from './facts.ts'
import type { KnownClose, SurveyApp } from './facts.ts'
import { getPolicy } from './policies.ts'
import { insertOptOut } from './policy-store.ts'
import { allowedFrom } from './policy.ts'
import { quotaEndsAt, rememberQuota } from './quota.ts'
import { move, reopenedReason } from './requests.ts'
import { claimDue, lockAsking, lockSurvey, saveSurvey } from './store.ts'
import type { SurveyRow } from './store.ts'

const claimedAtOnce = 20
const askedSideBySide = 4 // a provider that takes its time holds up fewer
/** Whoever claimed a request has so long; after that their process is taken for dead, and the provider is asked what came of it. */
const claimMs = 5 * 60_000
const firstDelayMs = 30_000
const longestDelayMs = 60 * 60_000
const mostAttempts = 20 // most of a day
const waitForAdminMs = 10 * 60_000

/** Makes the function that asks about the closes of an organisation whose time has come and returns how many there were. */
export function surveyAsker(services: SurveyServices): (orgId: Id) => Promise<number> {
  return async (orgId) => {
    const db = services.database.forOrg(orgId)
    const now = services.now()
    const due = await db.write((tx) => claimDue(tx, now, claimedAtOnce, new Date(now.getTime() + claimMs)))
    const left = [...due]
    await Promise.all(
      Array.from({ length: askedSideBySide }, async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          await askOne(services, db, next.id)
        }
      }),
    )
    return due.length
  }
}

/** A request on its way, with what is needed to ask. */
interface Begun {
  row: SurveyRow
  app: SurveyApp
  known: KnownClose
  request: SurveyRequest
}

async function askOne(services: SurveyServices, db: OrgDb, id: Id): Promise<void> {
  const begun = await db.write((tx) => begin(tx, services, id))
  if (begun === undefined) {
    return
  }
  /** Nobody knows yet what came of an earlier try of the step that is under way; a failure to find out changes nothing of that. */
  let isUncertain = begun.request.isUncertain
  try {
    const context = contextOf(services.providers, db, begun.app.integration, begun.app.installation)
    await takeSteps(services, db, begun, context, () => {
      isUncertain = false
    })
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      services.log.error({ err: error, survey: id }, 'a survey could not be asked for')
    }
    await db.write((tx) => fail(tx, services, begun, error, isUncertain))
  }
}

/** Decides once more, as of now, and notes that the provider is about to be asked. Undefined: it is not. */
async function begin(tx: Tx, services: SurveyServices, id: Id): Promise<Begun | undefined> {
  const now = services.now()
  const found = await lockSurvey(tx, id)
  if (found?.state !== 'scheduled') {
    return undefined
  }
  await lockAsking(tx, found.customer_id)
  const [close, apps] = [await findClose(tx, found.close_event_id), await surveyApps(tx, services.providers)]
  const app = apps.find((it) => it.installation.id === found.installation_id)
  const [known] = close === undefined ? [] : await knowCloses(tx, services.providers, [close])
  if (known === undefined || app === undefined) {
    await move(tx, { ...found, due_at: null }, 'canceled', 'The app is switched off.', undefined, now)
    return undefined
  }
  if (app.installation.status === 'needs_reconnect') {
    const reason = `${app.installation.name} needs reconnecting.`
    await saveSurvey(tx, { ...found, reason, due_at: new Date(now.getTime() + waitForAdminMs) }, now)
    return undefined
  }
  const isUncertain = found.attempted_at !== null
  const row = isUncertain ? found : await decideAgain(tx, services, app, known, found)
  if (row === undefined) {
    return undefined
  }
  if (row.address === null) {
    const reason = `Their address is gone; whether an earlier try got through is not known: look at ${app.integration.name}.`
    await move(tx, { ...row, attempted_at: null, due_at: null }, 'failed', reason, undefined, now)
    return undefined
  }
  const begun: SurveyRow = { ...row, attempts: row.attempts + 1, attempted_at: now }
  await saveSurvey(tx, begun, now)
  const request: SurveyRequest = {
    ...known.told,
    id: row.id,
    customer: { ...known.told.customer, email: row.address },
    progress: row.progress,
    isUncertain,
  }
  return { row: begun, app, known, request }
}

/** Its time has come: everything that may have changed since the close is looked at again. Undefined: it is not asked now. */
async function decideAgain(
  tx: Tx,
  services: SurveyServices,
  app: SurveyApp,
  known: KnownClose,
  row: SurveyRow,
): Promise<SurveyRow | undefined> {
  const now = services.now()
  const { policy } = await getPolicy(tx)
  const { conversation, close, facts } = known
  if (policy.cancelOnReopen && (conversation?.status !== 'done' || conversation.status_at > close.closed_at)) {
    const reason = conversation === undefined ? 'The conversation was deleted.' : reopenedReason
    await move(tx, { ...row, due_at: null }, 'canceled', reason, undefined, now)
    return undefined
  }
  const asked = await askedRecently(tx, policy, [known], now, [row.id])
  const decision = decisionOn(policy, app, known, asked.get(known.told.customer.id) ?? 0, false)
  const current: SurveyRow = { ...row, decision, address: facts.email?.toLowerCase() ?? null }
  if (decision.verdict === 'skip') {
    await move(tx, { ...current, due_at: null }, 'skipped', decision.reason, undefined, now)
    return undefined
  }
  const seconds = app.integration.surveys?.delay(app.settings) ?? 0
  const delayed = new Date(close.closed_at.getTime() + seconds * 1000)
  const allowed = allowedFrom(policy, facts.timeZone, delayed > now ? delayed : now)
  if (allowed > now) {
    const reason = delayed > now ? null : 'It is quiet where the customer is.'
    await saveSurvey(tx, { ...current, reason, due_at: allowed }, now)
    return undefined
  }
  const quota = await quotaEndsAt(tx, app.installation.id, now)
  if (quota !== undefined) {
    const reason = `The provider’s quota of calls is used up until ${quota.toISOString()}.`
    await saveSurvey(tx, { ...current, reason, due_at: quota }, now)
    return undefined
  }
  return current
}

/** One step after the other; what each left is kept before the next, so that a process that ends in between costs no second step. */
async function takeSteps(
  services: SurveyServices,
  db: OrgDb,
  begun: Begun,
  context: Context<unknown>,
  onKept: () => void,
): Promise<void> {
  const { surveys } = begun.app.integration
  if (surveys === undefined) {
    return
  }
  let request = begun.request
  for (;;) {
    const step = await surveys.step(request, context)
    await db.write((tx) => rememberQuota(tx, begun.app, context, services.now()))
    if (step.kind !== 'next') {
      await db.write((tx) => finish(tx, services, begun, step))
      return
    }
    const progress = { ...request.progress, ...step.progress }
    request = { ...request, progress, isUncertain: false }
    onKept()
    await db.write(async (tx) => {
      const held = await lockSurvey(tx, begun.row.id)
      if (held !== undefined) {
        const now = services.now()
        await saveSurvey(tx, { ...held, progress, attempted_at: now, due_at: new Date(now.getTime() + claimMs) }, now)
      }
    })
  }
}

async function finish(
  tx: Tx,
  services: SurveyServices,
  { row, app, known }: Begun,
  step: Exclude<SurveyStep, { kind: 'next' }>,
): Promise<void> {
  const held = await lockSurvey(tx, row.id)
  if (held === undefined || held.attempted_at === null) {
    return // another process has taken it to its end
  }
  const now = services.now()
  const settled: SurveyRow = { ...held, attempted_at: null, due_at: null }
  if (held.state !== 'scheduled') {
    // What the provider told of it was faster than its answer.
    await saveSurvey(tx, settled, now)
    await noteRequest(tx, app, known, step)
    return
  }
  if (step.kind === 'refused') {
    if (step.isOptOut === true && held.address !== null) {
      await insertOptOut(tx, { address: held.address }, step.reason, undefined)
    }
    await move(tx, settled, step.state, step.reason, undefined, now)
    return
  }
  const requested = { ...settled, provider_ref: step.ref, requested_at: now, sent_at: step.sentAt ?? null }
  await move(tx, requested, step.sentAt === undefined ? 'requested' : 'sent', null, undefined, now)
  await noteRequest(tx, app, known, step)
}

/** The note that says that the customer is asked. */
async function noteRequest(
  tx: Tx,
  app: SurveyApp,
  known: KnownClose,
  step: Exclude<SurveyStep, { kind: 'next' }>,
): Promise<void> {
  if (known.conversation !== undefined && step.kind === 'requested') {
    const userId = await appUser(tx, app.installation.id)
    const actor: Actor = { orgId: tx.orgId, userId, userType: 'machine', roles: ['org.user'] }
    await createNote(tx, authorize(actor, everybody('note')), known.conversation.id, { body: step.note })
  }
}

async function fail(
  tx: Tx,
  services: SurveyServices,
  { row, app }: Begun,
  error: unknown,
  wasUncertain: boolean,
): Promise<void> {
  const held = await lockSurvey(tx, row.id)
  if (held?.state !== 'scheduled') {
    return
  }
  const now = services.now()
  const known = error instanceof ProviderError ? error : undefined
  const reason = known?.message ?? 'Something went wrong here; the server log has the reason.'
  const attempted = wasUncertain || known?.details.isUncertain === true ? held.attempted_at : null
  if (known?.outcome === 'needs-reconnect') {
    await markNeedsReconnect(tx, app.installation.id, reason)
    const later = new Date(now.getTime() + waitForAdminMs)
    await saveSurvey(tx, { ...held, reason, attempted_at: attempted, due_at: later, attempts: 0 }, now)
    return
  }
  const mayPass = known === undefined || known.outcome === 'retry-later'
  if (mayPass && held.attempts < mostAttempts) {
    const usual = new Date(now.getTime() + Math.min(longestDelayMs, firstDelayMs * 2 ** (held.attempts - 1)))
    const wanted = known?.details.retryAt
    const isTold = wanted !== undefined && wanted > usual
    // Waiting for as long as the provider wants is no failure, however often it wants that.
    const attempts = isTold ? held.attempts - 1 : held.attempts
    await saveSurvey(tx, { ...held, reason, attempts, attempted_at: attempted, due_at: isTold ? wanted : usual }, now)
    return
  }
  const doubt = attempted === null ? '' : ` Whether it got through is not known: look at ${app.integration.name}.`
  await move(tx, { ...held, attempted_at: null, due_at: null }, 'failed', reason + doubt, undefined, now)
}
