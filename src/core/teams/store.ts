import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Teams } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'

export type TeamRow = Selectable<Teams>

const teams = (reader: Reader) =>
  qb.selectFrom('teams').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findTeams(reader: Reader, ids: Id[]): Promise<TeamRow[]> {
  return ids.length === 0 ? [] : reader.all(teams(reader).where('id', 'in', ids))
}

export async function lockTeam(tx: Tx, id: Id): Promise<TeamRow | undefined> {
  return tx.first(teams(tx).where('id', '=', id).forUpdate())
}

export async function listTeams(reader: Reader, limit: number, offset: number): Promise<TeamRow[]> {
  return reader.all(
    teams(reader)
      .orderBy(sql`lower(name)`)
      .orderBy('id')
      .limit(limit)
      .offset(offset),
  )
}

/** The teams that a user is a member of. */
export async function findTeamsOf(reader: Reader, userId: Id): Promise<TeamRow[]> {
  return reader.all(
    teams(reader)
      .where(sql<boolean>`members @> array[${userId}]`)
      .orderBy('id'),
  )
}

/** Adds a team; undefined when its name is taken. */
export async function insertTeam(
  tx: Tx,
  team: Pick<TeamRow, 'name' | 'display_name' | 'icon' | 'external_id' | 'members' | 'created_by'>,
): Promise<TeamRow | undefined> {
  return tx.first(
    qb
      .insertInto('teams')
      .values({ ...team, org_id: tx.orgId, id: newId(), modified_by: team.created_by })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll(),
  )
}

/** Throws the database's uniqueness error when the name is taken. */
export async function saveTeam(tx: Tx, row: TeamRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = row
  await tx.all(
    qb
      .updateTable('teams')
      .set({ ...values, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}
