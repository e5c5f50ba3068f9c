import { defineMailHook } from '#sdk'
import type { Context, Effect, Mail, MailAddress } from '#sdk'

import type { Settings } from './schema.ts'

/** Where the mail of a support address comes to. */
export const inbox = defineMailHook<Settings>({
  title: 'Support mail',
  description: 'Have the mail of your support address forwarded to this one.',
  trustOf: (mail) => (mail.isAuthentic ? 'signed' : 'secret'),
  handle: (mail, context) => [effectOf(mail, context)],
  replyFrom: ({ address }) => (address === '' ? undefined : address),
})

function effectOf(mail: Mail, { settings, receivedAt }: Context<Settings>): Effect {
  const sender = writerOf(mail, settings)
  if (isForwardingQuestion(mail)) {
    return remark(`A mail provider asks whether mail may be forwarded here. It says: ${mail.text.slice(0, 1_000)}`)
  }
  if (mail.report !== undefined) {
    return { kind: 'report', report: mail.report }
  }
  if (mail.isBounce) {
    return remark(`A mail could not be delivered. It says: ${mail.text.slice(0, 1_000)}`)
  }
  if (sender === undefined) {
    return remark('It names nobody who could have written it.')
  }
  if (mail.isAutomatic && settings.automatic === 'leave') {
    return remark('A machine wrote it: a holiday answer, a newsletter or a notice. The settings leave these here.')
  }
  const subject = mail.subject.replace(answerMark, '').trim()
  return {
    kind: 'message',
    customer: { email: sender.address, ...(sender.name === '' ? {} : { name: sender.name }) },
    externalId: mail.messageId ?? `${sender.address}/${(mail.date ?? receivedAt).getTime()}`,
    threads: [...mail.inReplyTo, ...mail.references.toReversed()],
    name: subject === '' ? 'Mail without a subject' : subject,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    quotedFrom: mail.quotedFrom,
    at: mail.date ?? receivedAt,
    isAutomatic: mail.isAutomatic,
    files: mail.files,
  }
}

const answerMark = /^(?:(?:re|aw|fwd?|wg|sv|antw|rv|tr)\s*(?:\[\d+\])?\s*:\s*)+/i

/** Who wants an answer, else who sent it; never the address itself, which only passes it on. */
function writerOf(mail: Mail, { address }: Settings): MailAddress | undefined {
  const own = address.toLowerCase()
  return [...mail.replyTo, ...(mail.from === undefined ? [] : [mail.from])].find(
    (it) => it.address.toLowerCase() !== own,
  )
}

/** Mail providers ask the new address itself before they forward to it (facts 1.5). */
function isForwardingQuestion({ from, subject }: Mail): boolean {
  return (
    from?.address.startsWith('forwarding-noreply@') === true ||
    /forwarding confirmation|weiterleitungsbestätigung/i.test(subject)
  )
}

function remark(text: string): Effect {
  return { kind: 'remark', text }
}
