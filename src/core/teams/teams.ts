import { databaseErrorCode } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import { checkUsers } from '../orgs/orgs.ts'
import type { TeamInput, TeamUpdate } from './schema.ts'
import { findTeams, insertTeam, lockTeam, saveTeam } from './store.ts'
import type { TeamRow } from './store.ts'

export type { TeamRow } from './store.ts'
export { findTeams, findTeamsOf, listTeams } from './store.ts'

const uniqueViolation = '23505'

export async function getTeam(reader: Reader, id: Id): Promise<TeamRow> {
  const [row] = await findTeams(reader, [id])
  if (row === undefined) {
    throw notFound('Team')
  }
  return row
}

/** Throws 400 naming the first id that is no team here. */
export async function checkTeams(reader: Reader, ids: readonly Id[], pointer: string): Promise<void> {
  const known = new Set((await findTeams(reader, [...ids])).map((team) => team.id))
  const index = ids.findIndex((id) => !known.has(id))
  if (index !== -1) {
    throw new ApiError('badparam', `There is no team ${ids[index]}.`, { pointer: `${pointer}/${index}` })
  }
}

/** Everybody who is in one of these teams. */
export async function membersOf(reader: Reader, ids: readonly Id[]): Promise<Id[]> {
  return ids.length === 0 ? [] : unique((await findTeams(reader, [...ids])).flatMap((team) => team.members))
}

export async function createTeam(tx: Tx, by: Authorized<'team'>, input: TeamInput): Promise<TeamRow> {
  await checkUsers(tx, input.members ?? [], '/members')
  const row = await insertTeam(tx, {
    name: input.name,
    display_name: input.displayName ?? null,
    icon: input.icon ?? null,
    external_id: input.externalId ?? null,
    members: unique(input.members ?? []),
    created_by: by.userId,
  })
  if (row === undefined) {
    throw nameTaken(input.name)
  }
  await teamEvent(tx, 'create', row.id)
  return row
}

export async function updateTeam(tx: Tx, by: Authorized<'team'>, id: Id, change: TeamUpdate): Promise<TeamRow> {
  await checkUsers(tx, change.members ?? [], '/members')
  return save(tx, by, id, (row) => ({
    ...row,
    name: change.name ?? row.name,
    display_name: change.displayName === undefined ? row.display_name : change.displayName,
    icon: change.icon === undefined ? row.icon : change.icon,
    external_id: change.externalId === undefined ? row.external_id : change.externalId,
    members: change.members === undefined ? row.members : unique(change.members),
  }))
}

export async function addMembers(tx: Tx, by: Authorized<'team'>, id: Id, members: Id[]): Promise<TeamRow> {
  await checkUsers(tx, members, '/members')
  return save(tx, by, id, (row) => ({ ...row, members: unique([...row.members, ...members]) }))
}

export async function removeMembers(tx: Tx, by: Authorized<'team'>, id: Id, members: Id[]): Promise<TeamRow> {
  return save(tx, by, id, (row) => ({ ...row, members: row.members.filter((member) => !members.includes(member)) }))
}

export async function deleteTeam(tx: Tx, by: Authorized<'team'>, id: Id): Promise<void> {
  await save(tx, by, id, (row) => ({ ...row, deleted_at: new Date() }))
}

async function save(tx: Tx, by: Authorized<'team'>, id: Id, change: (row: TeamRow) => TeamRow): Promise<TeamRow> {
  const row = await lockTeam(tx, id)
  if (row === undefined) {
    throw notFound('Team')
  }
  const changed = { ...change(row), modified_by: by.userId }
  try {
    await saveTeam(tx, changed)
  } catch (error) {
    throw databaseErrorCode(error) === uniqueViolation ? nameTaken(changed.name) : error
  }
  await teamEvent(tx, 'update', id)
  return changed
}

function unique(ids: readonly Id[]): Id[] {
  return [...new Set(ids)]
}

function nameTaken(name: string): ApiError {
  return new ApiError('conflict', `There is a team named ${name} already.`, { pointer: '/name' })
}

async function teamEvent(tx: Tx, verb: 'create' | 'update', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `kustomer.team.${verb}`, objectType: 'team', objectId: id }])
}
