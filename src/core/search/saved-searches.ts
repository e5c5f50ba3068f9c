import type { Reader, Tx } from '../../platform/db/database.ts'
import { covers } from '../../platform/http/access.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { checkRev } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import { checkTeams, findTeamsOf } from '../teams/teams.ts'
import { readCriteria } from './criteria.ts'
import { checkTimeZone } from './moments.ts'
import { Order } from './order.ts'
import type { SavedSearchInput, SavedSearchUpdate, SearchQuery } from './schema.ts'
import { findSavedSearch, insertSavedSearch, listSavedSearches, lockSavedSearch, writeSavedSearch } from './store.ts'
import type { SavedSearchRow } from './store.ts'

export type { SavedSearchRow } from './store.ts'

/** A search that this user sees; throws 404. */
export async function getSavedSearch(reader: Reader, by: Actor, id: Id): Promise<SavedSearchRow> {
  const row = await findSavedSearch(reader, id, by.userId, await teamsOf(reader, by))
  if (row === undefined) {
    throw notFound('Saved search')
  }
  return row
}

export async function savedSearchesOf(
  reader: Reader,
  by: Actor,
  filter: { pinned: boolean | undefined },
  limit: number,
  offset: number,
): Promise<SavedSearchRow[]> {
  return listSavedSearches(reader, { userId: by.userId, teams: await teamsOf(reader, by), ...filter }, limit, offset)
}

/** Keeps a search. What it asks for is checked now, so that a kept search can be read. */
export async function createSavedSearch(
  tx: Tx,
  by: Authorized<'search'>,
  input: SavedSearchInput,
): Promise<SavedSearchRow> {
  checkQuery(input.query)
  await checkTeams(tx, input.sharedTeams, '/sharedTeams')
  const now = new Date()
  const row: SavedSearchRow = {
    org_id: tx.orgId,
    id: newId(),
    name: input.name,
    context: input.query.queryContext,
    query: input.query,
    icon: input.icon ?? null,
    owner_id: by.userId,
    shared: input.shared,
    shared_teams: input.sharedTeams,
    pinned: input.pinned,
    position: input.position,
    rev: 1,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  }
  await insertSavedSearch(tx, row)
  await savedSearchEvent(tx, 'create', row)
  return row
}

/** Changes a search: what is left out stays. Others' shared searches are changed by admins alone. */
export async function updateSavedSearch(
  tx: Tx,
  by: Authorized<'search'>,
  id: Id,
  input: SavedSearchUpdate,
): Promise<SavedSearchRow> {
  const before = await heldOwn(tx, by, id)
  checkRev('saved search', input.rev, before.rev)
  if (input.query !== undefined) {
    checkQuery(input.query, '/query')
  }
  await checkTeams(tx, input.sharedTeams ?? [], '/sharedTeams')
  const row: SavedSearchRow = {
    ...before,
    name: input.name ?? before.name,
    query: input.query ?? before.query,
    context: input.query?.queryContext ?? before.context,
    icon: input.icon === undefined ? before.icon : input.icon,
    shared: input.shared ?? before.shared,
    shared_teams: input.sharedTeams ?? before.shared_teams,
    pinned: input.pinned ?? before.pinned,
    position: input.position ?? before.position,
    rev: before.rev + 1,
    updated_at: new Date(),
  }
  await writeSavedSearch(tx, row)
  await savedSearchEvent(tx, 'update', row)
  return row
}

export async function deleteSavedSearch(tx: Tx, by: Authorized<'search'>, id: Id): Promise<void> {
  const row = await heldOwn(tx, by, id)
  await writeSavedSearch(tx, { ...row, deleted_at: new Date() })
  await savedSearchEvent(tx, 'delete', row)
}

async function heldOwn(tx: Tx, by: Actor, id: Id): Promise<SavedSearchRow> {
  const row = await lockSavedSearch(tx, id, by.userId, await teamsOf(tx, by))
  if (row === undefined) {
    throw notFound('Saved search')
  }
  if (row.owner_id !== by.userId && !covers(by.roles, 'org.admin.search.write')) {
    throw new ApiError('forbidden', 'This search is somebody else’s. Save a copy of it, or ask an admin.')
  }
  return row
}

async function teamsOf(reader: Reader, by: Actor): Promise<Id[]> {
  return (await findTeamsOf(reader, by.userId)).map((team) => team.id)
}

/** Throws 400, as running it would. */
function checkQuery(query: SearchQuery, root = '/query'): void {
  try {
    checkTimeZone(query.timeZone)
    readCriteria(query)
    const object = query.queryContext.startsWith('kobject') ? 'kobject' : query.queryContext
    void new Order(query.sort, object as 'customer', 'base')
  } catch (error) {
    if (error instanceof ApiError && error.source !== undefined && 'pointer' in error.source) {
      throw new ApiError(error.code, error.message, { pointer: root + error.source.pointer })
    }
    throw error
  }
}

async function savedSearchEvent(tx: Tx, verb: 'create' | 'update' | 'delete', row: SavedSearchRow): Promise<void> {
  await recordEvents(tx, [{ name: `tellback.saved_search.${verb}`, objectType: 'saved_search', objectId: row.id }])
}
