import { z } from 'zod'

import { authorize, may } from '../../../platform/http/access.ts'
import {
  appendTags,
  createConversation,
  getConversation,
  removeTags,
  updateConversation,
} from '../../conversations/conversations.ts'
import { ConversationInput, ConversationUpdate, RequiredField, TagList } from '../../conversations/schema.ts'
import { showConversation } from '../../conversations/show.ts'
import { flatten } from '../flatten.ts'
import { defineAction, somebody } from './action.ts'
import type { InsideCall } from './action.ts'

const group = 'Conversations'
const output = [
  'id',
  'name',
  'status',
  'customer',
  'tags',
  'assignedUsers',
  'assignedTeams',
  'channels',
  'priority',
  'custom',
]
const id = z.string().min(1, 'must name a conversation').max(64).meta({ title: 'Conversation' })
const people = ConversationUpdate.shape.assignedUsers
const teams = ConversationUpdate.shape.assignedTeams

async function change({ tx, actor }: InsideCall, conversation: string, input: z.output<typeof ConversationUpdate>) {
  const by = authorize(actor, may('update', 'conversation'))
  return flatten(showConversation(await updateConversation(tx, by, conversation, input, { replace: false })))
}

export const conversationActions = [
  defineAction({
    kind: 'inside',
    name: 'tellback.conversation.assign',
    title: 'Assign a conversation',
    description: 'To users, to teams, or to both. Those to whom it is newly assigned are notified.',
    group,
    input: z
      .strictObject({
        id,
        users: people.unwrap().default([]).meta({ title: 'Users', choices: 'user' }),
        teams: teams.unwrap().default([]).meta({ title: 'Teams', choices: 'team' }),
      })
      .refine(...somebody),
    main: ['id', 'users', 'teams'],
    output,
    effect: (input) => `Assigns the conversation to ${[...input.users, ...input.teams].join(', ') || 'nobody'}.`,
    run: (call, input) =>
      change(call, input.id, {
        ...(input.users.length === 0 ? {} : { assignedUsers: input.users }),
        ...(input.teams.length === 0 ? {} : { assignedTeams: input.teams }),
      }),
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.conversation.update',
    title: 'Change a conversation',
    description: 'What is left empty stays as it is.',
    group,
    input: ConversationUpdate.extend({ id }),
    main: ['id', 'status', 'priority', 'name', 'custom'],
    output,
    effect: ({ id: _id, ...rest }) =>
      `Sets ${
        Object.entries(rest)
          .map(([name, value]) => `${name} to ${JSON.stringify(value)}`)
          .join(', ') || 'nothing'
      } of the conversation.`,
    run: (call, { id: conversation, ...input }) => change(call, conversation, input),
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.conversation.done',
    title: 'Mark a conversation done',
    description: 'Fails while the rules of the organisation want more of it first.',
    group,
    input: z.strictObject({
      id,
      withoutSurvey: z.boolean().default(false).meta({ title: 'Ask nobody about this close' }),
    }),
    main: ['id', 'withoutSurvey'],
    output,
    effect: () => 'Marks the conversation done.',
    run: async (call, input) => {
      const row = await getConversation(call.tx, input.id)
      return row.status === 'done'
        ? flatten(showConversation(row))
        : change(call, input.id, { status: 'done', withoutSurvey: input.withoutSurvey })
    },
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.conversation.append-tags',
    title: 'Add tags to a conversation',
    description: 'A name that is no tag yet becomes one.',
    group,
    input: z.strictObject({ id, tags: TagList.meta({ title: 'Tags' }) }),
    main: ['id', 'tags'],
    output,
    effect: ({ tags }) => `Adds ${tags.join(', ')}.`,
    run: async ({ tx, actor }, input) =>
      flatten(
        showConversation(await appendTags(tx, authorize(actor, may('update', 'conversation')), input.id, input.tags)),
      ),
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.conversation.remove-tags',
    title: 'Take tags from a conversation',
    description: 'Those that it does not have are passed over.',
    group,
    input: z.strictObject({ id, tags: TagList.meta({ title: 'Tags' }) }),
    main: ['id', 'tags'],
    output,
    effect: ({ tags }) => `Takes ${tags.join(', ')} away.`,
    run: async ({ tx, actor }, input) =>
      flatten(
        showConversation(await removeTags(tx, authorize(actor, may('update', 'conversation')), input.id, input.tags)),
      ),
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.conversation.create',
    title: 'Create a conversation',
    description: 'With a customer, by hand. For one about a review, use “Open a conversation about feedback”.',
    group,
    input: ConversationInput,
    main: ['customer', 'name', 'priority', 'assignedUsers', 'assignedTeams', 'tags'],
    output,
    effect: ({ name }) => `Creates the conversation “${name ?? ''}”.`,
    run: async ({ tx, actor }, input) =>
      flatten(showConversation(await createConversation(tx, authorize(actor, may('create', 'conversation')), input))),
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.conversation.find',
    title: 'Read a conversation',
    description: 'As it is now: who has it, its state, its tags.',
    group,
    input: z.strictObject({ id }),
    main: ['id'],
    output,
    effect: () => 'Reads the conversation.',
    run: async ({ tx }, input) => flatten(showConversation(await getConversation(tx, input.id))),
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.conversation.require',
    title: 'Require something before it is done',
    description: 'This conversation cannot be marked done before these are filled in.',
    group,
    input: z.strictObject({
      id,
      fields: z.array(RequiredField).min(1, 'needs at least one').max(10).meta({ title: 'What must be filled in' }),
    }),
    main: ['id', 'fields'],
    output,
    effect: ({ fields }) => `Lets nobody mark it done before ${fields.join(', ')} is filled in.`,
    run: (call, input) => change(call, input.id, { requiredForDone: input.fields }),
  }),
]
