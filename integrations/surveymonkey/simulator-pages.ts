import { escapeHtml, simulatorPage } from '#sdk'
import type { ProviderReply, ProviderRequest } from '#sdk'

import { sign } from './signature.ts'
import { client, newId, settle } from './simulator-state.ts'
import type { Misbehaviour, State, StoredRecipient, StoredResponse } from './simulator-state.ts'

/** The mail box of everybody who was invited, the survey as they see it, and what a test has in hand. */
export async function answerPages(state: State, request: ProviderRequest): Promise<ProviderReply> {
  const { method, path, query } = request
  settle(state)
  if (path.startsWith('/control/')) {
    return answerControl(state, request, path.slice('/control/'.length))
  }
  const recipient = state.recipients.get(query.get('sm') ?? '')
  if (method === 'GET' && path === '/') {
    return { status: 200, body: mailbox(state) }
  }
  if (!/^\/r\/?$/.test(path) || recipient === undefined) {
    return { status: 404, body: simulatorPage('Not found', '<p>There is no such survey.</p>') }
  }
  recipient.opened = true
  if (method === 'GET') {
    return { status: 200, body: surveyPage(state, recipient) }
  }
  await answer(state, recipient, new URLSearchParams(request.body))
  return { status: 200, body: simulatorPage('Thank you!', '<p>Your answer was sent.</p>') }
}

async function answerControl(state: State, { body }: ProviderRequest, action: string): Promise<ProviderReply> {
  const given = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>
  switch (action) {
    case 'misbehave':
      state.misbehaviours.push(given as unknown as Misbehaviour)
      break
    case 'weather':
      Object.assign(state.weather, given)
      break
    case 'limits':
      Object.assign(state.limits, given)
      break
    case 'set':
      Object.assign(state, given)
      break
    case 'revoke':
      state.revoked.add(String(given['token']))
      break
    case 'address':
      ;(given['is'] === 'bounced' ? state.bounced : state.optedOut).add(String(given['email']).toLowerCase())
      break
    case 'forget-webhooks':
      state.webhooks.clear()
      break
    case 'calls':
      return { status: 200, body: state.calls }
    case 'invitations':
      return { status: 200, body: invitations(state) }
    case 'webhooks':
      return { status: 200, body: [...state.webhooks.values()].map(({ eventType, url }) => ({ eventType, url })) }
    default:
      return { status: 404, body: {} }
  }
  return { status: 200, body: {} }
}

/** Who was really invited: by messages that are out, or will be. */
function invitations(state: State) {
  return [...state.recipients.values()].flatMap((it) => {
    const message = state.messages.get(it.messageId)
    return message?.scheduledDate === undefined
      ? []
      : [{ id: it.id, email: it.email, at: message.scheduledDate.toISOString(), isSent: message.status === 'sent' }]
  })
}

/** Fills in a survey, and tells whoever wants to know: once when it begins, once a page, once when it is complete. */
async function answer(state: State, recipient: StoredRecipient, form: URLSearchParams): Promise<void> {
  const collector = state.collectors.get(recipient.collectorId)
  const survey = state.surveys.get(collector?.surveyId ?? '')
  const now = state.world.now()
  const known = recipient.responseId === undefined ? undefined : state.responses.get(recipient.responseId)
  const response: StoredResponse = known ?? {
    id: newId(state),
    surveyId: survey?.id ?? '',
    collectorId: recipient.collectorId,
    recipientId: recipient.id,
    status: 'completed',
    createdAt: now,
    modifiedAt: now,
    answers: new Map(),
  }
  response.modifiedAt = now
  for (const { id, choices } of survey?.questions ?? []) {
    const said = form.get(id)
    if (said !== null && said !== '') {
      response.answers.set(id, choices.length === 0 ? { text: said } : { choice: said })
    }
  }
  state.responses.set(response.id, response)
  recipient.responseId = response.id
  for (const event of known === undefined
    ? ['response_created', 'response_updated', 'response_completed']
    : ['response_updated']) {
    await announce(state, event, response)
  }
}

async function announce(state: State, event: string, response: StoredResponse): Promise<void> {
  for (const webhook of state.webhooks.values()) {
    if (webhook.eventType === event && webhook.collectorIds.includes(response.collectorId)) {
      const body = JSON.stringify(callbackOf(event, response, newId(state)))
      await state.world.post(
        webhook.url,
        {
          'content-type': 'application/vnd.surveymonkey.response.v1+json', // facts A4.2
          'sm-apikey': client.id,
          'sm-signature': sign(body, client.id, client.secret),
          ...(webhook.authorization === undefined ? {} : { authorization: webhook.authorization }),
        },
        body,
      )
    }
  }
}

export function callbackOf(
  event: string,
  response: Pick<StoredResponse, 'id' | 'collectorId' | 'surveyId' | 'recipientId' | 'modifiedAt'>,
  eventId: string,
) {
  return {
    name: 'Tellback',
    filter_type: 'collector',
    filter_id: response.collectorId,
    event_type: event,
    event_id: eventId,
    object_type: 'response',
    object_id: response.id,
    event_datetime: response.modifiedAt.toISOString().replace('Z', '000+00:00'),
    resources: {
      respondent_id: response.id,
      recipient_id: response.recipientId,
      collector_id: response.collectorId,
      survey_id: response.surveyId,
      user_id: '111000001',
    },
  }
}

function mailbox(state: State): string {
  const mails = [...state.recipients.values()].toReversed().flatMap((it) => {
    const message = state.messages.get(it.messageId)
    if (message?.scheduledDate === undefined) {
      return []
    }
    const isOut = message.status === 'sent'
    const when = isOut
      ? `sent ${message.scheduledDate.toISOString()}`
      : `goes out at ${message.scheduledDate.toISOString()}`
    return [
      `<article><b>To ${escapeHtml(it.email)}</b>: We want your opinion<p class="small">${when}</p>
       <a class="button" href="${state.world.addressOf('pages')}/r/?sm=${it.id}">Begin the survey</a>
       ${it.responseId === undefined ? '' : '<b>Answered</b>'}</article>`,
    ]
  })
  return simulatorPage(
    'Invitations',
    `<p>A simulated SurveyMonkey: the mails that customers get.</p>${mails.join('') || '<p>Nobody was invited yet.</p>'}`,
  )
}

function surveyPage(state: State, recipient: StoredRecipient): string {
  const survey = state.surveys.get(state.collectors.get(recipient.collectorId)?.surveyId ?? '')
  const fields = (survey?.questions ?? []).map((question) =>
    question.choices.length === 0
      ? `<label>${escapeHtml(question.heading)} <textarea name="${question.id}" rows="3"></textarea></label>`
      : `<fieldset><legend>${escapeHtml(question.heading)}</legend>${question.choices
          .map(
            (it) =>
              `<label class="choice"><input type="radio" name="${question.id}" value="${it.id}" required> ${escapeHtml(it.text)}</label>`,
          )
          .join('')}</fieldset>`,
  )
  return simulatorPage(survey?.title ?? 'Survey', `<form method="post">${fields.join('')}<button>Done</button></form>`)
}
