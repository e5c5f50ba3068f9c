import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb, statement } from '../../platform/db/database.ts'
import type { Database, Reader, Tx } from '../../platform/db/database.ts'
import type { ApiKeys, Orgs, Users } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type OrgRow = Selectable<Orgs>
export type UserRow = Selectable<Users>
export type ApiKeyRow = Selectable<ApiKeys>

export async function insertOrg(tx: Tx, name: string): Promise<void> {
  await tx.all(qb.insertInto('orgs').values({ org_id: tx.orgId, name }))
}

export async function findOrg(reader: Reader): Promise<OrgRow | undefined> {
  return reader.first(qb.selectFrom('orgs').selectAll().where('org_id', '=', reader.orgId))
}

export async function renameOrg(tx: Tx, name: string): Promise<void> {
  await tx.all(
    qb
      .updateTable('orgs')
      .set({ name, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId),
  )
}

export async function saveRequiredForDone(tx: Tx, fields: string[]): Promise<void> {
  const change = { required_for_done: fields, updated_at: sql<Date>`now()` }
  await tx.all(qb.updateTable('orgs').set(change).where('org_id', '=', tx.orgId))
}

/** People who hold the role of an admin. */
export async function findAdmins(reader: Reader): Promise<Id[]> {
  const rows = await reader.all(
    qb
      .selectFrom('users')
      .select('id')
      .where('org_id', '=', reader.orgId)
      .where('user_type', '=', 'user')
      .where('deleted_at', 'is', null)
      .where(sql<boolean>`'org.admin' = any(roles)`),
  )
  return rows.map((row) => row.id)
}

export async function saveReplyRules(tx: Tx, needApproval: boolean): Promise<void> {
  await tx.all(
    qb
      .updateTable('orgs')
      .set({ replies_need_approval: needApproval, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId),
  )
}

export async function insertUser(
  tx: Tx,
  user: { id: Id; name: string; email: string | null; userType: 'user' | 'machine'; roles: string[] },
): Promise<void> {
  await tx.all(
    qb.insertInto('users').values({
      org_id: tx.orgId,
      id: user.id,
      name: user.name,
      email: user.email,
      user_type: user.userType,
      roles: user.roles,
    }),
  )
}

export async function findUser(reader: Reader, id: Id): Promise<UserRow | undefined> {
  return reader.first(qb.selectFrom('users').selectAll().where('org_id', '=', reader.orgId).where('id', '=', id))
}

export async function findUsers(reader: Reader, ids: Id[]): Promise<UserRow[]> {
  const users = qb.selectFrom('users').selectAll().where('org_id', '=', reader.orgId)
  return ids.length === 0 ? [] : reader.all(users.where('id', 'in', ids).orderBy('id'))
}

export async function listUsers(
  reader: Reader,
  filter: { userType?: string | undefined; email?: string | undefined; deleted: boolean },
  limit: number,
  offset: number,
): Promise<UserRow[]> {
  let query = qb
    .selectFrom('users')
    .selectAll()
    .where('org_id', '=', reader.orgId)
    .where('deleted_at', filter.deleted ? 'is not' : 'is', null)
  if (filter.userType !== undefined) {
    query = query.where('user_type', '=', filter.userType)
  }
  if (filter.email !== undefined) {
    query = query.where(sql`lower(email)`, '=', filter.email.toLowerCase())
  }
  return reader.all(query.orderBy('id').limit(limit).offset(offset))
}

export async function saveUser(tx: Tx, user: UserRow): Promise<void> {
  await tx.all(
    qb
      .updateTable('users')
      .set({
        name: user.name,
        email: user.email,
        roles: user.roles,
        deleted_at: user.deleted_at,
        updated_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', user.id),
  )
}

/** Adds an account (who can sign in) and makes it act as a user of the organisation. */
export async function insertMember(
  tx: Tx,
  account: { id: string; name: string; email: string; userId: Id },
): Promise<void> {
  const existing = await tx.first(qb.selectFrom('auth_user').select('id').where('email', '=', account.email))
  if (existing === undefined) {
    await tx.all(
      qb
        .insertInto('auth_user')
        .values({ id: account.id, name: account.name, email: account.email, emailVerified: false }),
    )
  }
  await tx.all(
    qb
      .insertInto('auth_member')
      .values({ account_id: existing?.id ?? account.id, org_id: tx.orgId, user_id: account.userId }),
  )
}

/** Keeps the name and address of the account in step with the user's. */
export async function saveAccount(tx: Tx, userId: Id, account: { name: string; email: string }): Promise<void> {
  const member = qb
    .selectFrom('auth_member')
    .select('account_id')
    .where('org_id', '=', tx.orgId)
    .where('user_id', '=', userId)
  await tx.all(
    qb
      .updateTable('auth_user')
      .set({ ...account, updatedAt: sql`now()` })
      .where('id', 'in', member),
  )
}

/** Takes the password, and every session, from a user's account. */
export async function forgetPassword(tx: Tx, userId: Id): Promise<void> {
  const member = qb
    .selectFrom('auth_member')
    .select('account_id')
    .where('org_id', '=', tx.orgId)
    .where('user_id', '=', userId)
  await tx.all(qb.deleteFrom('auth_account').where('userId', 'in', member))
  await tx.all(qb.deleteFrom('auth_session').where('userId', 'in', member))
}

/** Which user of which organisation an account is. One organisation per account for now: the oldest. */
export async function findMember(
  database: Database,
  accountId: string,
): Promise<{ orgId: Id; userId: Id } | undefined> {
  const found = await database.pool.query<{ org_id: Id; user_id: Id }>(
    'select org_id, user_id from auth_member where account_id = $1 order by org_id limit 1',
    [accountId],
  )
  const row = found.rows[0]
  return row === undefined ? undefined : { orgId: row.org_id, userId: row.user_id }
}

export async function hasAccount(database: Database, email: string): Promise<boolean> {
  const found = await database.pool.query('select from auth_user where email = $1', [email])
  return found.rowCount !== 0
}

/** Ids of all organisations, oldest first. */
export async function listOrgIds(database: Database): Promise<Id[]> {
  const found = await database.pool.query<{ org_id: Id }>('select distinct org_id from auth_member order by org_id')
  return found.rows.map((row) => row.org_id)
}

export async function hasAnybodySignedIn(database: Database): Promise<boolean> {
  const found = await database.pool.query('select from auth_session limit 1')
  return found.rowCount !== 0
}

export async function insertApiKey(
  tx: Tx,
  key: {
    id: Id
    userId: Id
    name: string
    roles: string[]
    tokenHash: Buffer
    lastTokenChars: string
    cidrs: string[]
    expiresAt: Date | null
    installationId: Id | null
    /** Part of what the token is made of. */
    createdAt: Date
  },
): Promise<void> {
  await tx.all(
    qb.insertInto('api_keys').values({
      org_id: tx.orgId,
      id: key.id,
      user_id: key.userId,
      name: key.name,
      roles: key.roles,
      token_hash: key.tokenHash,
      last_token_chars: key.lastTokenChars,
      cidrs: key.cidrs,
      expires_at: key.expiresAt,
      installation_id: key.installationId,
      created_at: key.createdAt,
    }),
  )
}

const apiKeyStatement = statement<ApiKeyRow>(
  'api-key-by-token',
  'select * from api_keys where org_id = $1 and token_hash = $2 and revoked_at is null',
)

export async function findApiKey(reader: Reader, tokenHash: Buffer): Promise<ApiKeyRow | undefined> {
  return (await reader.rows(apiKeyStatement, [reader.orgId, tokenHash]))[0]
}

export async function findApiKeyById(reader: Reader, id: Id): Promise<ApiKeyRow | undefined> {
  return reader.first(
    qb
      .selectFrom('api_keys')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null),
  )
}

export async function listApiKeys(reader: Reader, limit: number, offset: number): Promise<ApiKeyRow[]> {
  return reader.all(
    qb
      .selectFrom('api_keys')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('revoked_at', 'is', null)
      .orderBy('id', 'desc')
      .limit(limit)
      .offset(offset),
  )
}

export async function findKeyOfUser(reader: Reader, userId: Id): Promise<ApiKeyRow | undefined> {
  return reader.first(
    qb
      .selectFrom('api_keys')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null),
  )
}

/** The key that an installed app acts by, whether it is switched on or not. */
export async function findKeyOfInstallation(reader: Reader, installationId: Id): Promise<ApiKeyRow | undefined> {
  return reader.first(
    qb
      .selectFrom('api_keys')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('installation_id', '=', installationId)
      .orderBy('id', 'desc')
      .limit(1),
  )
}

export async function saveAppKey(tx: Tx, id: Id, change: { roles?: string[]; revokedAt?: Date | null }): Promise<void> {
  await tx.all(
    qb
      .updateTable('api_keys')
      .set({
        ...(change.roles === undefined ? {} : { roles: change.roles }),
        ...(change.revokedAt === undefined ? {} : { revoked_at: change.revokedAt }),
        updated_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

export async function recordApiKeyUse(
  tx: Tx,
  id: Id,
  from: { ipAddress: string; userAgent: string | null },
): Promise<void> {
  await tx.all(
    qb
      .updateTable('api_keys')
      .set({ last_accessed_at: sql`now()`, ip_address: from.ipAddress, user_agent: from.userAgent })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

export async function revokeApiKey(tx: Tx, id: Id): Promise<boolean> {
  const rows = await tx.all(
    qb
      .updateTable('api_keys')
      .set({ revoked_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('id'),
  )
  return rows.length > 0
}

/** Who workflows act as, held against others who would make that user too. */
export async function lockWorkflowUser(tx: Tx): Promise<Id | null> {
  const query = qb.selectFrom('orgs').select('workflow_user_id').where('org_id', '=', tx.orgId).forNoKeyUpdate()
  return (await tx.first(query))?.workflow_user_id ?? null
}

export async function saveWorkflowUser(tx: Tx, id: Id): Promise<void> {
  await tx.all(qb.updateTable('orgs').set({ workflow_user_id: id }).where('org_id', '=', tx.orgId))
}
