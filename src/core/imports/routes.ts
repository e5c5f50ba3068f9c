import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, resource } from '../../platform/http/envelope.ts'
import type { AppServices } from '../apps/apps.ts'
import { getInstallation } from '../apps/apps.ts'
import { cancelImport, listImports, problemWith, startImport } from './imports.ts'
import type { ImportRow } from './imports.ts'
import { ImportAttributes, ImportInput } from './schema.ts'

const tag = 'Apps'
const read = only('apps', 'org.permission.apps.read', 'org.user.apps.read', 'org.admin.apps.read')
const write = only('apps', 'org.admin.apps.write', 'org.permission.apps.update')
const byId = z.object({ id: z.string().max(24) })
const path = '/v1/apps/installations/:id/imports'
const mostShown = 20

export function importsRoutes(services: AppServices): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path,
      tag,
      summary: 'List what was fetched of the provider’s history, the newest first, at most 20',
      access: read,
      params: byId,
      status: 200,
      reply: z.object({
        data: z.array(resource(ImportAttributes)),
        meta: z.object({
          problem: z.string().nullable().describe('Why the history cannot be fetched; null when it can.'),
        }),
      }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const { id } = await getInstallation(reader, params.id)
          const rows = await listImports(reader, id, mostShown)
          return {
            data: rows.map(showImport),
            meta: { problem: (await problemWith(reader, services, id)) ?? null },
          }
        }),
    }),
    endpoint({
      method: 'POST',
      path,
      tag,
      summary: 'Begin fetching the provider’s history; a reconciliation also finds what it has no more',
      access: write,
      params: byId,
      body: ImportInput,
      status: 202,
      reply: document(ImportAttributes),
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: showImport(await startImport(tx, services, by, params.id, body.kind)) })),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/apps/imports/:id/cancellation',
      tag,
      summary: 'Stop fetching; what is fetched stays',
      access: write,
      params: byId,
      status: 202,
      reply: document(ImportAttributes),
      handle: ({ db, params }) => db.write(async (tx) => ({ data: showImport(await cancelImport(tx, params.id)) })),
    }),
  ]
}

function showImport(row: ImportRow) {
  return {
    type: 'import',
    id: row.id,
    attributes: {
      kind: row.kind,
      state: row.state,
      total: row.total,
      seen: row.seen,
      added: row.added,
      changed: row.changed,
      removed: row.removed,
      reason: row.reason,
      nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
      startedBy: row.started_by,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/apps/installations/${row.installation_id}/imports` },
  }
}
