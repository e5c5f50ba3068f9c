import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'

/** A value for a jsonb column. Without it the driver would send a list as an SQL array. */
export function jsonb(value: unknown): RawBuilder<never> {
  return sql<never>`${JSON.stringify(value)}::jsonb`
}
