import { ImapFlow } from 'imapflow'
import type { FetchMessageObject } from 'imapflow'

import { mailLimits } from './mail-limits.ts'

/** A mailbox on another server. */
export interface ImapAccess {
  /** As people call it; its certificate must name it. */
  host: string
  /** What is connected to, after the name was looked up and checked. */
  address: string
  port: number
  security: 'tls' | 'starttls' | 'none'
  username: string
  password: string
  folder: string
}

/** How far a mailbox was read. The numbers of mails mean something as long as the validity is the same (RFC 9051, 2.3.1.1). */
export interface ImapPosition {
  uidValidity: string
  lastUid: number
}

/** Why a mailbox cannot be read, for whoever set it up. */
export class MailboxProblem extends Error {
  override readonly name = 'MailboxProblem'
}

interface Opened {
  position: ImapPosition
  /** The number that the next mail will have. */
  nextUid: number
  client: ImapFlow
}

const patienceMs = 15_000
const mostAtOnce = 100
const daysAgain = 7 // of a mailbox whose numbers were made anew
const dayMs = 24 * 60 * 60_000

/** Signs in and opens the folder; resolves to where it stands. Throws `MailboxProblem`. */
export async function lookAtMailbox(access: ImapAccess): Promise<ImapPosition> {
  return withMailbox(access, ({ position, nextUid }) => Promise.resolve({ ...position, lastUid: nextUid - 1 }))
}

/**
 * Gives every mail that came after `from` to `take`, one after the other, and says after each how far it is. At most 100; `isMore` tells
 * that there are others. Nothing in the mailbox changes. Throws `MailboxProblem`, and whatever `take` throws.
 */
export async function fetchMails(
  access: ImapAccess,
  from: ImapPosition,
  take: (raw: Buffer | undefined, position: ImapPosition) => Promise<void>,
): Promise<{ isMore: boolean }> {
  return withMailbox(access, async ({ client, position: { uidValidity } }) => {
    const isSame = uidValidity === from.uidValidity
    const wanted = isSame
      ? await uidsAfter(client, from.lastUid)
      : await sizesOf(client, { since: new Date(Date.now() - daysAgain * dayMs) })
    for (const { uid, size = 0 } of wanted.slice(0, mostAtOnce)) {
      const raw = size > mailLimits.bytes ? undefined : await sourceOf(client, uid)
      await take(raw, { uidValidity, lastUid: uid })
    }
    return { isMore: wanted.length > mostAtOnce }
  })
}

type Sized = Pick<FetchMessageObject, 'uid' | 'size'>

async function uidsAfter(client: ImapFlow, lastUid: number): Promise<Sized[]> {
  // The last mail answers to any number that is too high.
  const found = await sizesOf(client, { uid: `${lastUid + 1}:*` })
  return found.filter(({ uid }) => uid > lastUid)
}

async function sizesOf(client: ImapFlow, range: { uid: string } | { since: Date }): Promise<Sized[]> {
  const found: Sized[] = []
  for await (const { uid, size } of client.fetch(range, { uid: true, size: true }, { uid: true })) {
    found.push({ uid, ...(size === undefined ? {} : { size }) })
  }
  return found.toSorted((a, b) => a.uid - b.uid)
}

/** Undefined for one that is gone meanwhile. */
async function sourceOf(client: ImapFlow, uid: number): Promise<Buffer | undefined> {
  const message = await client.fetchOne(String(uid), { source: true }, { uid: true })
  return message === false ? undefined : message.source
}

async function withMailbox<T>(access: ImapAccess, work: (opened: Opened) => Promise<T>): Promise<T> {
  const { host, address, port, security, username, password, folder } = access
  const client = new ImapFlow({
    host: address,
    servername: host,
    port,
    secure: security === 'tls',
    doSTARTTLS: security === 'tls' ? undefined : security === 'starttls',
    auth: { user: username, pass: password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: 2 * patienceMs,
  })
  client.on('error', () => undefined) // whoever waits for an answer hears of it
  try {
    await client.connect()
    const opened = await client.mailboxOpen(folder, { readOnly: true })
    const position = { uidValidity: String(opened.uidValidity), lastUid: 0 }
    return await work({ client, position, nextUid: opened.uidNext })
  } catch (error) {
    throw problemOf(error, access) ?? error
  } finally {
    await client.logout().catch(() => client.close())
  }
}

function problemOf(error: unknown, { host, port, folder }: ImapAccess): MailboxProblem | undefined {
  const { authenticationFailed, code, responseText, mailboxMissing, message, cause } = error as Error & {
    authenticationFailed?: boolean
    code?: string
    responseText?: string
    mailboxMissing?: boolean
  }
  const reason = code ?? (cause as { code?: string } | undefined)?.code
  if (authenticationFailed === true) {
    return new MailboxProblem('The server does not take this user name and password.')
  }
  if (mailboxMissing === true || /nonexistent|doesn't exist|not exist/i.test(responseText ?? '')) {
    return new MailboxProblem(`There is no folder ${folder}.`)
  }
  if (/certificate|self.signed|CERT_|altname/i.test(`${reason ?? ''} ${message}`)) {
    return new MailboxProblem(`The certificate of ${host} cannot be trusted: ${message}`)
  }
  return reason === undefined ? undefined : new MailboxProblem(`${host}:${port} cannot be reached: ${message}`)
}
