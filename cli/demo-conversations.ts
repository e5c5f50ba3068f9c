import { createConversation, updateConversation } from '../src/core/conversations/conversations.ts'
import { findConversationByExternalId } from '../src/core/conversations/store.ts'
import { createMessage } from '../src/core/messages/messages.ts'
import { createNote } from '../src/core/notes/notes.ts'
import { createSavedSearch } from '../src/core/search/saved-searches.ts'
import { createShortcut } from '../src/core/shortcuts/shortcuts.ts'
import { createTeam } from '../src/core/teams/teams.ts'
import type { OrgDb } from '../src/platform/db/database.ts'
import { authorize, everybody } from '../src/platform/http/access.ts'
import type { Actor } from '../src/platform/http/access.ts'
import type { Id } from '../src/platform/ids.ts'

interface Story {
  name: string | null
  channel: 'email' | 'chat' | 'sms'
  says: string
  answer?: string
  /** What the customer writes after the answer. */
  writesBack?: string
  note?: string
  tags?: string[]
  priority?: number
  status?: 'open' | 'snoozed' | 'done'
  isAssigned?: boolean
}

const stories: Story[] = [
  {
    name: 'Broken tent pole',
    channel: 'email',
    says: 'Hello, my tent arrived with a broken pole. Can you send a new one before the weekend? We are leaving on Friday.',
    note: 'The warehouse has three left. I put one aside.',
    tags: ['warranty'],
    priority: 4,
    isAssigned: true,
  },
  {
    name: 'Where is my order?',
    channel: 'email',
    says: 'Where is order 10443? It should have been here on Monday.',
    answer: 'Hello! It left us on Thursday and is with the carrier in Linz. You should have it tomorrow.',
    writesBack: 'It is here. Thank you!',
    tags: ['shipping'],
    isAssigned: true,
  },
  {
    name: null,
    channel: 'chat',
    says: 'The zipper is stuck after one trip. Is that a warranty case?',
    tags: ['warranty'],
  },
  {
    name: 'Rechnung',
    channel: 'email',
    says: 'Könnten Sie mir eine Rechnung für die Bestellung 10398 schicken? Vielen Dank!',
    answer: 'Gerne, sie hängt an dieser Nachricht.',
    status: 'done',
    tags: ['billing'],
  },
  {
    name: 'استبدال المقاس',
    channel: 'email',
    says: 'مرحبا، هل يمكنني استبدال المقاس؟',
    tags: ['returns'],
    isAssigned: true,
  },
  {
    name: 'Return of a sleeping bag',
    channel: 'email',
    says: 'I would like to return the sleeping bag. It is too short for me; I am 1.95 m tall and my feet get cold.',
    answer: 'Of course. The label is attached; the longer one is 20 € more. Shall we send it?',
    status: 'snoozed',
    tags: ['returns'],
    isAssigned: true,
  },
  { name: null, channel: 'chat', says: 'Thank you, that was quick!', status: 'done' },
  {
    name: 'Charged twice',
    channel: 'email',
    says: 'My card was charged twice for order 10467. Please refund one of them.',
    note: 'Seen at the payment provider: the second one is only reserved and lapses on Friday.',
    tags: ['billing'],
    priority: 5,
  },
  { name: 'Is the stove allowed on planes?', channel: 'sms', says: 'Can I take the gas stove in my hand luggage?' },
  {
    name: 'Discount code',
    channel: 'email',
    says: 'The code SUMMER does not work any more. Did it run out?',
    answer: 'It did, on Sunday. Here is one for you: THANKS10.',
    status: 'done',
  },
]
const rounds = 3
const hourMs = 3_600_000

interface DemoPeople {
  agentId: Id
  adminId: Id
  customers: Id[]
}

/** Conversations as a shop has them, some of each state, with what an agent needs to answer them. A second call changes nothing. */
export async function fillConversations(
  db: OrgDb,
  orgId: Id,
  { agentId, adminId, customers }: DemoPeople,
): Promise<void> {
  const admin: Actor = { orgId, userId: adminId, userType: 'user', roles: ['org.admin', 'org.user'] }
  const agent: Actor = { orgId, userId: agentId, userType: 'user', roles: ['org.admin', 'org.user'] }
  const exists = await db.read((reader) => findConversationByExternalId(reader, 'demo-0'))
  if (exists !== undefined || customers.length === 0) {
    return
  }
  await db.write(async (tx) => {
    await createTeam(tx, authorize(admin, everybody('team')), { name: 'Returns', members: [agentId] })
    await createShortcut(tx, authorize(admin, everybody('shortcut')), {
      name: 'Thanks for waiting',
      keyword: 'thanks',
      body: 'Hello {{customer.firstName}},\n\nthank you for waiting. ',
      channels: [],
      shared: true,
      changes: {},
    })
    await createSavedSearch(tx, authorize(admin, everybody('search')), {
      name: 'Urgent',
      query: {
        queryContext: 'conversation',
        and: [{ conversation_status: { in: ['open'] } }, { conversation_priority: { gte: 4 } }],
        sort: [{ conversation_activity_at: 'desc' }],
        timeZone: 'GMT',
        includeDeleted: false,
      },
      shared: true,
      sharedTeams: [],
      pinned: true,
      position: 0,
    })
  })
  const count = stories.length * rounds
  for (let index = count - 1; index >= 0; index--) {
    const story = stories[index % stories.length]
    const customer = customers[(index * 5) % customers.length]
    if (story !== undefined && customer !== undefined) {
      await tell(db, { admin, agent }, story, {
        customer,
        externalId: `demo-${index}`,
        at: Date.now() - index * 2.6 * hourMs,
      })
    }
  }
}

async function tell(
  db: OrgDb,
  { admin, agent }: { admin: Actor; agent: Actor },
  story: Story,
  { customer, externalId, at }: { customer: Id; externalId: string; at: number },
): Promise<void> {
  const moment = (hours: number) => new Date(Math.min(at + hours * hourMs, Date.now())).toISOString()
  await db.write(async (tx) => {
    const { id } = await createConversation(tx, authorize(admin, everybody('conversation')), {
      customer,
      externalId,
      status: 'open',
      name: story.name,
      direction: 'in',
      createdAt: moment(0),
      ...(story.priority === undefined ? {} : { priority: story.priority }),
      ...(story.tags === undefined ? {} : { tags: story.tags }),
      ...(story.isAssigned === true ? { assignedUsers: [agent.userId] } : {}),
    })
    const say = (by: Actor, direction: 'in' | 'out', preview: string, hours: number) =>
      createMessage(tx, authorize(by, everybody('message')), id, {
        app: 'demo',
        channel: story.channel,
        direction,
        preview,
        sentAt: moment(hours),
      })
    await say(admin, 'in', story.says, 0)
    if (story.answer !== undefined) {
      await say(agent, 'out', story.answer, 0.6)
    }
    if (story.writesBack !== undefined) {
      await say(admin, 'in', story.writesBack, 1.5)
    }
    if (story.note !== undefined) {
      await createNote(tx, authorize(agent, everybody('note')), id, { body: story.note, createdAt: moment(0.3) })
    }
    if (story.status === 'done' || story.status === 'snoozed') {
      await updateConversation(
        tx,
        authorize(agent, everybody('conversation')),
        id,
        story.status === 'done'
          ? { status: 'done' }
          : { status: 'snoozed', snooze: { time: new Date(Date.now() + 30 * hourMs).toISOString() } },
        { replace: false },
      )
    }
  })
}
