import { createHmac } from 'node:crypto'

import type { Vault } from '../../platform/crypto.ts'
import type { Database, Reader, Tx } from '../../platform/db/database.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import type { Id } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import type { Changes } from '../events/events.ts'
import { notify } from '../notifications/notifications.ts'
import { findAdmins, getOrg } from '../orgs/orgs.ts'
import { resourcesOf } from './resources.ts'
import { claimDue, findWebhooks, finishTransactions, lockWebhook, saveWebhook } from './store.ts'
import type { DueTransaction, TransactionOutcome, WebhookRow } from './store.ts'
import { openSecrets } from './webhooks.ts'

export interface SendServices {
  database: Database
  vault: Vault
  outbound: Outbound
  log: Log
}

const batchSize = 64 // so many requests are under way at once
const claimSeconds = 60
const firstDelayMs = 5_000
/** With doubling delays from 5 s on, about 85 minutes in all: the platform's "about 10 in 80 minutes" (facts 1.13). */
const mostAttempts = 11
/** [inferred] The platform switches off after the first event it gives up; an evening's outage should not do that. */
const longestFailureMs = 3 * 24 * 60 * 60 * 1000

/** Makes the function that sends the oldest due transactions of an organisation and returns how many there were. */
export function webhookSender(services: SendServices): (orgId: Id) => Promise<number> {
  return async (orgId) => {
    const db = services.database.forOrg(orgId)
    const due = await db.write((tx) => claimDue(tx, batchSize, claimSeconds))
    if (due.length === 0) {
      return 0
    }
    const { webhooks, bodies } = await db.read(async (reader) => {
      const rows = await findWebhooks(reader, [...new Set(due.map((it) => it.webhook_id))])
      return {
        webhooks: new Map(rows.map((row) => [row.id, { ...row, ...openSecrets(services.vault, row) }])),
        bodies: await writeBodies(reader, due),
      }
    })
    const outcomes = await Promise.all(
      due.map((it) => send(services, it, webhooks.get(it.webhook_id), bodies.get(bodyKey(it)) ?? Buffer.alloc(0))),
    )
    await db.write(async (tx) => {
      await finishTransactions(tx, outcomes)
      await followWebhooks(tx, services, due, outcomes)
    })
    return due.length
  }
}

/** One body per event, however many addresses it goes to. The object is shown as it is now. */
async function writeBodies(reader: Reader, due: DueTransaction[]): Promise<Map<string, Buffer>> {
  const org = await getOrg(reader)
  const resources = await resourcesOf(reader, due)
  const bodies = new Map<string, Buffer>()
  for (const it of due) {
    if (!bodies.has(bodyKey(it))) {
      const changes = (it.data['changes'] as Changes | undefined) ?? null
      bodies.set(
        bodyKey(it),
        Buffer.from(
          JSON.stringify({
            id: it.event_id,
            name: it.event_name,
            org: reader.orgId,
            partition: reader.orgId,
            orgName: org.name,
            data: resources.get(`${it.object_type.split('.')[0] ?? ''}/${it.object_id}`) ?? goneOf(it),
            createdAt: it.created_at.toISOString(),
            changes,
            persist: true,
            client: 'tellback',
            dataId: it.object_id,
            meta: { customChanged: changedCustom(changes) },
            snsFilters: [],
          }),
        ),
      )
    }
  }
  return bodies
}

/** An event about feedback is told as that and as one of its object. */
function bodyKey(it: DueTransaction): string {
  return `${it.event_id}/${it.event_name}`
}

/** What is not there any more is still named. */
function goneOf(it: DueTransaction): object {
  return { type: it.object_type, id: it.object_id, attributes: {}, relationships: {}, links: {} }
}

function changedCustom(changes: Changes | null): string[] {
  const { before, after } = changes?.attributes['custom'] ?? { before: {}, after: {} }
  const [was, is] = [before ?? {}, after ?? {}] as Record<string, unknown>[]
  return Object.keys({ ...was, ...is }).filter((name) => was?.[name] !== is?.[name])
}

async function send(
  { outbound }: SendServices,
  it: DueTransaction,
  webhook: (WebhookRow & ReturnType<typeof openSecrets>) | undefined,
  body: Buffer,
): Promise<TransactionOutcome> {
  if (webhook?.status !== 'enabled') {
    return failed(it, { reason: 'The webhook is switched off.', isFinal: true })
  }
  const { token, headers } = webhook
  try {
    const { status, text } = await outbound.post(webhook.url, body, {
      ...Object.fromEntries(headers.map((header) => [header.name.toLowerCase(), header.value])),
      'content-type': 'application/json',
      'x-kustomer-webhook-event': it.event_name,
      'x-kustomer-webhook-signature': createHmac('sha256', token).update(body).digest('hex'),
    })
    if (status >= 200 && status < 300) {
      return {
        id: it.id,
        status: 'sent',
        nextAttemptAt: undefined,
        lastStatus: status,
        lastError: undefined,
        lastResponse: text,
      }
    }
    return failed(it, { reason: `Answered ${status}.`, lastStatus: status, lastResponse: text })
  } catch (error) {
    return failed(it, { reason: (error as Error).message })
  }
}

function failed(
  it: DueTransaction,
  failure: { reason: string; isFinal?: boolean; lastStatus?: number; lastResponse?: string },
): TransactionOutcome {
  const givesUp = failure.isFinal === true || it.attempts >= mostAttempts
  return {
    id: it.id,
    status: givesUp ? 'failed' : 'waiting',
    nextAttemptAt: givesUp ? undefined : new Date(Date.now() + firstDelayMs * 2 ** (it.attempts - 1)),
    lastStatus: failure.lastStatus,
    lastError: failure.reason,
    lastResponse: failure.lastResponse,
  }
}

/** Remembers since when an address has failed, and switches it off when that is too long. */
async function followWebhooks(
  tx: Tx,
  { log }: SendServices,
  due: DueTransaction[],
  outcomes: TransactionOutcome[],
): Promise<void> {
  const results = Map.groupBy(outcomes, (_, index) => due[index]?.webhook_id ?? '')
  for (const [webhookId, group] of results) {
    const gotThrough = group.some((it) => it.status === 'sent')
    const row = await lockWebhook(tx, webhookId)
    if (row === undefined || row.status === 'disabled') {
      continue
    }
    const now = new Date()
    const failingSince = gotThrough ? null : (row.failing_since ?? now)
    if (failingSince !== null && now.getTime() - failingSince.getTime() > longestFailureMs) {
      log.warn({ org: tx.orgId, webhook: webhookId }, 'webhook switched off after days of failure')
      const reason = `Switched off: nothing has got through since ${failingSince.toISOString()}. ${group.at(-1)?.lastError ?? ''}`
      await saveWebhook(tx, { ...row, status: 'disabled', status_reason: reason.trim(), failing_since: failingSince })
      await notify(tx, await findAdmins(tx), {
        kind: 'webhook_disabled',
        title: `The webhook ${row.name} was switched off`,
        body: reason.trim(),
        objectType: 'webhook',
        objectId: webhookId,
      })
    } else if (failingSince?.getTime() !== row.failing_since?.getTime()) {
      await saveWebhook(tx, { ...row, failing_since: failingSince })
    }
  }
}
