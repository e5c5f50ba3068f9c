import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Id } from '../../platform/ids.ts'

/** The HTML of a message as it was written. Never shown as it is. */
export interface MessageBody {
  html: string
  /** What the HTML calls a file to the id of its attachment. */
  inline: Record<string, Id>
}

export async function insertBody(tx: Tx, messageId: Id, { html, inline }: MessageBody): Promise<void> {
  const storable = html.replaceAll('\0', '').toWellFormed()
  const row = { org_id: tx.orgId, message_id: messageId, html: storable, inline: jsonb(inline) }
  await tx.all(qb.insertInto('message_bodies').values(row))
}

export async function findBody(reader: Reader, messageId: Id): Promise<MessageBody | undefined> {
  const query = qb
    .selectFrom('message_bodies')
    .select(['html', 'inline'])
    .where('org_id', '=', reader.orgId)
    .where('message_id', '=', messageId)
  return (await reader.first(query)) as unknown as MessageBody | undefined
}

export async function removeBody(tx: Tx, messageId: Id): Promise<void> {
  await tx.all(qb.deleteFrom('message_bodies').where('org_id', '=', tx.orgId).where('message_id', '=', messageId))
}
