import type { Tx } from '../../platform/db/database.ts'
import { authorize, everybody } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import { createConversation } from '../conversations/conversations.ts'
import { findFeedbackOf, listVersions, setConversation } from '../feedback/feedback.ts'
import { createMessage } from '../messages/messages.ts'
import { appActor } from './app-actor.ts'
import type { EffectRecord } from './schema.ts'

/** Something that a conversation is to be opened about. */
export interface Subject {
  deliveryId: Id
  app: string
  installationId: Id
  objectId: Id
  customerId: Id
  name: string
  message: string
  at: Date
}

/** [inferred] The platform's channels know no reviews; what an app brings by its hook comes as a form does. */
const channel = 'form'

/**
 * Opens a conversation about each subject that has none. About one that has, a message tells what it says now, when that is
 * not what it said before: whoever deals with it must know.
 */
export async function talkAbout(tx: Tx, subjects: Subject[]): Promise<{ deliveryId: Id; record: EffectRecord }[]> {
  if (subjects.length === 0) {
    return []
  }
  const feedback = await findFeedbackOf(
    tx,
    subjects.map((it) => it.objectId),
  )
  const records: { deliveryId: Id; record: EffectRecord }[] = []
  for (const subject of subjects) {
    const known = feedback.get(subject.objectId)
    const open = known?.conversation_id ?? null
    if (open === null) {
      const id = await openConversation(tx, subject)
      const record = { kind: 'conversation', result: 'created', id, customer: subject.customerId } as const
      records.push({ deliveryId: subject.deliveryId, record })
    } else if ((await listVersions(tx, subject.objectId)).some((it) => it.replaced_at.getTime() === now(known))) {
      await say(tx, await appActor(tx, subject.installationId), open, subject)
      const record = { kind: 'conversation', result: 'updated', id: open, customer: subject.customerId } as const
      records.push({ deliveryId: subject.deliveryId, record })
    }
  }
  return records
}

/** The time of this transaction, which wrote the record: what it replaced just now has the same. */
function now(row: { updated_at: Date } | undefined): number | undefined {
  return row?.updated_at.getTime()
}

async function openConversation(tx: Tx, subject: Subject): Promise<Id> {
  const actor = await appActor(tx, subject.installationId)
  const conversation = await createConversation(tx, authorize(actor, everybody('conversation')), {
    customer: subject.customerId,
    name: subject.name,
    status: 'open',
    direction: 'in',
  })
  await setConversation(tx, subject.objectId, conversation.id)
  await say(tx, actor, conversation.id, subject)
  return conversation.id
}

async function say(tx: Tx, actor: Actor, conversationId: Id, { app, message, at }: Subject): Promise<void> {
  await createMessage(tx, authorize(actor, everybody('message')), conversationId, {
    app,
    channel,
    direction: 'in',
    preview: message,
    sentAt: at.toISOString(),
  })
}
