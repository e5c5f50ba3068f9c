import { sql } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Properties } from './schema.ts'

export interface MetadataRow {
  properties: Properties
  standard_properties: Record<string, unknown>
  relationships: Record<string, unknown>
  validations: unknown[]
}

export async function findMetadata(reader: Reader, resource: string): Promise<MetadataRow | undefined> {
  const row = await reader.first(
    qb
      .selectFrom('metadata')
      .select(['properties', 'standard_properties', 'relationships', 'validations'])
      .where('org_id', '=', reader.orgId)
      .where('resource', '=', resource),
  )
  return row as MetadataRow | undefined
}

/** The properties of every resource that has some. */
export async function listProperties(reader: Reader): Promise<{ resource: string; properties: Properties }[]> {
  return (await reader.all(
    qb.selectFrom('metadata').select(['resource', 'properties']).where('org_id', '=', reader.orgId).orderBy('resource'),
  )) as { resource: string; properties: Properties }[]
}

/** Adds properties; where one exists, `keep` lets it stand and `overwrite` merges the new one over it. */
export async function mergeProperties(
  tx: Tx,
  resource: string,
  properties: Properties,
  clash: 'keep' | 'overwrite',
): Promise<void> {
  const merged =
    clash === 'keep'
      ? sql<never>`excluded.properties || metadata.properties`
      : sql<never>`metadata.properties || (
        select coalesce(jsonb_object_agg(p.key, coalesce(metadata.properties -> p.key, '{}') || p.value), '{}') from jsonb_each(excluded.properties) p)`
  await tx.all(
    qb
      .insertInto('metadata')
      .values({ org_id: tx.orgId, resource, properties: jsonb(properties) })
      .onConflict((conflict) =>
        conflict.columns(['org_id', 'resource']).doUpdateSet({ properties: merged, updated_at: sql`now()` }),
      ),
  )
}

export async function mergeOtherMetadata(
  tx: Tx,
  resource: string,
  change: {
    standardProperties?: object | undefined
    relationships?: object | undefined
    validations?: unknown[] | undefined
  },
): Promise<void> {
  await tx.all(
    qb
      .updateTable('metadata')
      .set({
        ...(change.standardProperties === undefined
          ? {}
          : { standard_properties: sql<never>`standard_properties || ${jsonb(change.standardProperties)}` }),
        ...(change.relationships === undefined
          ? {}
          : { relationships: sql<never>`relationships || ${jsonb(change.relationships)}` }),
        ...(change.validations === undefined ? {} : { validations: jsonb(change.validations) }),
        updated_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('resource', '=', resource),
  )
}
