import type { BroughtWorkflow } from '../../sdk/index.ts'

interface ReadyMade {
  id: string
  title: string
  description: string
  document: Omit<BroughtWorkflow, 'isOn'>
}

const eq = (path: string, value: unknown) => ({ op: 'eq', values: [`/#${path}`, value] })
const all = (...values: unknown[]) => ({ op: 'and', values })
const notTest = { op: 'neq', values: ['/#steps.1.test', true] }

/** A conversation about the feedback, and somebody who has it: `steps.open.id` is its id. */
const openAndAssign = (next: string): BroughtWorkflow['steps'] => [
  {
    id: 'open',
    action: 'tellback.feedback.open-conversation',
    params: { feedback: '/#steps.1.id' },
    transitions: [{ target: 'assign' }],
  },
  {
    id: 'assign',
    action: 'tellback.conversation.assign',
    params: { id: '/#steps.open.id', users: [], teams: [] },
    transitions: [{ target: next }],
  },
]

/** Ready templates: each works once the empty fields are filled in, which its problems name. */
export const readyMade: ReadyMade[] = [
  make(
    'bad-review',
    'Two stars or fewer: open a conversation',
    'Somebody gets every bad review to deal with, and hears of it at once.',
    {
      eventName: 'tellback.feedback.create',
      transitions: [
        {
          target: 'open',
          condition: all({ op: 'lte', values: ['/#steps.1.score', 2] }, notTest),
          meta: { name: 'Two or fewer' },
        },
      ],
    },
    [
      ...openAndAssign('tell'),
      {
        id: 'tell',
        action: 'tellback.user.notify',
        params: {
          users: [],
          teams: [],
          title: 'A review with {{steps.1.score}} stars',
          conversation: '/#steps.open.id',
        },
      },
    ],
  ),
  make(
    'thank-promoters',
    'Five stars: say thank you in public',
    'Answers the best reviews where they stand; the reply waits for approval where your rules want that.',
    {
      eventName: 'tellback.feedback.create',
      transitions: [
        {
          target: 'reply',
          condition: all(eq('steps.1.score', 5), eq('steps.1.kind', 'review'), notTest),
          meta: { name: 'Five stars' },
        },
      ],
    },
    [
      {
        id: 'reply',
        action: 'tellback.reply.publish',
        params: { feedback: '/#steps.1.id', body: 'Thank you very much! We are glad that you like it.' },
      },
    ],
  ),
  make(
    'detractor-team',
    'Low NPS: hand it to a team',
    'A score of six or less goes to the people who keep customers.',
    {
      eventName: 'tellback.feedback.create',
      transitions: [
        {
          target: 'open',
          condition: all(eq('steps.1.metric', 'nps'), { op: 'lte', values: ['/#steps.1.score', 6] }, notTest),
          meta: { name: 'Detractor' },
        },
      ],
    },
    [
      ...openAndAssign('tag'),
      {
        id: 'tag',
        action: 'kustomer.conversation.append-tags',
        params: { id: '/#steps.open.id', tags: ['detractor'] },
      },
    ],
  ),
  make(
    'tag-unhappy',
    'Mark unhappy customers',
    'Whoever gave a low score carries a tag until somebody takes it away.',
    {
      eventName: 'tellback.feedback.create',
      transitions: [
        {
          target: 'tag',
          condition: all(eq('steps.1.sentiment', 'negative'), { op: 'exists', values: ['/#steps.1.customer', ''] }),
          meta: { name: 'A low score' },
        },
      ],
    },
    [{ id: 'tag', action: 'tellback.customer.append-tags', params: { id: '/#steps.1.customer', tags: ['unhappy'] } }],
  ),
  make(
    'unanswered',
    'Nobody answered for a day',
    'A question that waits is made urgent, and somebody is told.',
    {
      eventName: 'kustomer.message.create',
      transitions: [
        {
          target: 'wait',
          condition: all(eq('steps.1.direction', 'in'), eq('steps.1.directionType', 'initial-in')),
          meta: { name: 'A customer’s first message' },
        },
      ],
    },
    [
      {
        id: 'wait',
        action: 'tellback.wait.event',
        params: {
          eventName: 'kustomer.conversation.update',
          object: '/#steps.1.conversation',
          condition: { op: 'exists', values: ['/#steps.wait.event.lastMessageOut', ''] },
          amount: 24,
          unit: 'hours',
        },
        transitions: [
          { target: 'urgent', condition: eq('steps.wait.timedOut', true), meta: { name: 'Still waiting' } },
        ],
      },
      {
        id: 'urgent',
        action: 'kustomer.conversation.append-tags',
        params: { id: '/#steps.1.conversation', tags: ['waits for a day'] },
        transitions: [{ target: 'tell' }],
      },
      {
        id: 'tell',
        action: 'tellback.user.notify',
        params: {
          users: [],
          teams: [],
          title: 'A customer has waited for a day',
          conversation: '/#steps.1.conversation',
        },
      },
    ],
  ),
  make(
    'welcome',
    'Say that a message came in',
    'An answer at once, so that nobody wonders whether it got through.',
    {
      eventName: 'kustomer.message.create',
      transitions: [
        {
          target: 'answer',
          condition: all(eq('steps.1.directionType', 'initial-in'), eq('steps.1.channel', 'email')),
          meta: { name: 'A first mail' },
        },
      ],
    },
    [
      {
        id: 'answer',
        action: 'tellback.message.send',
        params: {
          conversation: '/#steps.1.conversation',
          body: 'Thank you for your message. We will get back to you within a day.',
        },
      },
    ],
  ),
  make(
    'order-hook',
    'Orders from a shop',
    'What a shop posts to an inbound hook finds or makes the customer and shows on the timeline.',
    {
      eventName: '',
      transitions: [{ target: 'find' }],
    },
    [
      {
        id: 'find',
        action: 'kustomer.customer.find',
        params: { identifier: '/#steps.1.attributes.data.email' },
        transitions: [{ target: 'order' }],
        errorCases: [{ target: 'create', meta: { name: 'A new customer' } }],
      },
      {
        id: 'create',
        action: 'kustomer.customer.create',
        params: { name: '/#steps.1.attributes.data.name', emails: [{ email: '/#steps.1.attributes.data.email' }] },
        transitions: [{ target: 'find' }],
      },
      {
        id: 'order',
        action: 'kustomer.kobject.create-with-customer',
        params: {
          klassName: 'order',
          customer: '/#steps.find.id',
          title: 'Order {{{steps.1.attributes.data.number}}}',
          externalId: '/#steps.1.attributes.data.number',
        },
      },
    ],
  ),
  make(
    'call-out',
    'Tell another system of a closed conversation',
    'A request with what was closed, and by whom.',
    {
      eventName: 'kustomer.conversation.update',
      transitions: [
        {
          target: 'call',
          condition: eq('steps.1.changes.attributes.status.after', 'done'),
          meta: { name: 'It was marked done' },
        },
      ],
    },
    [
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: {
          method: 'POST',
          uri: '',
          data: { conversation: '/#steps.1.id', customer: '/#steps.1.customer', tags: '/#steps.1.tags' },
        },
      },
    ],
  ),
  make(
    'survey-vip',
    'Ask only some customers',
    'A survey after a close, for conversations of high priority. Switch off what the survey app itself brought.',
    {
      eventName: 'kustomer.conversation.update',
      transitions: [
        {
          target: 'ask',
          condition: all(eq('steps.1.changes.attributes.status.after', 'done'), {
            op: 'gte',
            values: ['/#steps.1.priority', 4],
          }),
          meta: { name: 'An important one was closed' },
        },
      ],
    },
    [{ id: 'ask', action: 'tellback.survey.ask', params: { conversation: '/#steps.1.id' } }],
  ),
  make(
    'monday',
    'A reminder on Monday morning',
    'A notification at a certain time, in your time zone.',
    {
      eventName: 'tellback.schedule',
      schedule: { cron: '0 9 * * 1', timeZone: 'UTC' },
      transitions: [{ target: 'tell' }],
    },
    [
      {
        id: 'tell',
        action: 'tellback.user.notify',
        params: { users: [], teams: [], title: 'Look at last week’s reviews' },
      },
    ],
  ),
]

function make(
  id: string,
  title: string,
  description: string,
  trigger: BroughtWorkflow['trigger'] & { schedule?: { cron: string; timeZone: string } },
  steps: BroughtWorkflow['steps'],
): ReadyMade {
  return { id, title, description, document: { name: title, description, trigger, steps } }
}
