import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Connections } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type ConnectionRow = Selectable<Connections>

const connections = (reader: Reader) => qb.selectFrom('connections').selectAll().where('org_id', '=', reader.orgId)

export async function findConnection(reader: Reader, installationId: Id): Promise<ConnectionRow | undefined> {
  return reader.first(connections(reader).where('installation_id', '=', installationId))
}

/** The same, held: whoever renews a connection keeps others from renewing it beside them. */
export async function lockConnection(tx: Tx, installationId: Id): Promise<ConnectionRow | undefined> {
  return tx.first(connections(tx).where('installation_id', '=', installationId).forUpdate())
}

export interface SealedTokens {
  tokens: Buffer
  expires_at: Date | null
  refresh_expires_at: Date
}

export async function upsertConnection(
  tx: Tx,
  installationId: Id,
  sealed: SealedTokens,
  connectedBy: Id | null,
): Promise<void> {
  const values = { ...sealed, connected_by: connectedBy }
  await tx.all(
    qb
      .insertInto('connections')
      .values({ org_id: tx.orgId, installation_id: installationId, ...values })
      .onConflict((conflict) =>
        conflict
          .columns(['org_id', 'installation_id'])
          .doUpdateSet({ ...values, connected_at: sql`now()`, updated_at: sql`now()` }),
      ),
  )
}

export async function saveTokens(tx: Tx, installationId: Id, sealed: SealedTokens): Promise<void> {
  await tx.all(
    qb
      .updateTable('connections')
      .set({ ...sealed, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('installation_id', '=', installationId),
  )
}

export async function deleteConnection(tx: Tx, installationId: Id): Promise<void> {
  await tx.all(
    qb.deleteFrom('connections').where('org_id', '=', tx.orgId).where('installation_id', '=', installationId),
  )
}

export interface Attempt {
  state_hash: Buffer
  installation_id: Id
  user_id: Id
  expires_at: Date
}

/** Remembers who went to the provider; what lapsed is forgotten. */
export async function insertAttempt(tx: Tx, attempt: Attempt): Promise<void> {
  await tx.all(
    qb
      .deleteFrom('connection_attempts')
      .where('org_id', '=', tx.orgId)
      .where('expires_at', '<', sql<Date>`now()`),
  )
  await tx.all(qb.insertInto('connection_attempts').values({ org_id: tx.orgId, ...attempt }))
}

/** Takes what somebody came back with; each is good once. */
export async function takeAttempt(tx: Tx, stateHash: Buffer, userId: Id): Promise<Attempt | undefined> {
  const rows = await tx.all(
    qb
      .deleteFrom('connection_attempts')
      .where('org_id', '=', tx.orgId)
      .where('state_hash', '=', stateHash)
      .where('user_id', '=', userId)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(['state_hash', 'installation_id', 'user_id', 'expires_at']),
  )
  return rows[0]
}
