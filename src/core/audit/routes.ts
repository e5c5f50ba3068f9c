import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { orgRelation, page, userRelation, withQuery } from '../../platform/http/envelope.ts'
import { AuditAttributes, AuditQuery } from './schema.ts'
import { listAuditLogs } from './store.ts'
import type { AuditRow } from './store.ts'

/** Who did what, the newest first. [inferred: the role; facts 1.12 has the rest] */
export const auditRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/audit-logs',
    tag: 'Audit log',
    summary: 'List who did what, the newest first',
    access: only('audit_log', 'org.admin.audit_log.read', 'org.permission.audit_log.read'),
    query: AuditQuery,
    status: 200,
    reply: page(AuditAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const rows = await listAuditLogs(
          reader,
          {
            objectType: query['filter[objectType]'],
            objectId: query['filter[objectId]'],
            userId: query['filter[userId]'],
            start: query['filter[start]'],
            end: query['filter[end]'],
            after: query.after,
            before: query.before,
          },
          query.count + 1,
        )
        const shown = query.before === undefined ? rows.slice(0, query.count) : rows.slice(-query.count)
        const filters = {
          count: String(query.count),
          'filter[objectType]': query['filter[objectType]'],
          'filter[objectId]': query['filter[objectId]'],
          'filter[userId]': query['filter[userId]'],
          'filter[start]': query['filter[start]']?.toISOString(),
          'filter[end]': query['filter[end]']?.toISOString(),
        }
        const at = (position: { after?: string | undefined; before?: string | undefined }) =>
          withQuery('/v1/audit-logs', { ...filters, ...position })
        const [first, last] = [shown[0], shown.at(-1)]
        const hasNext = query.before === undefined ? rows.length > query.count : true
        const hasPrev = query.before === undefined ? query.after !== undefined : rows.length > query.count
        return {
          meta: { pageSize: query.count },
          data: shown.map(showAuditLog),
          links: {
            self: at({ after: query.after, before: query.before }),
            first: at({}),
            prev: hasPrev && first !== undefined ? at({ before: first.id }) : null,
            next: hasNext && last !== undefined ? at({ after: last.id }) : null,
          },
        }
      }),
  }),
]

function showAuditLog(row: AuditRow) {
  return {
    type: 'audit_log',
    id: row.id,
    attributes: {
      eventName: row.event_name,
      eventVerb: row.event_verb,
      org: row.org_id,
      userId: row.user_id,
      userType: row.user_type,
      objectId: row.object_id,
      objectType: row.object_type,
      client: row.client,
      ip: row.ip,
      changes: row.changes,
      createdAt: row.created_at.toISOString(),
      publishedAt: row.created_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('user', row.user_id) },
    links: { self: withQuery('/v1/audit-logs', { 'filter[objectId]': row.object_id }) },
  }
}
