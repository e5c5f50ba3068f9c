import { sql } from 'kysely'
import type { RawBuilder, Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Customers, SavedSearches } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import { tables } from './compile.ts'
import type { Condition } from './compile.ts'
import type { Order, Position } from './order.ts'
import type { Returned } from './results.ts'
import type { SearchQuery } from './schema.ts'

/** Which rows of which object are meant. */
export interface Selection {
  object: Returned
  klass: string | undefined
  includeDeleted: boolean
  condition: Condition
  /** Whether counting costs no more than finding. */
  isCountable: boolean
}

export interface Found {
  row: { id: Id; customer_id?: Id | null }
  values: string[]
}

const compilable = <Row>(query: RawBuilder<Row>) => ({ compile: () => query.compile(qb) })

function from(reader: Reader, { object, klass, includeDeleted, condition }: Selection): RawBuilder<unknown> {
  const { name, isMarked } = tables[object]
  const isThere = isMarked && !includeDeleted ? sql`base.deleted_at is null` : sql`true`
  const isOfKlass = klass === undefined ? sql`true` : sql`base.klass = ${klass}`
  return sql`from ${sql.table(name)} base where base.org_id = ${reader.orgId} and ${isThere} and ${isOfKlass} and ${condition}`
}

/** Whole rows in order, with what their places in it are made of. */
export async function findRows(
  reader: Reader,
  selection: Selection,
  order: Order,
  page: { limit: number; offset: number; after: Position | undefined },
): Promise<Found[]> {
  const beyond = page.after === undefined ? sql`true` : order.after(page.after)
  const rows = await reader.all(
    compilable(
      sql<
        Found['row'] & { sort_values: string[] }
      >`select base.*, ${order.values} as sort_values ${from(reader, selection)} and ${beyond} order by ${order.by} limit ${page.limit} offset ${page.offset}`,
    ),
  )
  return rows.map(({ sort_values: values, ...row }) => ({ row, values }))
}

/** Beyond this nobody reads the exact number, and counting costs as much as there is to count. */
const mostCounted = 10_000

/** Undefined when there are more than are counted. */
export async function countRows(reader: Reader, selection: Selection): Promise<number | undefined> {
  const [row] = await reader.all(
    compilable(
      sql<{
        total: number
      }>`select count(*)::int as total from (select ${from(reader, selection)} limit ${mostCounted + 1}) counted`,
    ),
  )
  return row === undefined || row.total > mostCounted ? undefined : row.total
}

/** What the planner thinks of how many there are; where that many were counted, more than these. */
export async function estimateRows(reader: Reader, selection: Selection): Promise<number> {
  const least = selection.isCountable ? mostCounted + 1 : 1
  const [row] = await reader.all(
    compilable(
      sql<{
        'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }]
      }>`explain (format json) select ${from(reader, selection)}`,
    ),
  )
  return Math.max(row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0, least)
}

export async function findCustomersOf(reader: Reader, ids: Id[]): Promise<Selectable<Customers>[]> {
  return ids.length === 0
    ? []
    : reader.all(qb.selectFrom('customers').selectAll().where('org_id', '=', reader.orgId).where('id', 'in', ids))
}

export type SavedSearchRow = Omit<Selectable<SavedSearches>, 'query'> & { query: SearchQuery }

const savedSearches = (reader: Reader) =>
  qb.selectFrom('saved_searches').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

/** Those that a user sees: their own, those shared with everybody, and those shared with one of their teams. */
const visibleTo = (userId: Id, teams: Id[]) =>
  sql<boolean>`(owner_id = ${userId} or shared or shared_teams && ${teams}::text[])`

export async function findSavedSearch(
  reader: Reader,
  id: Id,
  userId: Id,
  teams: Id[],
): Promise<SavedSearchRow | undefined> {
  return (await reader.first(savedSearches(reader).where('id', '=', id).where(visibleTo(userId, teams)))) as
    | SavedSearchRow
    | undefined
}

export async function lockSavedSearch(tx: Tx, id: Id, userId: Id, teams: Id[]): Promise<SavedSearchRow | undefined> {
  return (await tx.first(savedSearches(tx).where('id', '=', id).where(visibleTo(userId, teams)).forNoKeyUpdate())) as
    | SavedSearchRow
    | undefined
}

export async function listSavedSearches(
  reader: Reader,
  filter: { userId: Id; teams: Id[]; pinned: boolean | undefined },
  limit: number,
  offset: number,
): Promise<SavedSearchRow[]> {
  let query = savedSearches(reader).where(visibleTo(filter.userId, filter.teams))
  if (filter.pinned !== undefined) {
    query = query.where('pinned', '=', filter.pinned)
  }
  return (await reader.all(query.orderBy('position').orderBy('id').limit(limit).offset(offset))) as SavedSearchRow[]
}

export async function insertSavedSearch(tx: Tx, row: SavedSearchRow): Promise<void> {
  await tx.all(qb.insertInto('saved_searches').values({ ...row, query: jsonb(row.query) }))
}

export async function writeSavedSearch(tx: Tx, row: SavedSearchRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, owner_id: _owner, ...values } = row
  await tx.all(
    qb
      .updateTable('saved_searches')
      .set({ ...values, query: jsonb(row.query) })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}

/** Whole rows of an object's table in the order of their ids. */
export async function findAfter(reader: Reader, object: Returned, after: Id, limit: number): Promise<{ id: Id }[]> {
  const { name, isMarked } = tables[object]
  return reader.all(
    compilable(
      sql<{
        id: Id
      }>`select base.* from ${sql.table(name)} base where base.org_id = ${reader.orgId} and base.id > ${after} and ${isMarked ? sql`base.deleted_at is null` : sql`true`} order by base.id limit ${limit}`,
    ),
  )
}
