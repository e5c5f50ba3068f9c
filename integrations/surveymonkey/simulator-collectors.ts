import type { ProviderReply, ProviderRequest } from '#sdk'

import { list, problem, responseOf } from './simulator-answers.ts'
import { momentOf, newId } from './simulator-state.ts'
import type { State, StoredCollector, StoredMessage, StoredRecipient } from './simulator-state.ts'

const floorMs = 300_000

const neededTags = ['[SurveyLink]', '[OptOutLink]', '[PrivacyLink]', '[FooterLink]']

/** Collectors, their messages, recipients and responses (facts A2 and A4). */
export function answerCollector(state: State, request: ProviderRequest, id: string, rest: string): ProviderReply {
  const collector = state.collectors.get(id)
  if (collector === undefined) {
    return missing()
  }
  const { method } = request
  if (rest === '') {
    return { status: 200, body: collectorOf(collector) }
  }
  const [, kind = '', item = '', action = '', more = ''] =
    /^([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(rest) ?? []
  if (kind === 'responses') {
    return answerResponses(state, request, collector, item, action)
  }
  if (kind === 'recipients') {
    const ours = [...state.recipients.values()].filter((it) => it.collectorId === id)
    return list(
      state,
      request,
      ours.map((it) => recipientOf(state, it)),
    )
  }
  if (kind !== 'messages') {
    return missing()
  }
  if (collector.type !== 'email') {
    return problem(400, '1000', 'Messages can only be created for email collectors.')
  }
  if (item === '') {
    return method === 'POST'
      ? createMessage(state, request, collector)
      : list(
          state,
          request,
          [...state.messages.values()].filter((it) => it.collectorId === id).map((it) => messageOf(it)),
        )
  }
  const message = state.messages.get(item)
  return message === undefined ? missing() : answerMessage(state, request, collector, message, action, more)
}

function missing(): ProviderReply {
  return problem(404, '1020', 'There was an error retrieving the requested resource.')
}

function collectorOf({ id, surveyId, name, type, status }: StoredCollector) {
  return {
    id,
    survey_id: surveyId,
    name,
    type,
    status,
    anonymous_type: 'not_anonymous',
    sender_email: null,
    is_sender_email_verified: true,
    url: type === 'email' ? null : `https://www.surveymonkey.com/r/${id}`,
  }
}

function createMessage(state: State, request: ProviderRequest, collector: StoredCollector): ProviderReply {
  const body = JSON.parse(request.body) as { type?: string; body_html?: string; body_text?: string }
  const text = body.body_html ?? body.body_text
  if (text !== undefined && !neededTags.every((tag) => text.includes(tag))) {
    return problem(400, '1002', `The body must contain ${neededTags.join(', ')}.`)
  }
  const message: StoredMessage = {
    id: newId(state),
    collectorId: collector.id,
    status: 'not_sent',
    scheduledDate: undefined,
    createdAt: state.world.now(),
    recipients: [],
  }
  state.messages.set(message.id, message)
  return { status: 200, body: messageOf(message) }
}

function messageOf({ id, status, scheduledDate, createdAt }: StoredMessage) {
  return {
    id,
    status,
    type: 'invite',
    subject: 'We want your opinion',
    body: '<html>[SurveyLink] [OptOutLink] [PrivacyLink] [FooterLink]</html>',
    recipient_status: null,
    is_branding_enabled: true,
    is_scheduled: scheduledDate !== undefined,
    scheduled_date: scheduledDate === undefined ? null : momentOf(scheduledDate),
    date_created: momentOf(createdAt),
  }
}

function answerMessage(
  state: State,
  request: ProviderRequest,
  collector: StoredCollector,
  message: StoredMessage,
  action: string,
  more: string,
): ProviderReply {
  const { method } = request
  if (action === '') {
    if (method === 'DELETE') {
      state.messages.delete(message.id)
    }
    return { status: 200, body: messageOf(message) }
  }
  if (action === 'stats') {
    return { status: 200, body: statsOf(state, message) }
  }
  const ours = message.recipients.flatMap((id) => state.recipients.get(id) ?? [])
  if (action === 'recipients' && method === 'GET') {
    return list(
      state,
      request,
      ours.map((it) => recipientOf(state, it)),
    )
  }
  if (message.status !== 'not_sent' || message.scheduledDate !== undefined) {
    return problem(400, '1000', 'The message was sent already.')
  }
  if (action === 'recipients') {
    return more === 'bulk' ? addBulk(state, request, collector, message) : addOne(state, request, collector, message)
  }
  if (action !== 'send') {
    return missing()
  }
  const wanted = (JSON.parse(request.body || '{}') as { scheduled_date?: string }).scheduled_date
  const now = state.world.now().getTime()
  const at = wanted === undefined ? now : new Date(wanted).getTime()
  message.scheduledDate = new Date(Math.max(at, now + floorMs))
  return { status: 200, body: { ...messageOf(message), recipients: message.recipients } }
}

interface GivenContact {
  email?: string
  first_name?: string
  last_name?: string
  duplicates?: string
}

function addBulk(
  state: State,
  request: ProviderRequest,
  collector: StoredCollector,
  message: StoredMessage,
): ProviderReply {
  const { contacts = [] } = JSON.parse(request.body) as { contacts?: GivenContact[] }
  const buckets: Record<string, unknown[]> = {
    succeeded: [],
    invalids: [],
    existing: [],
    bounced: [],
    opted_out: [],
    duplicate: [],
  }
  for (const contact of contacts) {
    const refusal = refusalOf(state, collector, contact)
    if (refusal === undefined) {
      const added = add(state, collector, message, contact)
      const { id, email, href } = recipientOf(state, added)
      buckets['succeeded']?.push({ id, email, phone_number: null, href })
    } else {
      buckets[refusal]?.push({ email: contact.email })
    }
  }
  return { status: 200, body: buckets } // also when nobody was added (facts A2.2)
}

function refusalOf(state: State, collector: StoredCollector, { email = '' }: GivenContact): string | undefined {
  const address = email.toLowerCase()
  if (!/^\S+@\S+\.\S+$/.test(address)) {
    return 'invalids'
  }
  if (state.optedOut.has(address)) {
    return 'opted_out'
  }
  if (state.bounced.has(address)) {
    return 'bounced'
  }
  return isInvited(state, collector, address) ? 'existing' : undefined
}

function isInvited(state: State, { id }: StoredCollector, address: string): boolean {
  return [...state.recipients.values()].some(
    (it) => it.collectorId === id && it.email === address && state.messages.has(it.messageId),
  )
}

function addOne(
  state: State,
  request: ProviderRequest,
  collector: StoredCollector,
  message: StoredMessage,
): ProviderReply {
  const contact = JSON.parse(request.body) as GivenContact
  const refusal = refusalOf(state, collector, contact)
  if (refusal !== undefined && !(refusal === 'existing' && state.mayInviteAgain)) {
    return problem(400, '1000', `The contact cannot be added: ${refusal}.`)
  }
  return { status: 200, body: recipientOf(state, add(state, collector, message, contact)) }
}

function add(state: State, collector: StoredCollector, message: StoredMessage, contact: GivenContact): StoredRecipient {
  const recipient: StoredRecipient = {
    id: newId(state),
    collectorId: collector.id,
    messageId: message.id,
    email: (contact.email ?? '').toLowerCase(),
    firstName: contact.first_name ?? '',
    lastName: contact.last_name ?? '',
    opened: false,
    responseId: undefined,
  }
  state.recipients.set(recipient.id, recipient)
  message.recipients.push(recipient.id)
  return recipient
}

function recipientOf(state: State, it: StoredRecipient) {
  const address = state.world.addressOf(state.region)
  return {
    id: it.id,
    email: it.email,
    phone_number: null,
    first_name: it.firstName,
    last_name: it.lastName,
    mail_status: state.messages.get(it.messageId)?.status ?? 'not_sent',
    survey_response_status: it.responseId === undefined ? 'not_responded' : 'completely_responded',
    survey_link: `${state.world.addressOf('pages')}/r/?sm=${it.id}`,
    href: `${address}/v3/collectors/${it.collectorId}/recipients/${it.id}`,
  }
}

function statsOf(state: State, message: StoredMessage) {
  const ours = message.recipients.flatMap((id) => state.recipients.get(id) ?? [])
  const isSent = message.status === 'sent'
  const gone = ours.filter((it) => state.bounced.has(it.email))
  return {
    recipients: ours.length,
    survey_response_status: {
      completely_responded: ours.filter((it) => it.responseId !== undefined).length,
      partially_responded: 0,
      not_responded: ours.filter((it) => it.responseId === undefined).length,
    },
    mail_status: {
      sent: isSent ? ours.length - gone.length : 0,
      not_sent: isSent ? 0 : ours.length,
      opened: ours.filter((it) => it.opened).length,
      link_clicked: ours.filter((it) => it.responseId !== undefined).length,
      opted_out: 0,
      bounced: isSent ? gone.length : 0,
    },
  }
}

function answerResponses(
  state: State,
  request: ProviderRequest,
  { id }: StoredCollector,
  item: string,
  action: string,
): ProviderReply {
  if (item === 'bulk') {
    const since = request.query.get('start_modified_at')
    const from = since === null ? 0 : new Date(`${since}Z`).getTime()
    const ours = [...state.responses.values()]
      .filter((it) => it.collectorId === id && it.modifiedAt.getTime() >= from)
      .toSorted((a, b) => a.modifiedAt.getTime() - b.modifiedAt.getTime())
    return list(
      state,
      request,
      ours.map((it) => responseOf(state, it)),
    )
  }
  if (item === '') {
    const ours = [...state.responses.values()].filter((it) => it.collectorId === id)
    return list(
      state,
      request,
      ours.map((it) => ({ id: it.id })),
    )
  }
  const response = state.responses.get(item)
  if (response === undefined || response.collectorId !== id) {
    return missing()
  }
  const whole = responseOf(state, response)
  const { pages: _answers, ...plain } = whole
  return { status: 200, body: action === 'details' ? whole : plain } // the plain one has no answers
}
