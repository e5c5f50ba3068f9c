import type { ItemOf } from '../api.ts'
import { replyStateNames } from '../features/replies/reply-state.tsx'
import type { Reply } from '../features/replies/use-reply.ts'
import type { Survey } from '../features/surveys/survey-state.tsx'
import type { TimelineItem } from '../features/timeline/timeline-item.tsx'

type Attributes = TimelineItem['attributes']
type Feedback = NonNullable<Attributes['feedback']>
type Conversation = NonNullable<Attributes['conversation']>

const at = '2026-03-02T10:15:00.000Z'
const id = '0123456789abcdef01234567'

const feedback: Feedback = {
  app: 'example',
  installation: id,
  store: 'North Store',
  kind: 'review',
  metric: 'stars',
  score: 4,
  scaleMin: 1,
  scaleMax: 5,
  sentiment: 'positive',
  title: 'Good tent',
  text: 'Light and quick to set up.',
  product: { name: 'Two-person tent' },
  permalink: 'https://example.com/review/1',
  verified: true,
  replyState: 'none',
  replyText: null,
  repliedAt: null,
  trust: 'signed',
  test: false,
  respondent: { name: 'Ann Lee', email: 'ann@example.com' },
  unmatchedReason: null,
  respondedAt: at,
  editedAt: null,
  removedAt: null,
  conversation: null,
  updatedAt: at,
}

const object: NonNullable<Attributes['object']> = {
  title: 'Good tent',
  description: null,
  icon: null,
  images: [],
  data: {},
  custom: {
    ratingNum: 4,
    boughtAt: at,
    recommendsBool: true,
    productUrl: 'https://example.com/tent',
    commentTxt: 'Several lines\nof text',
  },
  tags: [],
  rev: 1,
  roleGroupVersions: [],
  createdAt: at,
  updatedAt: at,
  importedAt: null,
}

function item(number: number, attributes: Partial<Attributes>): TimelineItem {
  const card = `${String(number).padStart(2, '0')}${id.slice(2)}`
  return {
    type: 'timeline_item',
    id: card,
    attributes: {
      at,
      kind: 'kobject',
      pinnedAt: null,
      klass: 'review',
      object,
      feedback: null,
      conversation: null,
      note: null,
      survey: null,
      ...attributes,
    },
    relationships: {},
    links: { self: '' },
  }
}

const long = 'A sentence of a customer who has much to say about everything that they have bought. '.repeat(12)

/** Every kind of card, in each of its states, with what is hard to show. */
export const cards: { name: string; item: TimelineItem }[] = [
  { name: 'a review', item: item(1, { feedback }) },
  {
    name: 'a review with a public reply',
    item: item(2, {
      feedback: { ...feedback, replyState: 'published', replyText: 'Thank you for the photo!', repliedAt: at },
    }),
  },
  {
    name: 'a bad score, not signed, pinned',
    item: item(3, {
      pinnedAt: at,
      object: { ...object, title: 'Rating 2' },
      feedback: {
        ...feedback,
        kind: 'survey',
        metric: 'nps',
        score: 2,
        scaleMin: 0,
        scaleMax: 10,
        sentiment: 'negative',
        trust: 'secret',
        verified: null,
      },
    }),
  },
  {
    name: 'a score of zero, from a file',
    item: item(4, {
      feedback: {
        ...feedback,
        kind: 'survey',
        metric: 'nps',
        score: 0,
        scaleMin: 0,
        scaleMax: 10,
        sentiment: 'negative',
        trust: 'imported',
        text: null,
      },
    }),
  },
  {
    name: 'a test',
    item: item(5, { feedback: { ...feedback, test: true, metric: 'csat', score: 5, trust: 'refetched' } }),
  },
  { name: 'no score at all', item: item(6, { feedback: { ...feedback, score: null, sentiment: null } }) },
  {
    name: 'a very long text',
    item: item(7, { object: { ...object, title: long.slice(0, 160) }, feedback: { ...feedback, text: long } }),
  },
  {
    name: 'right to left',
    item: item(8, {
      object: { ...object, title: 'خيمة جيدة' },
      feedback: { ...feedback, text: 'خفيفة وسهلة التركيب، لكن الحقيبة صغيرة.' },
    }),
  },
  {
    name: 'what looks like a script is text',
    item: item(9, {
      object: { ...object, title: '<img src=x onerror=alert(1)>' },
      feedback: { ...feedback, text: '<script>alert(1)</script>' },
    }),
  },
  {
    name: 'an object that is no feedback',
    item: item(10, { klass: 'repair', object: { ...object, title: 'Tent pole', description: 'The pole is bent.' } }),
  },
]

const conversation = {
  name: 'Broken tent pole',
  preview: 'Can you send a new one before the weekend?',
  status: 'open',
  channels: ['email'],
  messageCount: 3,
  noteCount: 1,
  lastMessageAt: at,
  createdAt: at,
} as Conversation

export const conversationCards: { name: string; conversation: Conversation }[] = [
  { name: 'open', conversation },
  { name: 'snoozed, no name', conversation: { ...conversation, status: 'snoozed', name: null } },
  {
    name: 'done, nothing written',
    conversation: { ...conversation, status: 'done', preview: null, messageCount: 0, noteCount: 0 },
  },
  {
    name: 'a long name, right to left',
    conversation: { ...conversation, name: 'استبدال المقاس للخيمة الكبيرة '.repeat(5), channels: ['chat', 'sms'] },
  },
]

export const klass: ItemOf<'GET /v1/klasses'>['attributes'] = {
  name: 'review',
  displayName: 'Product review',
  icon: 'star',
  color: '#0F9D7A',
  status: 'enabled',
  app: null,
  jsonSchema: null,
  mixins: {},
  createdAt: at,
  updatedAt: at,
}

/** A note as it stands on a timeline, short and long. */
export const noteCards: { name: string; note: NonNullable<Attributes['note']>; author: string | undefined }[] = [
  { name: 'a note', author: 'Ada Martin', note: note('She called: the parcel is with her neighbour.') },
  { name: 'a long note by somebody who is not known any more', author: undefined, note: note(long) },
]

function note(body: string): NonNullable<Attributes['note']> {
  return {
    body,
    externalId: null,
    userMentions: [],
    attachments: [],
    lang: null,
    deleted: false,
    rev: 1,
    createdAt: at,
    updatedAt: at,
    modifiedAt: at,
    importedAt: null,
  }
}

export const feedbackStates = Object.keys(replyStateNames) as Feedback['replyState'][]

const reply: Reply = {
  state: 'none',
  body: null,
  publishedBody: null,
  publishedAt: null,
  reason: null,
  nextAttemptAt: null,
  writtenBy: null,
  approvedBy: null,
  mayWrite: true,
  needsApproval: false,
  mayApprove: true,
  provider: 'Example Reviews',
  problem: null,
  canWithdraw: true,
  whyNotWithdraw: null,
  longest: null,
  isPrivate: false,
  privateHint: null,
  hint: 'Plain text only.',
  command: '!reply',
  rev: 0,
}
const out = { publishedBody: 'Thank you, Ann!', publishedAt: at, body: 'Thank you, Ann!', rev: 3 }

/** A public reply in each of its states. */
export const replies: { name: string; reply: Reply }[] = [
  { name: 'nothing said yet', reply },
  { name: 'it cannot be answered', reply: { ...reply, problem: 'The review is not at Example Reviews any more.' } },
  {
    name: 'on its way, after an outage',
    reply: {
      ...reply,
      state: 'publishing',
      body: 'Thanks',
      reason: 'Example Reviews answered 503.',
      nextAttemptAt: at,
      rev: 2,
    },
  },
  {
    name: 'it waits for approval',
    reply: { ...reply, state: 'awaiting_approval', body: 'Thank you very much, Ann!', rev: 1 },
  },
  { name: 'out', reply: { ...reply, ...out, state: 'published' } },
  {
    name: 'out, and cannot be taken back',
    reply: {
      ...reply,
      ...out,
      state: 'published',
      canWithdraw: false,
      whyNotWithdraw: 'There is no call to take it back.',
    },
  },
  { name: 'outdated', reply: { ...reply, ...out, state: 'outdated', reason: 'The review was changed since' } },
  {
    name: 'failed',
    reply: { ...reply, state: 'failed', body: 'Thanks', reason: 'Example Reviews answered 400: too long', rev: 4 },
  },
]

const survey: Survey['attributes'] = {
  state: 'scheduled',
  reason: null,
  app: 'example-surveys',
  installation: '0',
  provider: 'Example Surveys',
  store: 'Tents and more',
  test: false,
  decision: { verdict: 'ask', reason: 'Every rule lets it through.', rules: [] },
  address: 'ann@example.com',
  closedAt: at,
  channel: 'email',
  assignedUsers: [],
  assignedTeams: [],
  dueAt: at,
  providerDelay: 300,
  requestedAt: null,
  sentAt: null,
  openedAt: null,
  answeredAt: null,
  feedback: null,
  rev: 1,
}

/** A survey request in each of its states. */
export const surveys: { name: string; survey: Survey['attributes'] }[] = [
  { name: 'it waits for its time', survey },
  { name: 'it waits for another try', survey: { ...survey, reason: 'Example Surveys answered 503.' } },
  { name: 'with a key for tests', survey: { ...survey, test: true, state: 'requested', requestedAt: at } },
  { name: 'sent', survey: { ...survey, state: 'sent', sentAt: at } },
  { name: 'opened', survey: { ...survey, state: 'opened', openedAt: at } },
  { name: 'answered', survey: { ...survey, state: 'answered', answeredAt: at, feedback: '0' } },
  { name: 'not asked', survey: { ...survey, state: 'skipped', reason: 'It was closed without a survey.' } },
  { name: 'canceled', survey: { ...survey, state: 'canceled', reason: 'The conversation was opened again.' } },
  { name: 'bounced', survey: { ...survey, state: 'bounced', reason: 'The address does not take mail.' } },
  { name: 'not answered', survey: { ...survey, state: 'expired', reason: 'Nobody answered within 30 days.' } },
  {
    name: 'failed',
    survey: { ...survey, state: 'failed', reason: `Example Surveys answered 400: ${'too long '.repeat(20)}` },
  },
]
