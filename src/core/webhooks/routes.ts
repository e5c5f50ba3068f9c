import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import {
  CursorQuery,
  cursorPageOf,
  document,
  orgRelation,
  page,
  pageOf,
  PageQuery,
  userRelation,
} from '../../platform/http/envelope.ts'
import {
  EventList,
  eventNames,
  TransactionAttributes,
  WebhookAttributes,
  WebhookInput,
  WebhookUpdate,
} from './schema.ts'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listTransactions,
  listWebhooks,
  openSecrets,
  replay,
  updateWebhook,
} from './webhooks.ts'
import type { TransactionRow, WebhookRow, WebhookServices } from './webhooks.ts'

const tag = 'Outbound webhooks'
/** The first two are the platform's (facts 1.13); that admins may as well is inferred from its other settings. */
const access = (verb: string) =>
  only(
    'outbound_webhook',
    'org.outbound_webhooks',
    `org.permission.outbound_webhook.${verb}`,
    'org.admin.outbound_webhook',
  )
const byId = z.object({ id: z.string().max(64) })
const Replayed = z.object({ data: z.object({ type: z.string(), attributes: z.object({ count: z.number() }) }) })

export function webhooksRoutes(services: WebhookServices): Endpoint[] {
  const reply = document(WebhookAttributes)
  const show = (row: WebhookRow) => showWebhook(services, row)
  const change = {
    path: '/v1/outbound-webhooks/:id',
    tag,
    access: access('update'),
    params: byId,
    body: WebhookUpdate,
    status: 200,
    reply,
  } as const
  return [
    endpoint({
      method: 'GET',
      path: '/v1/outbound-webhooks',
      tag,
      summary: 'List outbound webhooks',
      access: access('read'),
      query: PageQuery,
      status: 200,
      reply: page(WebhookAttributes),
      handle: ({ db, query }) =>
        db.read(async (reader) =>
          pageOf(
            '/v1/outbound-webhooks',
            query,
            (await listWebhooks(reader, query.pageSize + 1, (query.page - 1) * query.pageSize)).map(show),
          ),
        ),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/outbound-webhooks',
      tag,
      summary: 'Send events on to an address',
      access: access('create'),
      body: WebhookInput,
      status: 201,
      reply,
      handle: ({ db, by, body }) =>
        db.write(async (tx) => ({ data: show(await createWebhook(tx, services, by, body)) })),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/outbound-webhooks/events',
      tag,
      summary: 'List the events that can be sent on; those of custom objects hold their klass',
      access: access('read'),
      status: 200,
      reply: EventList,
      handle: () =>
        Promise.resolve({
          data: [
            ...eventNames,
            ...['create', 'update', 'delete'].map((verb) => `kustomer.kobject.<klass>.${verb}`),
          ].map((id) => ({ type: 'event', id })),
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/outbound-webhooks/:id',
      tag,
      summary: 'Read an outbound webhook with its signing token',
      access: access('read'),
      params: byId,
      status: 200,
      reply,
      handle: ({ db, params }) => db.read(async (reader) => ({ data: show(await getWebhook(reader, params.id)) })),
    }),
    endpoint({
      ...change,
      method: 'PUT',
      summary: 'Change an outbound webhook, or switch it on or off: what the body leaves out stays',
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: show(await updateWebhook(tx, services, by, params.id, body)) })),
    }),
    endpoint({
      ...change,
      method: 'PATCH',
      summary: 'Change some fields of an outbound webhook',
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: show(await updateWebhook(tx, services, by, params.id, body)) })),
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/outbound-webhooks/:id',
      tag,
      summary: 'Remove an outbound webhook with its log',
      access: access('delete'),
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) => db.write((tx) => deleteWebhook(tx, by, params.id)),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/outbound-webhooks/:id/transactions',
      tag,
      summary: 'Read the log of an outbound webhook, newest first',
      access: access('read'),
      params: byId,
      query: CursorQuery.extend({ status: z.enum(['waiting', 'sent', 'failed']).optional() }),
      status: 200,
      reply: page(TransactionAttributes),
      handle: ({ db, params, query }) =>
        db.read(async (reader) => {
          const { id } = await getWebhook(reader, params.id)
          const rows = await listTransactions(reader, id, query.status, query.pageSize + 1, query.after)
          const path = `/v1/outbound-webhooks/${id}/transactions`
          const filtered = query.status === undefined ? path : `${path}?status=${query.status}`
          return cursorPageOf(filtered, query, rows, showTransaction, (row) => row.id)
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/outbound-webhooks/:id/transactions/:transaction/replay',
      tag,
      summary: 'Send a transaction again',
      access: access('update'),
      params: byId.extend({ transaction: z.string().max(64) }),
      status: 202,
      reply: Replayed,
      handle: ({ db, by, params }) =>
        db.write(async (tx) => showReplayed(await replay(tx, by, params.id, params.transaction))),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/outbound-webhooks/:id/replay',
      tag,
      summary: 'Send everything again that was given up',
      access: access('update'),
      params: byId,
      status: 202,
      reply: Replayed,
      handle: ({ db, by, params }) => db.write(async (tx) => showReplayed(await replay(tx, by, params.id, undefined))),
    }),
  ]
}

function showWebhook({ vault }: WebhookServices, row: WebhookRow) {
  const { token, headers } = openSecrets(vault, row)
  return {
    type: 'outbound_webhook',
    id: row.id,
    attributes: {
      name: row.name,
      url: row.url,
      events: row.events,
      headers: headers.map(({ name }) => ({ name, value: '********' })),
      token,
      status: row.status,
      statusReason: row.status_reason,
      failingSince: row.failing_since?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: {
      ...orgRelation(row.org_id),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self: `/v1/outbound-webhooks/${row.id}` },
  }
}

function showTransaction(row: TransactionRow) {
  return {
    type: 'webhook_transaction',
    id: row.id,
    attributes: {
      event: row.event_name,
      status: row.status,
      attempts: row.attempts,
      nextAttemptAt: row.status === 'waiting' ? (row.next_attempt_at?.toISOString() ?? null) : null,
      lastStatus: row.last_status,
      lastError: row.last_error,
      lastResponse: row.last_response,
      sentAt: row.sent_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/outbound-webhooks/${row.webhook_id}/transactions/${row.id}` },
  }
}

function showReplayed(count: number) {
  return { data: { type: 'replay', attributes: { count } } }
}
