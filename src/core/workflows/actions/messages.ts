import { z } from 'zod'

import { authorize, may } from '../../../platform/http/access.ts'
import { getConversation } from '../../conversations/conversations.ts'
import { createDraft } from '../../drafts/drafts.ts'
import { createMessage } from '../../messages/messages.ts'
import { Channel, MessageInput } from '../../messages/schema.ts'
import { showMessage } from '../../messages/show.ts'
import { createNote } from '../../notes/notes.ts'
import { NoteInput } from '../../notes/schema.ts'
import { showNote } from '../../notes/show.ts'
import { notify } from '../../notifications/notifications.ts'
import { checkUsers } from '../../orgs/orgs.ts'
import { checkTeams, membersOf } from '../../teams/teams.ts'
import { flatten } from '../flatten.ts'
import { defineAction, somebody } from './action.ts'

const group = 'Messages and notes'
const conversation = z.string().min(1, 'must name a conversation').max(64).meta({ title: 'Conversation' })
const long = (title: string) => z.string().min(1, 'must not be empty').max(100_000).meta({ title, multiline: true })

export const messageActions = [
  defineAction({
    kind: 'inside',
    name: 'kustomer.note.create',
    title: 'Add a note',
    description: 'An internal note in a conversation.',
    group,
    input: NoteInput.extend({ conversation, body: long('Note') }),
    main: ['conversation', 'body'],
    output: ['id', 'body', 'conversation'],
    effect: ({ body }) => `Notes: ${body}`,
    run: async ({ tx, actor }, { conversation: id, ...input }) =>
      flatten(showNote(await createNote(tx, authorize(actor, may('create', 'note')), id, input))),
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.message.send',
    title: 'Send a message',
    description:
      'An answer to the customer, by the way that the conversation came. It shows in the conversation, with what became of it.',
    group,
    input: z.strictObject({
      conversation,
      body: long('Message'),
      subject: z.string().max(1024).optional().meta({ title: 'Subject' }),
      channel: Channel.default('email').meta({ title: 'Channel' }),
    }),
    main: ['conversation', 'body', 'subject'],
    output: ['id', 'status'],
    effect: ({ body, channel }) => `Sends by ${channel}: ${body}`,
    run: async ({ tx, actor, services }, { conversation: id, body, subject, channel }) => {
      const { customer_id: customer } = await getConversation(tx, id)
      const common = {
        conversation: id,
        body,
        sendAt: services.now().toISOString(),
        auto: true,
        source: 'biz-rules' as const,
      }
      const by = authorize(actor, may('create', 'draft'))
      const draft =
        channel === 'email'
          ? await createDraft(tx, by, customer, { ...common, channel, ...(subject === undefined ? {} : { subject }) })
          : await createDraft(tx, by, customer, { ...common, channel })
      return { id: draft.id, status: draft.status, conversation: id }
    },
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.message.create',
    title: 'Record a message',
    description: 'Writes into the conversation what was said elsewhere. Nothing is sent.',
    group,
    input: MessageInput.extend({ conversation }),
    main: ['conversation', 'app', 'channel', 'direction', 'preview'],
    output: ['id', 'preview', 'conversation', 'channel', 'direction'],
    effect: ({ preview }) => `Records the message: ${preview ?? ''}`,
    run: async ({ tx, actor }, { conversation: id, ...input }) =>
      flatten(showMessage(await createMessage(tx, authorize(actor, may('create', 'message')), id, input))),
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.user.notify',
    title: 'Notify somebody',
    description: 'A notification on the desk, for users and for everybody of a team.',
    group,
    input: z
      .strictObject({
        users: z.array(z.string().max(64)).max(100).default([]).meta({ title: 'Users', choices: 'user' }),
        teams: z.array(z.string().max(64)).max(20).default([]).meta({ title: 'Teams', choices: 'team' }),
        title: z.string().min(1, 'must not be empty').max(255).meta({ title: 'What it says' }),
        body: z.string().max(2000).optional().meta({ title: 'More', multiline: true }),
        conversation: z.string().max(64).nullish().meta({ title: 'Conversation that it leads to' }),
      })
      .refine(...somebody),
    main: ['users', 'teams', 'title', 'body', 'conversation'],
    output: ['users'],
    effect: ({ users, teams, title }) => `Tells ${[...users, ...teams].join(', ') || 'nobody'}: ${title}`,
    run: async ({ tx }, input) => {
      await checkUsers(tx, input.users, '/users')
      await checkTeams(tx, input.teams, '/teams')
      const users = [...new Set([...input.users, ...(await membersOf(tx, input.teams))])]
      const about = input.conversation ?? undefined
      const row = about === undefined || about === '' ? undefined : await getConversation(tx, about)
      await notify(tx, users, {
        kind: 'workflow',
        title: input.title,
        body: input.body,
        ...(row === undefined ? {} : { objectType: 'conversation', objectId: row.id, customerId: row.customer_id }),
      })
      return { users }
    },
  }),
]
