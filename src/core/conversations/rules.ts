import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, InvalidRequest } from '../../platform/http/errors.ts'
import { changesBetween, recordEvents } from '../events/events.ts'
import { getOrg, saveRequiredForDone } from '../orgs/orgs.ts'
import { comparable } from './show.ts'
import type { ConversationRow } from './store.ts'

/** What this organisation demands of a conversation before it is done. */
export async function getRules(reader: Reader): Promise<{ requiredForDone: string[] }> {
  return { requiredForDone: (await getOrg(reader)).required_for_done }
}

export async function updateRules(
  tx: Tx,
  _by: Authorized<'conversation_rules'>,
  rules: { requiredForDone: string[] },
): Promise<{ requiredForDone: string[] }> {
  const before = await getRules(tx)
  await saveRequiredForDone(tx, [...new Set(rules.requiredForDone)])
  const changes = { attributes: changesBetween(before, rules), relationships: {} }
  await recordEvents(tx, [
    { name: 'tellback.conversation_rules.update', objectType: 'org', objectId: tx.orgId, data: { changes } },
  ])
  return getRules(tx)
}

/** Throws 422 that names what is missing before the conversation may be done. */
export async function checkDone(tx: Tx, row: ConversationRow): Promise<void> {
  const { requiredForDone } = await getRules(tx)
  const required = new Set([...requiredForDone, ...(row.extra.requiredForDone ?? [])])
  const missing = [...required].filter((field) => isEmpty(fieldOf(row, field)))
  if (missing.length > 0) {
    throw new InvalidRequest(
      missing.map(
        (field) =>
          new ApiError('unprocessable', `${field} must be filled in before a conversation is done.`, {
            pointer: `/${field.replace('.', '/')}`,
          }),
      ),
    )
  }
}

function fieldOf(row: ConversationRow, field: string): unknown {
  return field.startsWith('custom.')
    ? row.custom[field.slice('custom.'.length)]
    : { ...comparable(row), subStatus: row.extra.subStatus, brand: row.brand_id }[field]
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}
