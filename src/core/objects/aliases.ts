import { batchStatement } from '../../platform/db/database.ts'
import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Effect, ObjectEffect, RemovalEffect } from '../../sdk/index.ts'

const claimStatement = batchStatement<{
  alias: string
  external_id: string
  is_provisional: boolean
  inserted: boolean
}>(
  `with claimed as (
     insert into object_aliases (org_id, source, klass, alias, external_id, is_provisional) select $1, $2, $3, alias, $5, $6 from unnest($4::text[]) alias
     on conflict (org_id, source, klass, alias) do update set external_id = object_aliases.external_id
     returning alias, external_id, is_provisional, (xmax = 0) as inserted)
   select alias, external_id, is_provisional, inserted from claimed order by array_position($4::text[], alias)`,
)

const leadStatement = batchStatement<never>(
  `update object_aliases set external_id = $6, is_provisional = $7
   where org_id = $1 and source = $2 and klass = $3 and alias = any($4::text[]) and external_id = $5`,
)

/**
 * Names objects that may come by several names by the one that came first. Two that come at once wait for each other: the names are
 * claimed in one order, and the one that was later takes what the earlier claimed.
 */
export async function withKnownNames(tx: Tx, source: Id, effects: Effect[]): Promise<Effect[]> {
  const named: Effect[] = []
  for (const effect of effects) {
    if (effect.kind === 'object' && effect.aliases !== undefined) {
      named.push(await withKnownName(tx, source, effect))
    } else if (effect.kind === 'removal') {
      named.push(await removalOfKnown(tx, source, effect))
    } else {
      named.push(effect)
    }
  }
  return named
}

async function withKnownName(tx: Tx, source: Id, effect: ObjectEffect): Promise<ObjectEffect> {
  const names = [effect.externalId, ...(effect.aliases ?? [])]
  const sorted = [...new Set(names)].toSorted()
  const { klass, externalId, isProvisional = false } = effect
  const claimed = await tx.rows(claimStatement, [tx.orgId, source, klass, sorted, externalId, isProvisional])
  // Of two that have true names of their own each stays what it is, however alike they are.
  const other = claimed.find((row) => row.external_id !== externalId && (isProvisional || row.is_provisional))
  const isKnown = claimed.some((row) => row.alias === externalId && row.external_id === externalId && !row.inserted)
  if (other === undefined || isKnown) {
    return effect
  }
  await tx.rows(leadStatement, [tx.orgId, source, klass, sorted, externalId, other.external_id, other.is_provisional])
  return { ...effect, externalId: other.external_id }
}

const aliasStatement = batchStatement<{ external_id: string }>(
  'select external_id from object_aliases where org_id = $1 and source = $2 and klass = $3 and alias = $4',
)

/** What was taken away may be here by the name that it came by first. */
async function removalOfKnown(tx: Tx, source: Id, effect: RemovalEffect): Promise<RemovalEffect> {
  const [known] = await tx.rows(aliasStatement, [tx.orgId, source, effect.klass, effect.externalId])
  return known === undefined ? effect : { ...effect, externalId: known.external_id }
}
