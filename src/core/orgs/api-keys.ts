import ipaddr from 'ipaddr.js'
import { decodeJwt, SignJWT } from 'jose'

import { sha256 } from '../../platform/crypto.ts'
import type { Database, Reader, Tx } from '../../platform/db/database.ts'
import { covers } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import type { ApiKeyInput } from './schema.ts'
import {
  findApiKey,
  findKeyOfInstallation,
  findKeyOfUser,
  insertApiKey,
  insertUser,
  recordApiKeyUse,
  revokeApiKey,
  saveAppKey,
} from './store.ts'
import type { ApiKeyRow } from './store.ts'

export type { ApiKeyRow } from './store.ts'
export { findApiKeyById, listApiKeys } from './store.ts'

const dayMs = 24 * 60 * 60 * 1000
const shownTokenChars = 4
const rememberUseEveryMs = 60_000

/**
 * Makes a key and the machine user it acts as. The token looks like the platform's (a JWT with `id`, `user`, `org`,
 * facts 1.2) and is returned once: only its hash is kept.
 */
export async function createApiKey(
  tx: Tx,
  input: ApiKeyInput,
  signingKey: Buffer,
  now: Date,
): Promise<{ token: string; id: Id }> {
  const days = input.expiresInDays ?? undefined
  const expiresAt = days === undefined ? null : new Date(now.getTime() + days * dayMs)
  const key = await addKey(tx, { ...input, expiresAt, installationId: null }, signingKey, now)
  await recordEvents(tx, [{ name: 'tellback.api_key.create', objectType: 'api_key', objectId: key.id }])
  return key
}

interface NewKey {
  name: string
  roles: string[]
  cidrs: string[]
  expiresAt: Date | null
  installationId: Id | null
}

async function addKey(tx: Tx, input: NewKey, signingKey: Buffer, now: Date): Promise<{ token: string; id: Id }> {
  const id = newId()
  const userId = newId()
  await insertUser(tx, { id: userId, name: input.name, email: null, userType: 'machine', roles: input.roles })
  const token = await signToken(tx.orgId, { id, user_id: userId, created_at: now }, signingKey)
  const shown = { tokenHash: sha256(token), lastTokenChars: token.slice(-shownTokenChars) }
  await insertApiKey(tx, { id, userId, ...input, ...shown, createdAt: now })
  return { token, id }
}

function signToken(
  orgId: Id,
  key: Pick<ApiKeyRow, 'id' | 'user_id' | 'created_at'>,
  signingKey: Buffer,
): Promise<string> {
  return new SignJWT({ id: key.id, user: key.user_id, org: orgId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(key.created_at)
    .sign(signingKey)
}

/** Gives an installed app the key that it acts by in this organisation, or the roles of its newest version. */
export async function provideAppKey(
  tx: Tx,
  installationId: Id,
  input: { name: string; roles: string[] },
  signingKey: Buffer,
): Promise<void> {
  const key = await findKeyOfInstallation(tx, installationId)
  await (key === undefined
    ? addKey(tx, { ...input, cidrs: [], expiresAt: null, installationId }, signingKey, new Date())
    : saveAppKey(tx, key.id, { roles: input.roles }))
}

export async function switchAppKey(tx: Tx, installationId: Id, on: boolean): Promise<void> {
  const key = await findKeyOfInstallation(tx, installationId)
  if (key !== undefined) {
    await saveAppKey(tx, key.id, { revokedAt: on ? null : new Date() })
  }
}

/** The token of an installed app: always the same one, made anew each time it is asked for. Undefined while the app is switched off. */
export async function appToken(reader: Reader, installationId: Id, signingKey: Buffer): Promise<string | undefined> {
  const key = await findKeyOfInstallation(reader, installationId)
  return key === undefined || key.revoked_at !== null ? undefined : signToken(reader.orgId, key, signingKey)
}

export interface Credentials {
  token: string
  ipAddress: string
  userAgent: string | null
}

/** Who acts by this key; throws 401 for an unknown, revoked or expired one, 403 from an address it is not for. */
export async function actorOfApiKey(database: Database, credentials: Credentials, now: Date): Promise<Actor> {
  const orgId = orgOf(credentials.token)
  if (orgId === undefined) {
    throw new ApiError('unauthorized', 'The API key is not valid.')
  }
  const key = await database.forOrg(orgId).read((reader) => findApiKey(reader, sha256(credentials.token)))
  if (key === undefined) {
    throw new ApiError('unauthorized', 'The API key is not valid.')
  }
  if (isExpired(key, now)) {
    throw new ApiError('unauthorized', 'Expired token: create a new API key.') // existing clients look for these two words
  }
  if (!isAllowedFrom(key, credentials.ipAddress)) {
    throw new ApiError('forbidden', 'This API key may not be used from your address.')
  }
  if (key.last_accessed_at === null || now.getTime() - key.last_accessed_at.getTime() > rememberUseEveryMs) {
    await database.forOrg(orgId).write((tx) => recordApiKeyUse(tx, key.id, credentials))
  }
  const installation = key.installation_id === null ? {} : { installationId: key.installation_id }
  return { orgId, userId: key.user_id, userType: 'machine', roles: key.roles, ...installation }
}

/** Whether the token is a valid key of this organisation that holds all of `roles`. */
export async function isApiKeyWith(reader: Reader, token: string, roles: string[], now: Date): Promise<boolean> {
  const key = await findApiKey(reader, sha256(token))
  return key !== undefined && !isExpired(key, now) && roles.every((role) => covers(key.roles, role))
}

export async function removeApiKey(tx: Tx, id: Id): Promise<void> {
  if (!(await revokeApiKey(tx, id))) {
    throw notFound('API key')
  }
  await recordEvents(tx, [{ name: 'tellback.api_key.delete', objectType: 'api_key', objectId: id }])
}

/** Revokes the key that acts as this user; throws 422 for a person, who has none. */
export async function removeOwnKey(tx: Tx, userId: Id): Promise<void> {
  const key = await findKeyOfUser(tx, userId)
  if (key === undefined) {
    throw new ApiError('unprocessable', 'This request has no API key. People sign out at the page.')
  }
  await removeApiKey(tx, key.id)
}

function orgOf(token: string): Id | undefined {
  try {
    const org = decodeJwt(token)['org']
    return typeof org === 'string' && isId(org) ? org : undefined
  } catch {
    return undefined
  }
}

function isExpired(key: ApiKeyRow, now: Date): boolean {
  return key.expires_at !== null && key.expires_at <= now
}

function isAllowedFrom(key: ApiKeyRow, address: string): boolean {
  if (key.cidrs.length === 0) {
    return true
  }
  const from = ipaddr.process(address)
  return key.cidrs.some((cidr) => {
    const [range, bits] = ipaddr.parseCIDR(cidr)
    return range.kind() === from.kind() && from.match([range, bits] as never)
  })
}
