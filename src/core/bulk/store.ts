import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { BulkJobs } from '../../platform/db/types.generated.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import type { ItemResult } from './schema.ts'

export interface BulkItem {
  id?: string
  body?: unknown
  clientRef?: unknown
}

export type BulkRow = Omit<Selectable<BulkJobs>, 'items' | 'results' | 'actor' | 'status' | 'method'> & {
  items: BulkItem[]
  results: ItemResult[]
  actor: Actor
  status: 'queued' | 'running' | 'complete' | 'canceled'
  method: 'POST' | 'PUT' | 'DELETE'
}

const jobs = (reader: Reader) => qb.selectFrom('bulk_jobs').selectAll().where('org_id', '=', reader.orgId)

export async function findBulk(reader: Reader, id: Id): Promise<BulkRow | undefined> {
  return (await reader.first(jobs(reader).where('id', '=', id))) as unknown as BulkRow | undefined
}

export async function lockBulk(tx: Tx, id: Id): Promise<BulkRow | undefined> {
  return (await tx.first(jobs(tx).where('id', '=', id).forNoKeyUpdate())) as unknown as BulkRow | undefined
}

export async function listBulks(reader: Reader, limit: number, offset: number): Promise<BulkRow[]> {
  return (await reader.all(jobs(reader).orderBy('id', 'desc').limit(limit).offset(offset))) as unknown as BulkRow[]
}

export async function insertBulk(
  tx: Tx,
  row: Pick<BulkRow, 'id' | 'context' | 'method' | 'path' | 'items' | 'actor'>,
): Promise<void> {
  await tx.all(
    qb.insertInto('bulk_jobs').values({
      ...row,
      org_id: tx.orgId,
      items: jsonb(row.items),
      actor: jsonb(row.actor),
      created_by: row.actor.userId,
    }),
  )
}

export async function setStatus(tx: Tx, id: Id, status: BulkRow['status']): Promise<void> {
  const isOver = status === 'complete' || status === 'canceled'
  await tx.all(
    qb
      .updateTable('bulk_jobs')
      .set({ status, updated_at: sql`now()`, ...(isOver ? { completed_at: sql<Date>`now()` } : {}) })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

export async function addResult(tx: Tx, id: Id, result: ItemResult): Promise<void> {
  await tx.all(
    qb
      .updateTable('bulk_jobs')
      .set({ results: sql`results || ${jsonb([result])}`, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}
