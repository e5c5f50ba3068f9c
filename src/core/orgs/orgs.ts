import type { Database, Reader, Tx } from '../../platform/db/database.ts'
import { databaseErrorCode } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import type { UserInput, UserUpdate } from './schema.ts'
import {
  findOrg,
  forgetPassword,
  findUser,
  findUsers,
  insertMember,
  insertOrg,
  insertUser,
  listOrgIds,
  lockWorkflowUser,
  renameOrg,
  saveAccount,
  saveUser,
  saveWorkflowUser,
} from './store.ts'
import type { OrgRow, UserRow } from './store.ts'

export type { OrgRow, UserRow } from './store.ts'
export {
  findAdmins,
  findUsers,
  hasAnybodySignedIn,
  listOrgIds,
  listUsers,
  saveReplyRules,
  saveRequiredForDone,
} from './store.ts'

export const adminRoles = ['org.admin', 'org.user', 'org.hooks']
export const agentRoles = ['org.user']

const uniqueViolation = '23505'

/** Makes an organisation with its first admin; returns both ids. */
export async function createOrg(
  database: Database,
  name: string,
  admin: { name: string; email: string },
): Promise<{ orgId: Id; userId: Id }> {
  const orgId = newId()
  const userId = await database.forOrg(orgId).write(async (tx) => {
    await insertOrg(tx, name)
    return addUser(tx, { ...admin, roles: adminRoles })
  })
  return { orgId, userId }
}

/** Adds somebody who can sign in. Throws 409 when the address is taken. */
export async function addUser(tx: Tx, input: UserInput): Promise<Id> {
  const id = newId()
  const email = input.email.toLowerCase()
  try {
    await insertUser(tx, { id, name: input.name, email, userType: 'user', roles: input.roles })
    await insertMember(tx, { id: newId(), name: input.name, email, userId: id })
  } catch (error) {
    throw asConflict(error)
  }
  return id
}

/** Adds a machine user that no key acts as: what it does is done by the desk itself. */
export async function addMachine(tx: Tx, name: string): Promise<Id> {
  const id = newId()
  await insertUser(tx, { id, name, email: null, userType: 'machine', roles: [] })
  return id
}

/** The machine user that workflows act as; made when one first does something. */
export async function workflowUser(tx: Tx): Promise<Id> {
  const known = await lockWorkflowUser(tx)
  if (known !== null) {
    return known
  }
  const id = await addMachine(tx, 'Workflows')
  await saveWorkflowUser(tx, id)
  return id
}

export async function createUser(tx: Tx, _by: Authorized<'user'>, input: UserInput): Promise<UserRow> {
  const id = await addUser(tx, input)
  await recordEvents(tx, [{ name: 'kustomer.user.create', objectType: 'user', objectId: id }])
  return getUser(tx, id)
}

export async function getUser(reader: Reader, id: Id): Promise<UserRow> {
  const user = await findUser(reader, id)
  if (user === undefined) {
    throw notFound('User')
  }
  return user
}

/** Throws 400 naming the first id that is no user here. */
export async function checkUsers(reader: Reader, ids: readonly Id[], pointer: string): Promise<void> {
  const known = new Set((ids.length === 0 ? [] : await findUsers(reader, [...ids])).map((user) => user.id))
  const index = ids.findIndex((id) => !known.has(id))
  if (index !== -1) {
    throw new ApiError('badparam', `There is no user ${ids[index]}.`, { pointer: `${pointer}/${index}` })
  }
}

/** Changes a user. `deleted: true` ends their access at once, `null` restores it. */
export async function updateUser(tx: Tx, by: Authorized<'user'>, id: Id, change: UserUpdate): Promise<UserRow> {
  const user = await getUser(tx, id)
  if (change.deleted === true && id === by.userId) {
    throw new ApiError('unprocessable', 'You cannot delete yourself; ask another admin.', { pointer: '/deleted' })
  }
  const email = change.email?.toLowerCase() ?? user.email
  const changed = {
    ...user,
    email,
    name: change.name ?? user.name,
    roles: change.roles ?? user.roles,
    deleted_at: change.deleted === undefined ? user.deleted_at : change.deleted === true ? new Date() : null,
  }
  try {
    await saveUser(tx, changed)
    if (email !== null) {
      await saveAccount(tx, id, { name: changed.name, email })
    }
  } catch (error) {
    throw asConflict(error)
  }
  await recordEvents(tx, [{ name: 'kustomer.user.update', objectType: 'user', objectId: id, data: { by: by.userId } }])
  return getUser(tx, id)
}

/** Ends a user's password and sessions, so that the next sign-in is by a link; the address for that link. Throws 422 for who cannot sign in. */
export async function resetSignIn(tx: Tx, by: Authorized<'user'>, id: Id): Promise<string> {
  const user = await getUser(tx, id)
  if (user.user_type !== 'user' || user.email === null || user.deleted_at !== null) {
    throw new ApiError('unprocessable', 'Only a person who works here can sign in.')
  }
  await forgetPassword(tx, id)
  await recordEvents(tx, [
    { name: 'tellback.user.reset_sign_in', objectType: 'user', objectId: id, data: { by: by.userId } },
  ])
  return user.email
}

export async function getOrg(reader: Reader): Promise<OrgRow> {
  const org = await findOrg(reader)
  if (org === undefined) {
    throw notFound('Organisation')
  }
  return org
}

export async function updateOrg(tx: Tx, _by: Authorized<'org'>, change: { name: string }): Promise<OrgRow> {
  await renameOrg(tx, change.name)
  await recordEvents(tx, [{ name: 'kustomer.org.update', objectType: 'org', objectId: tx.orgId }])
  return getOrg(tx)
}

/** The organisation a command works on: the only one, or the one asked for. */
export async function chooseOrg(database: Database, wanted: string | undefined): Promise<Id> {
  const ids = await listOrgIds(database)
  if (wanted !== undefined) {
    const names = await Promise.all(
      ids.map(async (id) => ({ id, name: (await database.forOrg(id).read(getOrg)).name })),
    )
    const match = names.find((org) => org.id === wanted || org.name === wanted)
    if (match === undefined) {
      throw new Error(
        `There is no organisation "${wanted}". There are: ${names.map((org) => org.name).join(', ') || 'none yet'}.`,
      )
    }
    return match.id
  }
  const [only, ...others] = ids
  if (only === undefined) {
    throw new Error('There is no organisation yet. Start the desk once: npm start')
  }
  if (others.length > 0) {
    throw new Error('There are several organisations; say which one with --org.')
  }
  return only
}

function asConflict(error: unknown): unknown {
  return databaseErrorCode(error) === uniqueViolation
    ? new ApiError('conflict', 'Somebody here has this e-mail address already.', { pointer: '/email' })
    : error
}
