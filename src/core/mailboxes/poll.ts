import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Backlog } from '../../platform/jobs/dispatcher.ts'
import type { Log } from '../../platform/log.ts'
import { fetchMails, MailboxProblem } from '../../platform/mail/imap.ts'
import { hookUrl } from '../apps/hooks.ts'
import type { HookAddresses, HookRow } from '../apps/hooks.ts'
import { getHook } from '../apps/hooks.ts'
import type { Intake } from '../intake/accept.ts'
import { mailContentType, mailHeaders } from '../intake/mail-delivery.ts'
import { accessTo, passwordOf } from './mailboxes.ts'
import type { MailboxServices } from './mailboxes.ts'
import { claimMailboxes, noteLook } from './store.ts'
import type { MailboxRow } from './store.ts'

export interface PollServices extends MailboxServices {
  database: Database
  intake: Intake
  addresses: HookAddresses
  log: Log
}

/** Mailboxes that are to be looked into. */
export const dueMailboxes: Backlog = {
  channel: 'tellback_mailboxes',
  findOrgs: 'orgs_with_due_mailboxes',
  lockKind: 7,
}

const everyMs = 60_000
const claimMs = 10 * 60_000
const longestDelayMs = 60 * 60_000

/** Makes the function that looks into an organisation's mailboxes and returns how many it looked into. */
export function mailboxPoller(services: PollServices): (orgId: Id) => Promise<number> {
  return async (orgId) => {
    const db = services.database.forOrg(orgId)
    const now = new Date()
    const due = await db.write((tx) => claimMailboxes(tx, now, new Date(now.getTime() + claimMs)))
    for (const mailbox of due) {
      await pollMailbox(services, mailbox)
    }
    return due.length
  }
}

/**
 * Takes what is new. A mail is durable before it is written how far the mailbox was read, so that nothing is missed however often the
 * process ends; a mail that comes twice by that is known, as any that comes twice.
 */
async function pollMailbox(services: PollServices, mailbox: MailboxRow): Promise<void> {
  const db = services.database.forOrg(mailbox.org_id)
  let { taken } = mailbox
  try {
    const hook = await db.read((reader) => getHook(reader, 'email', mailbox.hook_id))
    const access = await accessTo(services, { ...mailbox, password: passwordOf(services, mailbox) })
    const from = { uidValidity: mailbox.uid_validity ?? '', lastUid: mailbox.last_uid }
    let tooLarge = 0
    const { isMore } = await fetchMails(access, from, async (raw, { uidValidity, lastUid }) => {
      if (raw === undefined) {
        tooLarge += 1
      } else {
        await takeMail(services, hook, raw)
        taken += 1
      }
      await db.write((tx) => noteLook(tx, mailbox, { uid_validity: uidValidity, last_uid: lastUid, taken }))
    })
    const now = new Date()
    const reason =
      tooLarge === 0
        ? null
        : `${tooLarge === 1 ? 'A mail was' : `${tooLarge} mails were`} too large, and left where they are.`
    const next_at = new Date(now.getTime() + (isMore ? 0 : everyMs))
    await db.write((tx) => noteLook(tx, mailbox, { failures: 0, reason, polled_at: now, next_at }))
  } catch (error) {
    if (!(error instanceof MailboxProblem)) {
      services.log.error({ err: error, hook: mailbox.hook_id }, 'a mailbox could not be read')
    }
    const reason =
      error instanceof MailboxProblem ? error.message : 'Something went wrong here; the server log has the reason.'
    const failures = mailbox.failures + 1
    const next_at = new Date(Date.now() + Math.min(longestDelayMs, everyMs * 2 ** Math.min(failures, 10)))
    await db.write((tx) => noteLook(tx, mailbox, { failures, reason, polled_at: new Date(), next_at }))
  }
}

async function takeMail({ intake, addresses }: PollServices, hook: HookRow, raw: Buffer): Promise<void> {
  // Who brought it to the mailbox is not known here: its signatures alone speak for it.
  const received = { raw, sender: '', recipients: [], ip: '', helo: '' }
  const headers = { 'content-type': mailContentType, ...mailHeaders(received, hookUrl(addresses, hook)) }
  await intake.receive('email', hook.hash, { headers, body: raw })
}
