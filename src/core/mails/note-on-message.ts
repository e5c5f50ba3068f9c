import type { Tx } from '../../platform/db/database.ts'
import { authorize, may } from '../../platform/http/access.ts'
import { updateMessage } from '../messages/messages.ts'
import type { MailRow } from './store.ts'

/** Says on the message of a mail what became of it. */
export async function noteOnMessage(tx: Tx, mail: MailRow, change: Parameters<typeof updateMessage>[3]): Promise<void> {
  const by = { orgId: tx.orgId, userId: mail.created_by ?? '', userType: 'user' as const, roles: ['org.user'] }
  await updateMessage(tx, authorize(by, may('update', 'message')), mail.id, change, { replace: false })
}
