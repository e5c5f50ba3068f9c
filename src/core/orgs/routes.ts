import { z } from 'zod'

import { everybody, may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { notFound } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import { createApiKey, findApiKeyById, listApiKeys, removeApiKey, removeOwnKey } from './api-keys.ts'
import type { ApiKeyRow } from './api-keys.ts'
import { createUser, findUsers, getOrg, getUser, listUsers, resetSignIn, updateOrg, updateUser } from './orgs.ts'
import type { OrgRow } from './orgs.ts'
import {
  ApiKeyInput,
  CurrentUserUpdate,
  OrgAttributes,
  OrgUpdate,
  Role,
  TokenAttributes,
  UserAttributes,
  UserInput,
  UserUpdate,
} from './schema.ts'
import { showUser } from './show.ts'
import type { SignIn } from './sign-in.ts'

const people = 'Users and API keys'
const security = only('security', 'org.admin.security', 'org.permission.security')
const byId = z.object({ id: z.string().max(2500) })
const anybody = everybody('own')

export function orgsRoutes(deps: { signIn: SignIn; signingKey: Buffer; roles: () => string[] }): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/orgs/current',
      tag: 'Organisation',
      summary: 'Read your organisation',
      access: anybody,
      status: 200,
      reply: document(OrgAttributes),
      handle: ({ db }) => db.read(async (reader) => ({ data: showOrg(await getOrg(reader)) })),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/orgs/current',
      tag: 'Organisation',
      summary: 'Rename your organisation',
      access: only('org', 'org.admin.org.write', 'org.permission.org.update'),
      body: OrgUpdate,
      status: 200,
      reply: document(OrgAttributes),
      handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showOrg(await updateOrg(tx, by, body)) })),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/orgs/:id',
      tag: 'Organisation',
      summary: 'Read your organisation by its id',
      access: anybody,
      params: byId,
      status: 200,
      reply: document(OrgAttributes),
      handle: ({ db, params }) => {
        if (params.id !== db.orgId) {
          throw notFound('Organisation')
        }
        return db.read(async (reader) => ({ data: showOrg(await getOrg(reader)) }))
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/users',
      tag: people,
      summary: 'List users',
      access: may('read', 'user'),
      status: 200,
      reply: page(UserAttributes),
      query: PageQuery.extend({
        userType: z.enum(['user', 'machine']).optional(),
        email: z.string().max(320).optional(),
        deleted: z.stringbool().default(false),
      }),
      handle: ({ db, query }) =>
        db.read(async (reader) => {
          const rows = await listUsers(reader, query, query.pageSize + 1, (query.page - 1) * query.pageSize)
          return pageOf('/v1/users', query, rows.map(showUser))
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/users',
      tag: people,
      summary: 'Add a user',
      access: only('user', 'org.admin.user.write', 'org.permission.user.create'),
      body: UserInput,
      status: 201,
      isSecret: true,
      reply: document(UserAttributes).extend({ meta: z.object({ signInLink: z.string() }) }),
      handle: async ({ db, by, body }) => {
        const user = await db.write((tx) => createUser(tx, by, body))
        return { data: showUser(user), meta: { signInLink: await deps.signIn.createLink(user.email ?? body.email) } }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/users/current',
      tag: people,
      summary: 'Read the user you are',
      access: anybody,
      status: 200,
      reply: document(UserAttributes),
      handle: ({ db, by }) => db.read(async (reader) => ({ data: showUser(await getUser(reader, by.userId)) })),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/users/current',
      tag: people,
      summary: 'Change your own name or address',
      access: everybody('user'),
      body: CurrentUserUpdate,
      status: 200,
      reply: document(UserAttributes),
      handle: ({ db, by, body }) =>
        db.write(async (tx) => ({ data: showUser(await updateUser(tx, by, by.userId, body)) })),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/users/current/password',
      tag: people,
      summary: 'Give yourself a first password, or another one',
      access: anybody,
      status: 204,
      reply: z.void(),
      body: z.strictObject({
        password: z.string().min(10, 'must have at least 10 characters').max(128),
        currentPassword: z.string().max(128).optional(),
      }),
      handle: ({ request, body }) => deps.signIn.setPassword(request, body.password, body.currentPassword),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/users/:id',
      tag: people,
      summary: 'Read one user, or several by ids with commas between',
      access: may('read', 'user'),
      params: byId,
      status: 200,
      reply: z.union([document(UserAttributes), page(UserAttributes)]),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          if (!params.id.includes(',')) {
            return { data: showUser(await getUser(reader, params.id)) }
          }
          const ids = params.id.split(',').filter(isId)
          const users = ids.length === 0 ? [] : await findUsers(reader, ids)
          return pageOf(`/v1/users/${params.id}`, { page: 1, pageSize: 100 }, users.map(showUser))
        }),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/users/:id',
      tag: people,
      summary: 'Change a user',
      access: only('user', 'org.admin.user.write', 'org.permission.user.update'),
      params: byId,
      body: UserUpdate,
      status: 201,
      reply: document(UserAttributes),
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: showUser(await updateUser(tx, by, params.id, body)) })),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/users/:id/sign-in-links',
      tag: people,
      summary: 'Make a link that signs a user in once, for who forgot their password; the old one and all sessions end',
      access: only('user', 'org.admin.user.write', 'org.permission.user.update'),
      params: byId,
      status: 201,
      isSecret: true,
      reply: z.object({ data: z.object({ type: z.string(), signInLink: z.string() }) }),
      handle: async ({ db, by, params }) => {
        const email = await db.write((tx) => resetSignIn(tx, by, params.id))
        return { data: { type: 'sign_in_link', signInLink: await deps.signIn.createLink(email) } }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/auth/roles',
      tag: people,
      summary: 'List the roles there are',
      access: anybody,
      status: 200,
      reply: z.object({ data: z.array(z.object({ type: z.string(), id: Role })) }),
      handle: () => Promise.resolve({ data: deps.roles().map((id) => ({ type: 'role', id })) }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/auth/tokens',
      tag: people,
      summary: 'List API keys',
      access: security,
      query: PageQuery,
      status: 200,
      reply: page(TokenAttributes),
      handle: ({ db, query }) =>
        db.read(async (reader) => {
          const rows = await listApiKeys(reader, query.pageSize + 1, (query.page - 1) * query.pageSize)
          return pageOf('/v1/auth/tokens', query, rows.map(showToken))
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/auth/api-keys',
      tag: people,
      summary: 'Create an API key; its token is shown this once',
      access: security,
      body: ApiKeyInput,
      status: 201,
      isSecret: true,
      reply: document(TokenAttributes.extend({ token: z.string() })),
      handle: ({ db, body }) =>
        db.write(async (tx) => {
          const { token, id } = await createApiKey(tx, body, deps.signingKey, new Date())
          const row = await findApiKeyById(tx, id)
          if (row === undefined) {
            throw notFound('API key')
          }
          const shown = showToken(row)
          return { data: { ...shown, attributes: { ...shown.attributes, token } } }
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/auth/tokens/current',
      tag: people,
      summary: 'Check the credentials of this request',
      access: anybody,
      status: 200,
      reply: document(z.object({ userType: z.string(), roles: z.array(z.string()) })),
      handle: ({ by }) =>
        Promise.resolve({
          data: {
            type: 'token',
            id: by.userId,
            attributes: { userType: by.userType, roles: [...by.roles] },
            relationships: orgRelation(by.orgId),
            links: { self: '/v1/auth/tokens/current' },
          },
        }),
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/auth/tokens/current',
      tag: people,
      summary: 'Revoke the API key of this request',
      access: anybody,
      status: 204,
      reply: z.void(),
      handle: ({ db, by }) => db.write((tx) => removeOwnKey(tx, by.userId)),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/auth/tokens/:id',
      tag: people,
      summary: 'Read an API key; its token is not shown',
      access: security,
      params: byId,
      status: 200,
      reply: document(TokenAttributes),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const row = await findApiKeyById(reader, params.id)
          if (row === undefined) {
            throw notFound('API key')
          }
          return { data: showToken(row) }
        }),
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/auth/tokens/:id',
      tag: people,
      summary: 'Revoke an API key',
      access: security,
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, params }) => db.write((tx) => removeApiKey(tx, params.id)),
    }),
  ]
}

function showOrg(row: OrgRow) {
  return {
    type: 'org',
    id: row.org_id,
    attributes: { name: row.name, createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
    relationships: {},
    links: { self: `/v1/orgs/${row.org_id}` },
  }
}

function showToken(row: ApiKeyRow) {
  const iso = (time: Date | null) => time?.toISOString() ?? null
  return {
    type: 'token',
    id: row.id,
    attributes: {
      name: row.name,
      lastTokenChars: row.last_token_chars,
      roles: row.roles,
      cidrs: row.cidrs,
      ipAddress: row.ip_address,
      userAgent: row.user_agent,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      lastAccessedAt: iso(row.last_accessed_at),
      expiresAt: iso(row.expires_at),
    },
    relationships: {
      ...orgRelation(row.org_id),
      user: { links: { self: `/v1/users/${row.user_id}` }, data: { type: 'user', id: row.user_id } },
    },
    links: { self: `/v1/auth/tokens/${row.id}` },
  }
}
