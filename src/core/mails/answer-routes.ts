import type { Reader } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Answers } from '../../sdk/index.ts'
import { findInstallations } from '../apps/apps.ts'
import type { AppServices, InstallationRow } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import { namesOfThread } from '../conversations/threads.ts'
import { listMessages } from '../messages/messages.ts'
import type { MessageRow } from '../messages/messages.ts'
import type { MailMeta } from './mail-meta.ts'
import type { MailWay } from './schema.ts'

/** By which way an answer in a conversation leaves: to whoever wrote last, from the address that they wrote to, or by the app that it came by. */
export interface AnswerRoute {
  way: MailWay
  /** The installation that the conversation came by. */
  source: Id
  from: string
  to: string
  subject: string
  inReplyTo: string | undefined
  references: string[]
}

/** A way that is there for answers, shown where one writes them. */
export interface AnswerWay {
  way: MailWay
  title: string
  hint: string
  /** Why it is closed now; undefined when it is open. */
  problem: string | undefined
}

const mostLookedAt = 20
const mostReferences = 12 // some servers refuse headers of more than 4 kB (facts 5)
const answerMark = /^(?:re|aw|sv|antw)\s*:/i

interface Origin {
  installation: InstallationRow
  settings: unknown
  answers: Answers<unknown> | undefined
  /** From which address answers leave by mail. */
  replyFrom: string | undefined
  /** The names that the app knows the conversation by. */
  threads: string[]
  /** The last that came, and the ids of all mails. */
  last: MessageRow
  mail: MailMeta
  mailIds: string[]
  title: string
}

/** The ways by which a conversation can be answered; none for one to which nothing came by an app's mail. */
export async function answerWays(reader: Reader, services: AppServices, conversationId: Id): Promise<AnswerWay[]> {
  const origin = await originOf(reader, services, conversationId)
  if (origin === undefined) {
    return []
  }
  const { answers, settings, threads, title } = origin
  const mail = mailRoute(origin)
  const byMail: AnswerWay = {
    way: 'mail',
    title: 'By e-mail',
    hint: mail === undefined ? '' : `To ${mail.to}, from ${mail.from}.`,
    problem: mail === undefined ? whyNoMail(origin) : undefined,
  }
  if (answers === undefined) {
    return [byMail]
  }
  const problem = answers.problemOf(threads, settings)
  return [
    byMail,
    { way: 'public', title: `${title}, for everybody`, hint: answers.hint, problem },
    { way: 'private', title: `${title}, to the customer`, hint: answers.privateHint, problem },
  ]
}

/** How an answer leaves by a way; undefined where it cannot. */
export async function answerRoute(
  reader: Reader,
  services: AppServices,
  conversationId: Id,
  way: MailWay,
): Promise<AnswerRoute | undefined> {
  const origin = await originOf(reader, services, conversationId)
  if (origin === undefined) {
    return undefined
  }
  if (way === 'mail') {
    return mailRoute(origin)
  }
  const { answers, settings, threads, installation, last } = origin
  if (answers === undefined || answers.problemOf(threads, settings) !== undefined) {
    return undefined
  }
  return {
    way,
    source: installation.id,
    from: installation.name,
    to: way === 'public' ? 'everybody' : (addressOf(last) ?? 'the customer'),
    subject: subjectOf(last),
    inReplyTo: undefined,
    references: [],
  }
}

async function originOf(
  reader: Reader,
  { catalog, vault }: AppServices,
  conversationId: Id,
): Promise<Origin | undefined> {
  const messages = await listMessages(reader, { conversationId, sort: 'desc' }, mostLookedAt, 0)
  const came = messages.flatMap((message) => {
    const mail = message.meta['mail'] as MailMeta | undefined
    return mail === undefined ? [] : [{ message, mail }]
  })
  const last = came.find(({ message }) => message.direction === 'in')
  const [installation] = last === undefined ? [] : await findInstallations(reader, [last.mail.source])
  const integration = installation === undefined ? undefined : catalog.find(installation.app)?.integration
  if (
    last === undefined ||
    installation === undefined ||
    integration === undefined ||
    installation.status === 'disabled'
  ) {
    return undefined
  }
  const settings: unknown = integration.settings.parse(openSettings(vault, installation))
  return {
    installation,
    settings,
    answers: integration.answers,
    replyFrom: Object.values(integration.mails ?? {}).flatMap((hook) => hook.replyFrom?.(settings) ?? [])[0],
    threads: await namesOfThread(reader, installation.id, conversationId),
    last: last.message,
    mail: last.mail,
    mailIds: came.map(({ mail }) => mail.messageId).toReversed(),
    title: integration.name,
  }
}

function mailRoute({ installation, replyFrom, last, mail, mailIds }: Origin): AnswerRoute | undefined {
  const to = addressOf(last)
  return replyFrom === undefined || to === undefined
    ? undefined
    : {
        way: 'mail',
        source: installation.id,
        from: replyFrom,
        to,
        subject: subjectOf(last),
        inReplyTo: mail.messageId,
        references:
          mailIds.length > mostReferences ? [...mailIds.slice(0, 1), ...mailIds.slice(1 - mostReferences)] : mailIds,
      }
}

function whyNoMail({ replyFrom, installation }: Origin): string {
  return replyFrom === undefined
    ? `The settings of ${installation.name} name no address that answers leave from.`
    : 'No address of the customer is known.'
}

function addressOf({ meta }: MessageRow): string | undefined {
  const from = meta['from']
  return typeof from === 'string' ? from : undefined
}

function subjectOf({ subject }: MessageRow): string {
  const plain = subject ?? ''
  return answerMark.test(plain) ? plain : `Re: ${plain}`
}
