import { z } from 'zod'

import { authorize, everybody, may } from '../../../platform/http/access.ts'
import { notFound } from '../../../platform/http/errors.ts'
import { findOrCreateCustomers } from '../../customers/customers.ts'
import { findFeedbackAbout, getFeedback } from '../../feedback/feedback.ts'
import type { StoredFeedback } from '../../feedback/feedback.ts'
import { showFeedback } from '../../feedback/show.ts'
import { talkAbout } from '../../intake/talk.ts'
import { getAnyObject, getKlass, updateObject } from '../../objects/objects.ts'
import { publish } from '../../replies/replies.ts'
import { askAboutConversation } from '../../surveys/decide.ts'
import { followObject } from '../../timeline/timeline.ts'
import { flatten } from '../flatten.ts'
import { ActionFailed, defineAction } from './action.ts'
import type { InsideCall } from './action.ts'

const group = 'Feedback and surveys'
const feedback = z.string().min(1, 'must name feedback').max(64).meta({ title: 'Feedback' })

/** Feedback that nobody is known for belongs to whoever gave it: a conversation needs somebody. */
async function customerOf({ tx, actor }: InsideCall, row: StoredFeedback): Promise<string> {
  if (row.customer_id !== null) {
    return row.customer_id
  }
  const [found] = await findOrCreateCustomers(tx, [{ ...row.respondent, isWanted: true }])
  if (found?.customerId === undefined) {
    throw new ActionFailed(found?.reason ?? 'Nobody is known who gave it.', { code: 'unmatched' })
  }
  const object = await getAnyObject(tx, row.id)
  const by = authorize(actor, may('update', 'kobject'))
  const { before, after } = await updateObject(tx, by, await getKlass(tx, object.klass), object.id, {
    customer: found.customerId,
  })
  await followObject(tx, before, after)
  return found.customerId
}

function headlineOf(row: StoredFeedback): string {
  const score = row.score === null ? '' : ` (${row.score}${row.scale_max === null ? '' : ` of ${row.scale_max}`})`
  return `${row.title ?? row.product?.name ?? 'Feedback'}${score}`.slice(0, 255)
}

export const feedbackActions = [
  defineAction({
    kind: 'inside',
    name: 'tellback.feedback.find',
    title: 'Read feedback',
    description: 'By its own id, or what a conversation is about. Fails when there is none.',
    group,
    input: z.strictObject({
      id: z.string().max(64).optional().meta({ title: 'Feedback' }),
      conversation: z.string().max(64).optional().meta({ title: 'Conversation that is about it' }),
    }),
    main: ['conversation', 'id'],
    output: [
      'id',
      'score',
      'scaleMax',
      'sentiment',
      'title',
      'text',
      'app',
      'installation',
      'customer',
      'conversation',
    ],
    effect: () => 'Reads the feedback.',
    run: async ({ tx }, input) => {
      const row =
        input.id === undefined ? await findFeedbackAbout(tx, input.conversation ?? '') : await getFeedback(tx, input.id)
      if (row === undefined) {
        throw notFound('Feedback', 'conversation')
      }
      return flatten(showFeedback(row))
    },
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.feedback.open-conversation',
    title: 'Open a conversation about feedback',
    description:
      'With whoever gave it; where there is one about it already, that one. What was said is its first message.',
    group,
    input: z.strictObject({
      feedback,
      name: z.string().max(255).optional().meta({ title: 'Subject', description: 'Left empty: its title and score.' }),
    }),
    main: ['feedback', 'name'],
    output: ['id', 'customer', 'created'],
    effect: ({ name }) => `Opens a conversation${name === undefined ? '' : ` “${name}”`} about the feedback.`,
    run: async (call, input) => {
      const row = await getFeedback(call.tx, input.feedback)
      const customerId = await customerOf(call, row)
      if (row.conversation_id !== null) {
        return { id: row.conversation_id, customer: customerId, created: false }
      }
      const name = input.name ?? headlineOf(row)
      const subject = {
        deliveryId: '',
        app: row.app,
        installationId: row.installation_id,
        objectId: row.id,
        customerId,
        name,
        message: row.body ?? name,
        at: row.responded_at,
      }
      await talkAbout(call.tx, [subject])
      const after = await getFeedback(call.tx, row.id)
      return { id: after.conversation_id, customer: customerId, created: true }
    },
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.reply.publish',
    title: 'Answer a review in public',
    description: 'Waits for approval where the organisation wants that of everybody.',
    group,
    input: z.strictObject({
      feedback,
      body: z.string().trim().min(1, 'must not be empty').max(100_000).meta({ title: 'Reply', multiline: true }),
    }),
    main: ['feedback', 'body'],
    output: ['id', 'state'],
    effect: ({ body }) => `Answers in public: ${body}`,
    run: async ({ tx, actor, services }, { feedback: id, body }) => {
      // A workflow has no approval of its own: it waits for a person like anybody who may not approve.
      const by = authorize({ ...actor, roles: ['org.user'] }, everybody('reply'))
      const row = await publish(tx, services.providers, by, id, { body, rev: undefined })
      return { id: row.id, state: row.state }
    },
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.survey.ask',
    title: 'Send a survey',
    description:
      'Asks the customer about the last close of a conversation, by the rules of Settings › Surveys, which say why when it is not sent.',
    group,
    input: z.strictObject({
      conversation: z.string().min(1, 'must name a conversation').max(64).meta({ title: 'Conversation' }),
      installation: z
        .string()
        .max(64)
        .optional()
        .meta({ title: 'By', description: 'Left empty: every survey app.', choices: 'surveyApp' }),
    }),
    main: ['conversation', 'installation'],
    output: ['requests', 'requests.0.state', 'requests.0.reason'],
    effect: () => 'Asks the customer about the close, when the rules for surveys allow it.',
    run: async ({ tx, services }, { conversation, installation }) => ({
      requests: await askAboutConversation(tx, services.providers, conversation, installation, services.now()),
    }),
  }),
]
