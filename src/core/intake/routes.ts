import { z } from 'zod'

import { may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { CursorQuery, cursorPageOf, document, orgRelation, page, withQuery } from '../../platform/http/envelope.ts'
import { notFound } from '../../platform/http/errors.ts'
import { getHook } from '../apps/hooks.ts'
import type { HookType } from '../apps/hooks.ts'
import { runAgain, runAllAgain } from './run-again.ts'
import { DeliveryAttributes, DeliveryDetailAttributes, DeliveryStatusWord, RunAgainInput } from './schema.ts'
import { failedStates } from './states.ts'
import { findDelivery, listDeliveries } from './store.ts'
import type { ShownDelivery } from './store.ts'

const tag = 'Deliveries'
const read = may('read', 'delivery', 'org.hooks', 'org.admin.hook.read', 'org.permission.hook.read')
const rerun = only('delivery', 'org.admin.delivery.write', 'org.hooks', 'org.permission.delivery.update')
const Runs = z.object({ data: z.array(z.object({ type: z.string(), id: z.string() })) })

export const intakeRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/deliveries',
    tag,
    summary: 'List what came in, newest first',
    access: read,
    status: 200,
    reply: page(DeliveryAttributes),
    query: CursorQuery.extend({
      status: DeliveryStatusWord.or(z.literal('failed'))
        .optional()
        .describe('`failed` is everything that waits for a person or another try.'),
      installation: z.string().max(24).optional(),
    }),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const statuses =
          query.status === undefined ? undefined : query.status === 'failed' ? failedStates : [query.status]
        const rows = await listDeliveries(
          reader,
          { statuses, installationId: query.installation },
          query.pageSize + 1,
          query.after,
        )
        const path = withQuery('/v1/deliveries', { status: query.status, installation: query.installation })
        return cursorPageOf(path, query, rows, showDelivery, (row) => row.id)
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/deliveries/:id',
    tag,
    summary: 'Read one delivery with its raw body',
    access: read,
    params: z.object({ id: z.string().max(24) }),
    status: 200,
    reply: document(DeliveryDetailAttributes),
    handle: ({ db, params }) =>
      db.read(async (reader) => {
        const row = await findDelivery(reader, params.id)
        if (row === undefined) {
          throw notFound('Delivery')
        }
        const shown = showDelivery(row)
        return {
          data: {
            ...shown,
            attributes: { ...shown.attributes, headers: row.headers, body: row.body.toString('utf8') },
          },
        }
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/deliveries/runs',
    tag,
    summary: 'Run deliveries again: some by their ids, or all of one state',
    access: rerun,
    body: RunAgainInput,
    status: 202,
    reply: Runs,
    handle: ({ db, body }) =>
      db.write(async (tx) => {
        const ids =
          body.filter === undefined
            ? await runAgain(tx, body.ids ?? [])
            : await runAllAgain(tx, { status: body.filter.status, installationId: body.filter.installation })
        return { data: ids.map((id) => ({ type: 'delivery', id })) }
      }),
  }),
  transactions('web'),
  transactions('form'),
  transactions('email'),
]

function transactions(type: HookType): Endpoint {
  return endpoint({
    method: 'GET',
    path: `/v1/hooks/${type}/:id/transactions`,
    tag: 'Hooks',
    summary: `List what came in at a ${type} hook, newest first`,
    access: only('delivery', 'org.hooks'),
    params: z.object({ id: z.string().max(24) }),
    query: CursorQuery,
    status: 200,
    reply: page(DeliveryAttributes),
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const hook = await getHook(reader, type, params.id)
        const rows = await listDeliveries(reader, { hookId: hook.id }, query.pageSize + 1, query.after)
        return cursorPageOf(`/v1/hooks/${type}/${hook.id}/transactions`, query, rows, showDelivery, (row) => row.id)
      }),
  })
}

function showDelivery(row: ShownDelivery) {
  const iso = (time: Date | null) => time?.toISOString() ?? null
  return {
    type: 'delivery',
    id: row.id,
    attributes: {
      status: row.status,
      trust: row.trust as z.infer<typeof DeliveryAttributes>['trust'],
      error: row.error,
      app: row.app,
      store: row.store,
      hookTitle: row.hook_title,
      bytes: row.bytes,
      contentType: row.content_type,
      duplicates: row.duplicates,
      lastDuplicateAt: iso(row.last_duplicate_at),
      effects: row.effects ?? [],
      mail: row.mail_verdict,
      attempts: row.attempts,
      receivedAt: row.received_at.toISOString(),
      finishedAt: iso(row.finished_at),
      nextAttemptAt: iso(row.next_attempt_at),
    },
    relationships: {
      ...orgRelation(row.org_id),
      ...(row.installation_id === null
        ? {}
        : {
            installation: {
              links: { self: `/v1/apps/installations/${row.installation_id}` },
              data: { type: 'installation', id: row.installation_id },
            },
          }),
    },
    links: { self: `/v1/deliveries/${row.id}` },
  }
}
