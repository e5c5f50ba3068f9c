import { randomBytes } from 'node:crypto'

import { jwtVerify, SignJWT } from 'jose'

import type { Vault } from '../../platform/crypto.ts'
import type { Database, Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { nameConflict } from '../../platform/http/conflict.ts'
import { ApiError, InvalidRequest, notFound, problemsOf } from '../../platform/http/errors.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { Catalog } from '../apps/catalog.ts'
import { recordEvents } from '../events/events.ts'
import { Definition } from './schema.ts'
import type { RegistrationInput } from './schema.ts'
import { findNewest, findRegistration, findVersion, insertDefinition, insertRegistration, saveSecret } from './store.ts'
import type { DefinitionRow, RegistrationRow } from './store.ts'

export type { DefinitionRow, RegistrationRow } from './store.ts'
export { findNewest, listNewest } from './store.ts'

export interface DefinitionServices {
  catalog: Catalog
  vault: Vault
  outbound: Outbound
}

const secretBytes = 32
const clientBytes = 12

/** Registers an app: from now on it can publish itself, with credentials that are shown this once. */
export async function registerApp(
  tx: Tx,
  services: DefinitionServices,
  by: Authorized<'app_registration'>,
  input: RegistrationInput,
): Promise<{ registration: RegistrationRow; clientSecret: string }> {
  refuseOwnName(services, input.name, '/name')
  const id = newId()
  const clientSecret = randomBytes(secretBytes).toString('hex')
  const registration = {
    id,
    app: input.name,
    url: input.url ?? null,
    // The first 24 characters are the organisation, so that an app that publishes itself leads to its tenant.
    client_id: tx.orgId + randomBytes(clientBytes).toString('hex'),
    sealed_secret: sealSecret(services.vault, id, clientSecret),
    created_by: by.userId,
  }
  await nameConflict('app', input.name, insertRegistration(tx, registration))
  await recordEvents(tx, [{ name: 'kustomer.app.create', objectType: 'app_registration', objectId: id }])
  return { registration: await getRegistration(tx, input.name), clientSecret }
}

async function getRegistration(reader: Reader, app: string): Promise<RegistrationRow> {
  const row = await findRegistration(reader, { app })
  if (row === undefined) {
    throw notFound('App', 'app')
  }
  return row
}

/** Replaces an app's secret; what it signed with the old one is refused from now on. */
export async function renewSecret(
  tx: Tx,
  services: DefinitionServices,
  _by: Authorized<'app_registration'>,
  app: string,
): Promise<{ registration: RegistrationRow; clientSecret: string }> {
  const registration = await getRegistration(tx, app)
  const clientSecret = randomBytes(secretBytes).toString('hex')
  await saveSecret(tx, registration.id, sealSecret(services.vault, registration.id, clientSecret))
  await recordEvents(tx, [{ name: 'kustomer.app.update', objectType: 'app_registration', objectId: registration.id }])
  return { registration, clientSecret }
}

/** Who an app is that shows its client id and a token signed with its secret; throws 401. */
export async function authenticateApp(
  database: Database,
  services: DefinitionServices,
  given: { clientId: string | undefined; token: string | undefined },
): Promise<{ orgId: Id; registration: RegistrationRow }> {
  const refusal = new ApiError('unauthorized', 'The client id or token of the app is not valid.')
  const orgId = given.clientId?.slice(0, 24) ?? ''
  if (!isId(orgId) || given.token === undefined) {
    throw refusal
  }
  const clientId = given.clientId ?? ''
  const registration = await database.forOrg(orgId).read((reader) => findRegistration(reader, { clientId }))
  if (registration === undefined) {
    throw refusal
  }
  try {
    const secret = Buffer.from(openSecret(services.vault, registration))
    const { payload } = await jwtVerify(given.token, secret, { algorithms: ['HS256'] })
    if (payload['app'] !== registration.app) {
      throw refusal
    }
  } catch {
    throw refusal
  }
  return { orgId, registration }
}

/** The token that an app recognises this desk by (facts 5.3): signed with the secret that both know. */
export async function tokenFor(vault: Vault, registration: RegistrationRow, version: string): Promise<string> {
  return new SignJWT({ app: registration.app, version })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .sign(Buffer.from(openSecret(vault, registration)))
}

/**
 * Publishes a version. Versions never change: the same content again is no change, other content is 409, an older
 * version 400, and other roles need a higher first number (facts 5.2).
 */
export async function publish(
  tx: Tx,
  services: DefinitionServices,
  given: unknown,
  options: { createdBy: Id | null; again: 'is the same' | 'is refused' },
): Promise<{ row: DefinitionRow; isNew: boolean }> {
  const definition = readDefinition(services, given)
  const same = await findVersion(tx, definition.app, definition.version)
  if (same !== undefined) {
    if (
      options.again === 'is the same' &&
      JSON.stringify(sorted(same.definition)) === JSON.stringify(sorted(definition))
    ) {
      return { row: same, isNew: false }
    }
    throw new ApiError('conflict', `Version ${definition.version} of ${definition.app} is published already.`, {
      pointer: '/version',
    })
  }
  const newest = await findNewest(tx, definition.app)
  if (newest !== undefined) {
    checkSuccessor(newest.definition, definition)
  }
  await insertDefinition(tx, definition, options.createdBy)
  await recordEvents(tx, [
    {
      name: 'kustomer.app.publish',
      objectType: 'app_definition',
      objectId: tx.orgId,
      data: { app: definition.app, version: definition.version },
    },
  ])
  const row = await findNewest(tx, definition.app)
  if (row === undefined) {
    throw notFound('App', 'app')
  }
  return { row, isNew: true }
}

/** Checks a definition; the secret that an app sends with it is not kept there. */
function readDefinition(services: DefinitionServices, given: unknown): Definition {
  const parsed = Definition.safeParse(given)
  if (!parsed.success) {
    throw new InvalidRequest(problemsOf(parsed.error))
  }
  const { clientSecret: _secret, clientId: _id, ...kept } = parsed.data
  const definition = withoutTokens(kept)
  refuseOwnName(services, definition.app, '/app')
  const addresses = [
    ...definition.outboundWebhooks.map(({ url }, index) => ({ url, pointer: `/outboundWebhooks/${index}/url` })),
    ...definition.commands.map(({ url }, index) => ({ url, pointer: `/commands/${index}/url` })),
    ...(definition.url === undefined ? [] : [{ url: definition.url, pointer: '/url' }]),
  ]
  const problems = addresses.flatMap(({ url, pointer }) => {
    const problem = services.outbound.problemWith(url)
    return problem === undefined ? [] : [new ApiError('badparam', `url ${problem}`, { pointer })]
  })
  if (problems.length > 0) {
    throw new InvalidRequest(problems)
  }
  return definition
}

const tokenHeader = 'x-kustomer-app-token'

/** The library writes a token of this minute into each definition; the desk signs its own instead, so none is kept. */
function withoutTokens(definition: Definition): Definition {
  const isOther = (name: string) => name.toLowerCase() !== tokenHeader
  return {
    ...definition,
    commands: definition.commands.map((command) => ({
      ...command,
      defaultHeaders: Object.fromEntries(
        Object.entries(command.defaultHeaders ?? {}).filter(([name]) => isOther(name)),
      ),
    })),
    outboundWebhooks: definition.outboundWebhooks.map((webhook) => ({
      ...webhook,
      headers: webhook.headers.filter(({ name }) => isOther(name)),
    })),
  }
}

function refuseOwnName({ catalog }: DefinitionServices, name: string, pointer: string): void {
  if (catalog.find(name) !== undefined) {
    throw new ApiError('conflict', `This desk has an integration named ${name} already.`, { pointer })
  }
}

function checkSuccessor(before: Definition, after: Definition): void {
  const [was, is] = [numbersOf(before.version), numbersOf(after.version)]
  const difference = is.map((number, index) => number - (was[index] ?? 0)).find((it) => it !== 0) ?? 0
  if (difference < 0) {
    throw new ApiError('badparam', `Version ${before.version} is published; an older one cannot be.`, {
      pointer: '/version',
    })
  }
  const sameRoles = JSON.stringify(before.roles.toSorted()) === JSON.stringify(after.roles.toSorted())
  if (!sameRoles && is[0] === was[0]) {
    throw new ApiError('badparam', 'Other roles need a higher first number of the version.', { pointer: '/roles' })
  }
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted)
  }
  if (typeof value !== 'object' || value === null) {
    return value
  }
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, it]) => [name, sorted(it)]))
}

function sealSecret(vault: Vault, id: Id, secret: string): Buffer {
  return vault.seal(secret, `app-registration/${id}`)
}

function openSecret(vault: Vault, row: RegistrationRow): string {
  return vault.open(row.sealed_secret, `app-registration/${row.id}`)
}
