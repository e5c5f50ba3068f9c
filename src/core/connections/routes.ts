import { z } from 'zod'

import type { OrgDb, Reader, Tx } from '../../platform/db/database.ts'
import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation } from '../../platform/http/envelope.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { ProviderError } from '../../sdk/index.ts'
import { getInstallation, integrationOf, wouldBecome } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import { beginConnecting, disconnect, findConnection, redirectUri } from './connections.ts'
import type { ConnectionServices } from './connections.ts'
import { contextOf } from './context.ts'
import { ChoiceList, ConnectionAttributes, ConnectionStarted } from './schema.ts'

const tag = 'Apps'
const read = only('apps', 'org.permission.apps.read', 'org.user.apps.read', 'org.admin.apps.read')
const write = only('apps', 'org.admin.apps.write', 'org.permission.apps.update')
const byId = z.object({ id: z.string().max(24) })
const path = '/v1/apps/installations/:id/connection'

export function connectionsRoutes(services: ConnectionServices): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path,
      tag,
      summary: 'Read whether an installation is connected to its provider, and what connecting needs',
      access: read,
      params: byId,
      status: 200,
      reply: document(ConnectionAttributes),
      handle: ({ db, params }) => db.read((reader) => show(reader, services, params.id)),
    }),
    endpoint({
      method: 'POST',
      path,
      tag,
      summary: 'Begin connecting; the address it answers is opened in the browser of whoever asked',
      access: write,
      params: byId,
      status: 201,
      reply: ConnectionStarted,
      isSecret: true,
      handle: ({ db, by, params }) =>
        db.write(async (tx: Tx) => ({ data: { url: await beginConnecting(tx, services, by, params.id) } })),
    }),
    endpoint({
      method: 'DELETE',
      path,
      tag,
      summary: 'Give the access back, here and at the provider',
      access: write,
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) => disconnect(db, services, by, params.id),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/apps/installations/:id/choices/:setting',
      tag,
      summary: 'List what a setting can be, as the provider has it',
      access: write,
      params: byId.extend({ setting: z.string().max(100) }),
      query: z.object({
        q: z.string().max(255).default(''),
        given: z
          .string()
          .max(4000)
          .optional()
          .describe(
            'Settings that are chosen and not saved yet, as JSON: what one list has may depend on another choice.',
          ),
      }),
      status: 200,
      reply: ChoiceList,
      handle: async ({ db, params, query }) => ({
        data: await choices(db, services, params.id, params.setting, query),
      }),
    }),
  ]
}

async function show(reader: Reader, services: ConnectionServices, id: Id) {
  const row = await getInstallation(reader, id)
  const integration = integrationOf(services.catalog, row.app)
  const connection = await findConnection(reader, row.id)
  const client = integration.connection?.client(integration.settings.parse(openSettings(services.vault, row)))
  return {
    data: {
      type: 'connection',
      id: row.id,
      attributes: {
        isConnected: connection !== undefined,
        isPossible: client !== undefined,
        redirectUri: redirectUri(services),
        instructions: integration.connection?.instructions ?? '',
        connectedAt: connection?.connected_at.toISOString() ?? null,
        connectedBy: connection?.connected_by ?? null,
        expiresAt: connection?.refresh_expires_at.toISOString() ?? null,
      },
      relationships: orgRelation(row.org_id),
      links: { self: `/v1/apps/installations/${row.id}/connection` },
    },
  }
}

async function choices(
  db: OrgDb,
  services: ConnectionServices,
  id: Id,
  setting: string,
  { q: search, given }: { q: string; given?: string | undefined },
) {
  const row = await db.read((reader) =>
    given === undefined ? getInstallation(reader, id) : wouldBecome(reader, services, id, parseGiven(given)),
  )
  const integration = integrationOf(services.catalog, row.app)
  const list = integration.choices?.[setting]
  if (list === undefined) {
    throw new ApiError('notfound', `${integration.name} has no list for "${setting}".`, { parameter: 'setting' })
  }
  try {
    return await list(search, contextOf(services, db, integration, row))
  } catch (error) {
    throw error instanceof ProviderError ? new ApiError('unprocessable', error.message) : error
  }
}

function parseGiven(text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    throw new ApiError('badparam', 'must be a JSON object of settings', { parameter: 'given' })
  }
}
