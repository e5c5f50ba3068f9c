import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { DeliveryReport } from '../../sdk/index.ts'
import { notify } from '../notifications/notifications.ts'
import { noteOnMessage } from './note-on-message.ts'
import { countBounces, findMailByMessageId, lockMail, saveMail } from './store.ts'
import type { MailRow } from './store.ts'
import { suppress } from './suppressions.ts'

/** That an address does not exist, moved away or is closed (RFC 3463): nothing will ever arrive there. */
const goneStatuses = /^5\.(?:1\.(?:0|1|2|3|6|10)|2\.1)$/
const mostBounces = 3 // of other kinds, in a month
const monthMs = 30 * 24 * 60 * 60_000

/**
 * Writes what a server says of a mail of ours: by the id that its envelope named, else by what the report repeats. Undefined for a mail
 * that is none of ours.
 */
export async function noteReport(tx: Tx, report: DeliveryReport, named?: Id): Promise<MailRow | undefined> {
  const id = named ?? (await findMailByMessageId(tx, report.about))?.id
  const mail = id === undefined ? undefined : await lockMail(tx, id)
  if (mail === undefined) {
    return undefined
  }
  const said = [report.status, report.diagnostic].filter((part) => part !== undefined).join(' ')
  const detail = said === '' ? 'The server gives no reason.' : `The server says: ${said}`
  switch (report.kind) {
    case 'complaint':
      await suppress(tx, { address: mail.recipient, scope: 'all', reason: 'complained', detail: 'Reported as spam.' })
      break
    case 'delayed':
      if (mail.status === 'sent') {
        await saveMail(tx, mail.id, { reason: `Not delivered yet; its server goes on trying. ${detail}` })
      }
      break
    case 'failed':
      await noteBounce(tx, mail, report, detail)
      break
  }
  return mail
}

async function noteBounce(tx: Tx, mail: MailRow, report: DeliveryReport, detail: string): Promise<void> {
  if (mail.status === 'bounced') {
    return
  }
  const reason = `It came back. ${detail}`
  await saveMail(tx, mail.id, { status: 'bounced', reason, next_at: null })
  const errorAt = new Date().toISOString()
  await noteOnMessage(tx, mail, { status: 'error', error: { code: 'not_sent', title: reason }, errorAt })
  const isGone = report.status !== undefined && goneStatuses.test(report.status)
  const since = new Date(Date.now() - monthMs)
  if (isGone || (await countBounces(tx, mail.recipient, since)) >= mostBounces) {
    await suppress(tx, { address: mail.recipient, scope: 'all', reason: 'bounced', detail })
  }
  await notify(tx, mail.created_by === null ? [] : [mail.created_by], {
    kind: 'draft_failed',
    title: 'A mail came back',
    body: `${mail.recipient}: ${reason}`,
    objectType: 'conversation',
    objectId: mail.conversation_id,
  })
}
