import type { Context, SurveyRequest, SurveyStep, Surveys } from '#sdk'

import { polling } from './answers.ts'
import {
  addRecipient,
  addRecipientAgain,
  createMessage,
  deleteMessage,
  findRecipient,
  idOf,
  readMessage,
  sendMessage,
} from './api.ts'
import type { Contact } from './api.ts'
import type { Settings } from './schema.ts'

type Calling = Context<Settings>

/** SurveyMonkey sends five minutes after it was asked, whatever it was asked (facts A2.3). */
const ownDelay = 300

export const surveys: Surveys<Settings> = {
  delay: ({ delay }) => delay,
  ownDelay,
  problemOf: ({ accessToken, surveyId, collectorId }) =>
    accessToken === undefined
      ? 'The access token is missing in the settings of SurveyMonkey.'
      : surveyId === undefined || collectorId === undefined
        ? 'The survey and the collector are not chosen in the settings of SurveyMonkey.'
        : undefined,
  step: async (request, context): Promise<SurveyStep> => {
    const { message, recipient } = request.progress
    if (message === undefined) {
      // A draft whose answer was lost stays a draft: nobody gets it.
      return { kind: 'next', progress: { message: (await createMessage(context)).id } }
    }
    return recipient === undefined ? addTo(message, request, context) : sendTo(message, recipient, request, context)
  },
  polling,
}

async function addTo(message: string, request: SurveyRequest, context: Calling): Promise<SurveyStep> {
  const contact = contactOf(request)
  const there = request.isUncertain ? await findRecipient(context, message, contact.email) : undefined
  if (there !== undefined) {
    return { kind: 'next', progress: { recipient: there } }
  }
  const added = await addRecipient(context, message, contact)
  const [taken] = added.succeeded
  const recipient = taken === undefined ? undefined : idOf(taken)
  if (recipient !== undefined) {
    return { kind: 'next', progress: { recipient } }
  }
  const again = added.existing.length > 0 ? await addRecipientAgain(context, message, contact) : undefined
  if (again !== undefined) {
    return { kind: 'next', progress: { recipient: again } }
  }
  await deleteMessage(context, message)
  return refusalOf(added)
}

function refusalOf(added: Awaited<ReturnType<typeof addRecipient>>): SurveyStep {
  if (added.opted_out.length > 0) {
    const reason = 'The customer has unsubscribed from mails of SurveyMonkey.'
    return { kind: 'refused', state: 'skipped', reason, isOptOut: true }
  }
  if (added.bounced.length > 0) {
    return { kind: 'refused', state: 'bounced', reason: 'SurveyMonkey knows that mail to this address bounces.' }
  }
  if (added.existing.length + added.duplicate.length > 0) {
    const reason =
      'This collector has invited the address already, and SurveyMonkey lets a collector invite each address once. Choose a new collector in the settings to ask again.'
    return { kind: 'refused', state: 'skipped', reason }
  }
  return { kind: 'refused', state: 'skipped', reason: 'SurveyMonkey does not take this e-mail address.' }
}

async function sendTo(
  message: string,
  recipient: string,
  { isUncertain }: SurveyRequest,
  context: Calling,
): Promise<SurveyStep> {
  const known = isUncertain ? await readMessage(context, message) : undefined
  const isOut = known?.is_scheduled === true || (known !== undefined && known.status !== 'not_sent')
  const date = isOut ? known.scheduled_date : (await sendMessage(context, message)).scheduled_date
  const at = date === undefined ? '' : ` It goes out at ${new Date(date).toISOString().slice(11, 16)} (UTC).`
  return {
    kind: 'requested',
    ref: recipient,
    note: `A survey request was sent to SurveyMonkey, which mails it after 5 minutes.${at}`,
  }
}

function contactOf({ customer, conversationId }: SurveyRequest): Contact {
  const [first = '', ...rest] = customer.name.split(/\s+/).filter((word) => word !== '')
  return {
    email: customer.email,
    ...(first === '' ? {} : { first_name: first }),
    ...(rest.length === 0 ? {} : { last_name: rest.join(' ') }),
    extra_fields: { conversation: conversationId },
  }
}
