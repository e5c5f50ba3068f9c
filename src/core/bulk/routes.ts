import { z } from 'zod'

import { everybody, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery, userRelation } from '../../platform/http/envelope.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { getKlass } from '../objects/objects.ts'
import { cancelBulk, getBulk, listBulks, startBulk } from './bulk.ts'
import type { BulkItem, BulkRow } from './bulk.ts'
import { bulkKinds, objectsOf } from './kinds.ts'
import type { BulkKind } from './kinds.ts'
import { BatchAttributes, BulkAttributes, BulkChanges, BulkItems, IdsQuery } from './schema.ts'

const tag = 'Bulk'
const reply = document(BulkAttributes)
const byId = z.object({ id: z.string().max(64) })
const byName = z.object({ name: z.string().max(128) })
const read = only('bulk', 'org.user.bulk.read', 'org.permission.bulk.read')

/** POST, PUT and DELETE of many of one kind. Only objects demand `ids` for a deletion by the platform's word; all do here. */
function routesOf(base: string, kind: BulkKind, options: { klass: boolean }): Endpoint[] {
  const path = options.klass ? `${base}/:name/bulk` : `${base}/bulk`
  const params = options.klass ? byName : z.object({})
  // A klass must be there before anything is taken on.
  const placeOf = async (reader: Parameters<typeof getKlass>[0], given: { name?: string }) =>
    given.name === undefined ? path : `${base}/${(await getKlass(reader, given.name)).name}/bulk`
  const { create, update, delete: remove } = kind.access
  return [
    ...(create === undefined
      ? []
      : [
          endpoint({
            method: 'POST',
            path,
            tag,
            summary: `Create many at once: ${kind.context}`,
            access: create,
            params,
            body: BulkItems,
            status: 201,
            reply,
            handle: ({ db, by, params: given, body }) =>
              db.write(async (tx) => {
                const request = { context: kind.context, method: 'POST' as const, path: await placeOf(tx, given) }
                const items = body.map(({ _clientRef, ...item }) => ({ body: item, clientRef: _clientRef }))
                return { data: showBulk(await startBulk(tx, by, { ...request, items })) }
              }),
          }),
        ]),
    ...(update === undefined
      ? []
      : [
          endpoint({
            method: 'PUT',
            path,
            tag,
            summary: `Change many at once: ${kind.context}`,
            access: update,
            params,
            query: IdsQuery.partial(),
            body: BulkChanges,
            status: options.klass ? 200 : 201, // facts 1.11
            reply,
            handle: ({ db, by, params: given, query, body }) =>
              db.write(async (tx) => {
                const request = { context: kind.context, method: 'PUT' as const, path: await placeOf(tx, given) }
                return { data: showBulk(await startBulk(tx, by, { ...request, items: changesOf(body, query.ids) })) }
              }),
          }),
        ]),
    ...(remove === undefined
      ? []
      : [
          endpoint({
            method: 'DELETE',
            path,
            tag,
            summary: `Delete many at once: ${kind.context}`,
            access: remove,
            params,
            query: IdsQuery,
            status: 201,
            reply,
            handle: ({ db, by, params: given, query }) =>
              db.write(async (tx) => {
                const request = { context: kind.context, method: 'DELETE' as const, path: await placeOf(tx, given) }
                return {
                  data: showBulk(await startBulk(tx, by, { ...request, items: query.ids.map((id) => ({ id })) })),
                }
              }),
          }),
        ]),
  ]
}

function changesOf(body: z.output<typeof BulkChanges>, ids: string[] | undefined): BulkItem[] {
  if (!Array.isArray(body)) {
    if (ids === undefined) {
      throw new ApiError('badparam', 'One change for many needs their ids in the query.', { parameter: 'ids' })
    }
    const { _clientRef: clientRef, ...change } = body
    return ids.map((id) => ({ id, body: change, clientRef }))
  }
  if (ids !== undefined) {
    throw new ApiError('badparam', 'Give either a list of changes or ids in the query.', { parameter: 'ids' })
  }
  return body.map(({ id, _clientRef, ...change }, index) => {
    if (typeof id !== 'string') {
      throw new ApiError('badparam', 'each change needs the id of what it changes', { pointer: `/${index}/id` })
    }
    return { id, body: change, clientRef: _clientRef }
  })
}

export const bulkRoutes: Endpoint[] = [
  ...Object.entries(bulkKinds).flatMap(([noun, kind]) => routesOf(`/v1/${noun}`, kind, { klass: false })),
  ...routesOf('/v1/klasses', objectsOf(''), { klass: true }),
  endpoint({
    method: 'GET',
    path: '/v1/bulk',
    tag,
    summary: 'List bulks, the newest first',
    access: read,
    query: PageQuery,
    status: 200,
    reply: page(BulkAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const rows = await listBulks(reader, query.pageSize + 1, (query.page - 1) * query.pageSize)
        return pageOf('/v1/bulk', query, rows.map(showBulk))
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/bulk/:id',
    tag,
    summary: 'Read how far a bulk is',
    access: read,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showBulk(await getBulk(reader, params.id)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/bulk/:id/batches',
    tag,
    summary: 'Read what came of each item',
    access: read,
    params: byId,
    status: 200,
    reply: page(BatchAttributes),
    handle: ({ db, params }) =>
      db.read(async (reader) => {
        const row = await getBulk(reader, params.id)
        return pageOf(`/v1/bulk/${row.id}/batches`, { page: 1, pageSize: 100 }, [showBatch(row)])
      }),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/bulk/:id',
    tag,
    summary: 'Cancel a bulk: what is done stays done',
    access: everybody('bulk'),
    params: byId,
    status: 200,
    reply,
    handle: ({ db, by, params }) =>
      db.write(async (tx) => {
        const row = await getBulk(tx, params.id)
        if (row.created_by !== by.userId && !by.roles.includes('org.admin')) {
          throw new ApiError('forbidden', 'Only who started a bulk, or an admin, may cancel it.')
        }
        return { data: showBulk(await cancelBulk(tx, row.id)) }
      }),
  }),
]

function showBulk(row: BulkRow) {
  const failed = row.results.filter((it) => it.status >= 400).length
  const { userId, userType, roles } = row.actor
  return {
    type: 'bulk',
    id: row.id,
    attributes: {
      context: row.context,
      status: row.status,
      ids: row.results.flatMap((it) => it.id ?? []),
      v2: true,
      completed: row.status === 'complete',
      batches: { complete: row.status === 'complete' ? 1 : 0, total: 1 },
      progress: { done: row.results.length, failed, total: row.items.length },
      payload: {
        api: {
          data: row.items.map((it) =>
            it.id === undefined ? it.body : { id: it.id, ...(it.body as object | undefined) },
          ),
          path: row.path,
          method: row.method,
          service: 'tellback',
          requestId: row.id,
          user: { id: userId, userType, roles, org: row.org_id, subject: userId },
        },
      },
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      completedAt: row.completed_at?.toISOString() ?? null,
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.created_by) },
    links: { self: `/v1/bulk/${row.id}` },
  }
}

function showBatch(row: BulkRow) {
  const errors = row.results.filter((it) => it.status >= 400)
  return {
    type: 'bulk_batch',
    id: row.id,
    attributes: {
      objectIds: row.results.flatMap((it) => it.id ?? []),
      successCount: row.results.length - errors.length,
      failureCount: errors.length,
      results: row.results,
      errors,
      status:
        row.status === 'complete'
          ? ('complete' as const)
          : row.status === 'queued'
            ? ('queued' as const)
            : ('scheduled' as const),
      completedAt: row.completed_at?.toISOString() ?? null,
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/bulk/${row.id}/batches` },
  }
}
