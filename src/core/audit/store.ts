import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader } from '../../platform/db/database.ts'
import type { AuditLogs } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type AuditRow = Selectable<AuditLogs>

export interface AuditFilter {
  objectType?: string | undefined
  objectId?: Id | undefined
  userId?: Id | undefined
  start?: Date | undefined
  end?: Date | undefined
  /** Only what is older, or newer, than the row of this id. */
  after?: Id | undefined
  before?: Id | undefined
}

/** The newest first; ids are in the order of time. With `before`, the page that comes before that row. */
export async function listAuditLogs(reader: Reader, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  let query = qb.selectFrom('audit_logs').selectAll().where('org_id', '=', reader.orgId)
  const equal = { object_type: filter.objectType, object_id: filter.objectId, user_id: filter.userId }
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) {
      query = query.where(column as keyof typeof equal, '=', value)
    }
  }
  if (filter.start !== undefined) {
    query = query.where('created_at', '>=', filter.start)
  }
  if (filter.end !== undefined) {
    query = query.where('created_at', '<=', filter.end)
  }
  if (filter.before !== undefined) {
    const rows = await reader.all(query.where('id', '>', filter.before).orderBy('id', 'asc').limit(limit))
    return rows.toReversed()
  }
  if (filter.after !== undefined) {
    query = query.where('id', '<', filter.after)
  }
  return reader.all(query.orderBy('id', 'desc').limit(limit))
}
