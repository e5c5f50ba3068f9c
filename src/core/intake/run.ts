import { ZodError, z } from 'zod'

import { databaseErrorCode } from '../../platform/db/database.ts'
import type { Database, OrgDb, Tx } from '../../platform/db/database.ts'
import { ApiError, InvalidRequest } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import type { Task } from '../../platform/jobs/task.ts'
import { parseJson, storable, UnreadableJson } from '../../platform/json.ts'
import type { JsonValue } from '../../platform/json.ts'
import type { Log } from '../../platform/log.ts'
import type { MailVerdict } from '../../platform/mail/authenticate-mail.ts'
import { UnreadableMail } from '../../platform/mail/parse-mail.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { Context, Effect, Integration, Trust } from '../../sdk/index.ts'
import { findInstallations, integrationOf, markNeedsReconnect } from '../apps/apps.ts'
import type { InstallationRow } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { contextOf } from '../connections/context.ts'
import { applyPlans } from './apply.ts'
import type { Plan } from './apply.ts'
import { readHookBody } from './hook-body.ts'
import { recordHookTransaction } from './hook-transaction.ts'
import { createInHand } from './in-hand.ts'
import { taughtOf } from './lessons.ts'
import { isMail, keepMailFiles, mailEventData, readMail } from './mail-delivery.ts'
import type { MailServices } from './mail-delivery.ts'
import { mostAttempts, nextAttempt } from './retry.ts'
import type { EffectRecord } from './schema.ts'
import { pendingStates } from './states.ts'
import { finishDeliveries, findPending, findReceived, holdDeliveries } from './store.ts'
import type { DeliveryResult, DeliveryRow } from './store.ts'
import { verdictOn } from './verify.ts'

/** The job that tries deliveries again. */
const runTaskName = 'deliveries.run'

const Payload = z.object({ orgId: z.string(), ids: z.array(z.string()) })

export interface RunServices {
  database: Database
  apps: ConnectionServices
  mail: MailServices
  log: Log
}

/** Tries again what failed in a way that may pass. */
export function runDeliveriesTask(services: RunServices): Task<z.infer<typeof Payload>> {
  return {
    name: runTaskName,
    payload: Payload,
    run: ({ orgId, ids }) => runBatch(services, services.database.forOrg(orgId), ids),
  }
}

const largestBatch = 256 // one large batch costs far less than many small ones

/**
 * Makes the function that takes the oldest received deliveries of an organisation through parse, handle and apply, and
 * returns how many there were. Calls side by side keep off each other's deliveries.
 */
export function receivedRunner(services: RunServices): (orgId: Id) => Promise<number> {
  const inHand = createInHand()
  return async (orgId) => {
    const db = services.database.forOrg(orgId)
    const ids = await inHand.take(largestBatch, (count) => db.read((reader) => findReceived(reader, count)))
    try {
      await runBatch(services, db, ids)
    } finally {
      inHand.giveBack(ids)
    }
    return ids.length
  }
}

/** A delivery on its way, with what came of it so far. */
type Outcome = { delivery: DeliveryRow; startedAt: Date; verdict: MailVerdict | undefined } & (
  | { kind: 'plan'; plan: Plan }
  | { kind: 'transaction'; data: JsonValue }
  | { kind: 'failure'; failure: Failure }
)

interface Failure {
  status: 'retrying' | 'rejected' | 'refused' | 'waiting'
  reason: string
  pauses?: boolean
  /** The provider wants no attempt before then. */
  notBefore?: Date | undefined
}

async function runBatch(services: RunServices, db: OrgDb, ids: Id[]): Promise<void> {
  if (ids.length === 0) {
    return
  }
  const { deliveries, installations } = await db.read(async (reader) => {
    const pending = await findPending(reader, ids, pendingStates)
    const used = [...new Set(pending.map((it) => it.installation_id).filter((id) => id !== null))]
    return {
      deliveries: pending,
      installations: new Map((await findInstallations(reader, used)).map((it) => [it.id, it])),
    }
  })
  const outcomes = await Promise.all(deliveries.map((delivery) => handle(services, db.orgId, delivery, installations)))
  await write(services, db, outcomes)
}

/** Parse and handle: nothing is written yet. */
async function handle(
  services: RunServices,
  orgId: Id,
  delivery: DeliveryRow,
  installations: Map<Id, InstallationRow>,
): Promise<Outcome> {
  const begun = { delivery, startedAt: new Date(), verdict: undefined }
  try {
    const mail = isMail(delivery) ? await readMail(services.mail, delivery) : undefined
    return { ...(await outcomeOf(services, orgId, delivery, installations, mail)), ...begun, verdict: mail?.verdict }
  } catch (error) {
    return { kind: 'failure', ...begun, failure: classify(services, delivery, error) }
  }
}

type ReadMail = Awaited<ReturnType<typeof readMail>>

async function outcomeOf(
  services: RunServices,
  orgId: Id,
  delivery: DeliveryRow,
  installations: Map<Id, InstallationRow>,
  mail: ReadMail | undefined,
): Promise<
  { kind: 'plan'; plan: Plan } | { kind: 'transaction'; data: JsonValue } | { kind: 'failure'; failure: Failure }
> {
  try {
    if (delivery.installation_id === null) {
      return { kind: 'transaction', data: await readBody(delivery, mail) }
    }
    const installation = installations.get(delivery.installation_id)
    if (installation === undefined || installation.status !== 'active') {
      return { kind: 'failure', failure: pausedFailure(installation) }
    }
    if (delivery.webhook === null && services.apps.catalog.find(installation.app) === undefined) {
      return { kind: 'transaction', data: await readBody(delivery, mail) } // a published app's hook raises its event
    }
    return { kind: 'plan', plan: await plan(services, orgId, delivery, installation, mail) }
  } catch (error) {
    return { kind: 'failure', failure: classify(services, delivery, error) }
  }
}

/** What came to an address that no integration answers for, as the document that its event carries. */
async function readBody(delivery: DeliveryRow, mail: ReadMail | undefined): Promise<JsonValue> {
  return mail === undefined ? readHookBody(delivery.content_type, delivery.body) : mailEventData(mail.mail)
}

function pausedFailure(installation: InstallationRow | undefined): Failure {
  return installation?.status === 'needs_reconnect'
    ? {
        status: 'waiting',
        reason: `The app needs to be reconnected: ${installation.status_reason ?? 'its credentials were refused'}`,
      }
    : { status: 'waiting', reason: 'The app is switched off.' }
}

type Made = Pick<Plan, 'trust' | 'effects' | 'files' | 'verdict'>

interface Prepared {
  integration: Integration<unknown>
  settings: unknown
  context: Context<unknown>
}

async function plan(
  services: RunServices,
  orgId: Id,
  delivery: DeliveryRow,
  installation: InstallationRow,
  mail: ReadMail | undefined,
): Promise<Plan> {
  const integration = integrationOf(services.apps.catalog, installation.app)
  const settings = integration.settings.parse(openSettings(services.apps.vault, installation))
  const context = contextOf(services.apps, services.database.forOrg(orgId), integration, installation, {
    headers: delivery.headers,
    receivedAt: delivery.received_at,
  })
  const prepared = { integration, settings, context }
  const made =
    mail === undefined
      ? await ofWebhook(services, orgId, delivery, prepared)
      : await ofMail(services, orgId, delivery, prepared, mail)
  return { deliveryId: delivery.id, app: installation.app, installationId: installation.id, ...made }
}

async function ofWebhook(
  services: RunServices,
  orgId: Id,
  delivery: DeliveryRow,
  { integration, settings, context }: Prepared,
): Promise<Made> {
  const webhook = integration.webhooks[delivery.webhook ?? '']
  if (webhook === undefined) {
    throw new ProviderError('rejected', 'The app no longer has the webhook that this address was made for.')
  }
  let trust = delivery.trust as Trust | 'none'
  if (trust === 'none') {
    const request = { headers: originalHeaders(services, delivery), body: delivery.body }
    const verdict = await verdictOn(services.database, orgId, webhook, request, settings)
    if (verdict === 'refused') {
      throw new Refused()
    }
    trust = verdict
  }
  const payload: unknown = webhook.payload.parse(storable(parseJson(delivery.body)))
  const effects: Effect[] = await webhook.handle(payload, context)
  return { trust, effects }
}

async function ofMail(
  { mail: services, database }: RunServices,
  orgId: Id,
  delivery: DeliveryRow,
  { integration, settings, context }: Prepared,
  { mail, attachments, verdict }: ReadMail,
): Promise<Made> {
  const hook = integration.mails?.[delivery.webhook ?? '']
  if (hook === undefined) {
    throw new ProviderError('rejected', 'The app no longer has the address that this mail came to.')
  }
  const { installation_id: installationId } = delivery
  const taught =
    hook.lessons === undefined || installationId === null
      ? undefined
      : await database.forOrg(orgId).read((reader) => taughtOf(reader, installationId, mail))
  const effects = await hook.handle(mail, { ...context, taught })
  const trust = hook.trustOf?.(mail, settings) ?? 'secret'
  const files = await keepMailFiles(services.files, orgId, delivery.id, attachments, effects)
  return { trust, effects, files, verdict }
}

class Refused extends Error {
  override readonly name = 'Refused'
}

/** A refused delivery keeps its secret headers, encrypted, until it is accepted after all. */
function originalHeaders(services: RunServices, delivery: DeliveryRow): Record<string, string> {
  const sealed = delivery.sealed_headers
  const secrets =
    sealed === null
      ? {}
      : (JSON.parse(services.apps.vault.open(sealed, `delivery/${delivery.id}`)) as Record<string, string>)
  return { ...delivery.headers, ...secrets }
}

/** One transaction for all; when that fails, one for each, so that a bad one does not hold up the others. */
async function write(services: RunServices, db: OrgDb, outcomes: Outcome[]): Promise<void> {
  if (outcomes.length === 0) {
    return
  }
  try {
    await writeTogether(db, outcomes)
  } catch (error) {
    if (outcomes.length > 1) {
      for (const outcome of outcomes) {
        await write(services, db, [outcome])
      }
      return
    }
    const [outcome] = outcomes
    if (outcome === undefined || outcome.kind === 'failure') {
      throw error
    }
    const { delivery, startedAt, verdict } = outcome
    const failure = classify(services, delivery, error)
    await writeTogether(db, [{ kind: 'failure', delivery, startedAt, verdict, failure }])
  }
}

async function writeTogether(db: OrgDb, outcomes: Outcome[]): Promise<void> {
  await db.write(async (tx) => {
    const held = await holdDeliveries(
      tx,
      outcomes.map((it) => it.delivery.id),
      pendingStates,
    )
    const open = outcomes.filter((it) => held.has(it.delivery.id))
    const records = await applyPlans(
      tx,
      open.flatMap((it) => (it.kind === 'plan' ? [it.plan] : [])),
    )
    const results: DeliveryResult[] = []
    for (const outcome of open) {
      if (outcome.kind === 'failure') {
        results.push(failureResult(outcome, outcome.failure))
        await follow(tx, outcome.delivery, outcome.failure, results.at(-1)?.nextAttemptAt)
      } else if (outcome.kind === 'transaction') {
        results.push(success(outcome, await recordHookTransaction(tx, outcome.delivery, outcome.data), undefined))
      } else {
        results.push(success(outcome, records.get(outcome.delivery.id) ?? [], outcome.plan.trust))
      }
    }
    await finishDeliveries(tx, results)
  })
}

function success(outcome: Outcome, effects: EffectRecord[], trust: Trust | undefined): DeliveryResult {
  return {
    id: outcome.delivery.id,
    status: 'applied',
    trust,
    error: undefined,
    effects,
    verdict: outcome.verdict,
    nextAttemptAt: undefined,
    attempt: { at: outcome.startedAt.toISOString(), outcome: 'applied', ms: Date.now() - outcome.startedAt.getTime() },
  }
}

function failureResult({ delivery, startedAt, verdict }: Outcome, failure: Failure): DeliveryResult {
  return {
    id: delivery.id,
    status: failure.status,
    trust: undefined,
    error: failure.reason,
    effects: undefined,
    verdict,
    nextAttemptAt: failure.status === 'retrying' ? nextTry(delivery, failure) : undefined,
    attempt: {
      at: startedAt.toISOString(),
      outcome: failure.status,
      error: failure.reason,
      ms: Date.now() - startedAt.getTime(),
    },
  }
}

function nextTry(delivery: DeliveryRow, { notBefore }: Failure): Date {
  const usual = nextAttempt(delivery.attempts.length + 1, new Date())
  return notBefore !== undefined && notBefore > usual ? notBefore : usual
}

/** What a failure leads to: a later job, or an installation that stops until somebody mends it. */
async function follow(tx: Tx, delivery: DeliveryRow, failure: Failure, nextAttemptAt: Date | undefined): Promise<void> {
  if (nextAttemptAt !== undefined) {
    await enqueue(tx, { name: runTaskName }, { orgId: tx.orgId, ids: [delivery.id] }, { runAt: nextAttemptAt })
  }
  if (failure.pauses === true && delivery.installation_id !== null) {
    await markNeedsReconnect(tx, delivery.installation_id, failure.reason)
  }
}

const badDataClass = '22' // the database cannot store the value; trying again cannot help

function classify({ log }: RunServices, delivery: DeliveryRow, error: unknown): Failure {
  if (error instanceof Refused) {
    return { status: 'refused', reason: 'The signature or secret is still not the one in the settings.' }
  }
  if (error instanceof ZodError) {
    return { status: 'rejected', reason: `The body is not what was expected: ${describeIssues(error)}` }
  }
  if (
    error instanceof UnreadableJson ||
    error instanceof UnreadableMail ||
    error instanceof ApiError ||
    error instanceof InvalidRequest
  ) {
    return { status: 'rejected', reason: error.message }
  }
  if (error instanceof ProviderError && error.outcome !== 'retry-later') {
    return error.outcome === 'rejected'
      ? { status: 'rejected', reason: error.message }
      : { status: 'waiting', reason: error.message, pauses: true }
  }
  if (databaseErrorCode(error)?.startsWith(badDataClass) === true) {
    return { status: 'rejected', reason: `A value cannot be stored: ${(error as Error).message}` }
  }
  if (!(error instanceof ProviderError)) {
    log.error({ err: error, delivery: delivery.id }, 'delivery failed')
  }
  const reason =
    error instanceof ProviderError ? error.message : 'Something went wrong here; the server log has the reason.'
  return delivery.attempts.length + 1 >= mostAttempts
    ? { status: 'rejected', reason: `${reason} Given up after ${mostAttempts} attempts.` }
    : { status: 'retrying', reason, notBefore: error instanceof ProviderError ? error.details.retryAt : undefined }
}

const mostIssuesShown = 5

function describeIssues(error: ZodError): string {
  return error.issues
    .slice(0, mostIssuesShown)
    .map((issue) => `${issue.path.join('.') || 'the document'}: ${issue.message}`)
    .join('; ')
}
