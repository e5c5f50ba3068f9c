import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import type { Database } from '../../platform/db/database.ts'
import { everybody, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery, resource, userRelation } from '../../platform/http/envelope.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { countInstallations, findInstallationsOf, getApp, listInstallations } from '../apps/apps.ts'
import { AppAttributes } from '../apps/schema.ts'
import { showApp } from '../apps/show.ts'
import { appToken } from '../orgs/api-keys.ts'
import { getOrg } from '../orgs/orgs.ts'
import { authenticateApp, findNewest, publish, registerApp, renewSecret } from './app-definitions.ts'
import type { DefinitionRow, DefinitionServices, RegistrationRow } from './app-definitions.ts'
import { runCommand } from './calls.ts'
import {
  CommandRun,
  CommandRunAttributes,
  DefinitionAttributes,
  LogAttributes,
  LogInput,
  RegistrationAttributes,
  RegistrationInput,
  ViewAttributes,
} from './schema.ts'
import { findRegistration, insertLog, listLogs } from './store.ts'
import type { LogRow } from './store.ts'

const tag = 'App development'
/** Facts 5.2. */
const admin = only('app_registration', 'org.admin.apps')
const byApp = z.object({ app: z.string().max(64) })
const Registered = document(RegistrationAttributes.extend({ clientSecret: z.string().optional() }))

/** What those who make apps use: registering, publishing, running commands, logs. */
export function appDefinitionsRoutes(services: DefinitionServices & { database: Database }): Endpoint[] {
  const shown = async (reader: Parameters<typeof findNewest>[0], row: RegistrationRow, clientSecret?: string) => ({
    data: showRegistration(row, (await findNewest(reader, row.app))?.version ?? null, clientSecret),
  })
  return [
    endpoint({
      method: 'POST',
      path: '/v1/apps',
      tag,
      summary: 'Register an app, so that it can publish itself; its secret is shown this once',
      access: admin,
      body: RegistrationInput,
      status: 201,
      isSecret: true,
      reply: Registered,
      handle: ({ db, by, body }) =>
        db.write(async (tx) => {
          const { registration, clientSecret } = await registerApp(tx, services, by, body)
          return shown(tx, registration, clientSecret)
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/apps/:app',
      tag,
      summary: 'Read an app, by its name or its name and version',
      access: only('app_registration', 'org.admin.apps', 'org.permission.apps.read', 'org.user.apps.read'),
      params: byApp,
      status: 200,
      reply: z.union([Registered, document(AppAttributes)]),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const registration = await findRegistration(reader, { app: params.app.replace(/-[\^~]?\d+\.\d+\.\d+$/, '') })
          if (registration !== undefined) {
            return shown(reader, registration)
          }
          const app = await getApp(reader, services, params.app)
          return { data: showApp(app, (await countInstallations(reader)).get(app.integration.id) ?? 0) }
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/apps/:app/secret',
      tag,
      summary: "Replace an app's secret; the new one is shown this once",
      access: admin,
      params: byApp,
      status: 200,
      isSecret: true,
      reply: Registered,
      handle: ({ db, by, params }) =>
        db.write(async (tx) => {
          const { registration, clientSecret } = await renewSecret(tx, services, by, params.app)
          return shown(tx, registration, clientSecret)
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/apps/available',
      tag,
      summary: 'Publish a version of an app by its definition',
      access: admin,
      body: z.looseObject({}),
      status: 201,
      reply: document(DefinitionAttributes),
      handle: ({ db, by, body }) =>
        db.write(async (tx) => {
          const { row } = await publish(tx, services, body, { createdBy: by.userId, again: 'is refused' })
          return { data: showDefinition(row) }
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/commands/:name/run',
      tag,
      summary: "Run an app's command, named <app>.app.<command>",
      access: only('command', 'org.user.command.write', 'org.permission.command.create'), // [inferred]
      params: z.object({ name: z.string().max(255) }),
      body: CommandRun,
      status: 200,
      reply: z.object({ data: resource(CommandRunAttributes) }),
      handle: async ({ db, by, params, body }) => {
        const attributes = await runCommand(services, db, by, params.name, body)
        return {
          data: {
            type: 'command_run',
            id: attributes.commandId,
            attributes,
            relationships: { ...orgRelation(by.orgId), ...userRelation('createdBy', by.userId) },
            links: { self: `/v1/commands/${params.name}/run` },
          },
        }
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/logs',
      tag,
      summary: 'Write a line into the log of an app',
      access: only('log', 'org.user.logs.write'),
      body: LogInput,
      status: 201,
      reply: document(LogAttributes),
      handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showLog(await insertLog(tx, body, by.userId)) })),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/logs',
      tag,
      summary: 'List what apps wrote into their logs, the newest first',
      access: only('log', 'org.admin.apps', 'org.permission.apps.read', 'org.user.apps.read'),
      query: PageQuery.extend({ app: z.string().max(64).optional() }),
      status: 200,
      reply: page(LogAttributes),
      handle: ({ db, query }) =>
        db.read(async (reader) => {
          const rows = await listLogs(reader, query.app, query.pageSize + 1, (query.page - 1) * query.pageSize)
          return pageOf('/v1/logs', query, rows.map(showLog))
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/kviews',
      tag,
      summary: 'List the views of the apps that are installed',
      access: everybody('kview'),
      query: PageQuery,
      status: 200,
      reply: page(ViewAttributes),
      handle: ({ db, query }) =>
        db.read(async (reader) => {
          const apps = [...new Set((await listInstallations(reader, 100, 0)).map((row) => row.app))]
          const rows = await Promise.all(apps.map((app) => findNewest(reader, app)))
          const views = rows.flatMap((row) =>
            (row?.definition.kviews ?? []).map((view) => ({
              type: 'kview',
              id: view.name,
              attributes: { ...view, app: row?.app ?? '' },
              relationships: orgRelation(db.orgId),
              links: { self: '/v1/kviews' },
            })),
          )
          return pageOf('/v1/kviews', query, views.slice((query.page - 1) * query.pageSize))
        }),
    }),
  ]
}

/** What an app calls itself with its own credentials (facts 5.3): to publish a version, and for its token in an organisation. */
export function appGatewayRoutes(services: DefinitionServices & { database: Database; signingKey: Buffer }) {
  return (app: FastifyInstance): void => {
    const credentials = (headers: Record<string, unknown>) => {
      const [clientId, token] = [headers['x-kustomer-app-client-id'], headers['x-kustomer-app-token']]
      return {
        clientId: typeof clientId === 'string' ? clientId : undefined,
        token: typeof token === 'string' ? token : undefined,
      }
    }
    app.post('/v1/apps/:app/versions', { schema: { hide: true } }, async (request, reply) => {
      const { orgId, registration } = await authenticateApp(services.database, services, credentials(request.headers))
      const given = request.body as { app?: unknown } | undefined
      if ((request.params as { app: string }).app !== registration.app || given?.app !== registration.app) {
        throw new ApiError('forbidden', `These are the credentials of ${registration.app}.`, { pointer: '/app' })
      }
      const { row, isNew } = await services.database
        .forOrg(orgId)
        .write((tx) => publish(tx, services, given, { createdBy: registration.created_by, again: 'is the same' }))
      return reply.status(isNew ? 201 : 200).send({ data: showDefinition(row) })
    })
    app.get('/v1/orgs/:org/token', { schema: { hide: true } }, async (request) => {
      const { orgId, registration } = await authenticateApp(services.database, services, credentials(request.headers))
      const { org: wanted } = request.params as { org: string }
      return services.database.forOrg(orgId).read(async (reader) => {
        const org = await getOrg(reader)
        if (wanted !== orgId && wanted.toLowerCase() !== org.name.toLowerCase()) {
          throw notFound('Organisation')
        }
        const installations = await findInstallationsOf(reader, registration.app)
        const active = installations.find((row) => row.status !== 'disabled')
        const token = active === undefined ? undefined : await appToken(reader, active.id, services.signingKey)
        if (token === undefined) {
          throw new ApiError('forbidden', `${registration.app} is not installed in this organisation.`)
        }
        return {
          data: {
            type: 'token',
            id: registration.id,
            attributes: { token },
            relationships: orgRelation(orgId),
            links: { self: `/v1/orgs/${orgId}/token` },
          },
        }
      })
    })
  }
}

function showRegistration(row: RegistrationRow, version: string | null, clientSecret?: string) {
  return {
    type: 'app_registration',
    id: row.id,
    attributes: {
      app: row.app,
      name: row.app,
      url: row.url,
      clientId: row.client_id,
      ...(clientSecret === undefined ? {} : { clientSecret }),
      version,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.created_by) },
    links: { self: `/v1/apps/${row.app}` },
  }
}

function showDefinition(row: DefinitionRow) {
  return {
    type: 'app',
    id: row.id,
    attributes: row.definition,
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.created_by) },
    links: { self: `/v1/apps/available/${row.app}` },
  }
}

function showLog(row: LogRow) {
  return {
    type: 'log',
    id: row.id,
    attributes: {
      app: row.app,
      level: row.level,
      code: row.code,
      name: row.name,
      message: row.message,
      body: row.body,
      createdAt: row.created_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.created_by) },
    links: { self: '/v1/logs' },
  }
}
