import { z } from 'zod'

import type { Tx } from '../../platform/db/database.ts'
import { authorize, may } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import type { AppServices } from '../apps/apps.ts'
import { ask } from '../enquiries/enquiries.ts'
import { findByConversation } from '../feedback/feedback.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import { notify } from '../notifications/notifications.ts'
import { placeOf, publish } from '../replies/replies.ts'

/** What a note that may hold a command is handed over as. */
export const NoteCommand = z.object({
  orgId: z.string(),
  conversationId: z.string(),
  body: z.string(),
  userId: z.string(),
  userType: z.enum(['user', 'machine']),
  roles: z.array(z.string()),
})
export type NoteCommand = z.infer<typeof NoteCommand>

/**
 * Does what a note asks for, when its conversation is about a review whose provider has such commands: the note's text becomes the public
 * reply, in place of the one there is, or the author is asked who they are. Whoever wrote it hears when that is not possible.
 */
export async function runNoteCommand(tx: Tx, services: AppServices, note: NoteCommand): Promise<void> {
  const feedback = isId(note.conversationId) ? await findByConversation(tx, note.conversationId) : undefined
  const integration = services.catalog.find(feedback?.app ?? '')?.integration
  if (feedback === undefined || integration === undefined) {
    return
  }
  const { orgId, userId, userType, roles, body } = note
  const actor: Actor = { orgId, userId, userType, roles }
  const reply = integration.replies?.command
  const enquiry = integration.enquiries?.command
  if (enquiry !== undefined && body.includes(enquiry)) {
    await attempt(tx, feedback, userId, 'The reviewer was not asked', async () =>
      ask(tx, services, authorize(actor, may('create', 'reply')), feedback.id),
    )
  }
  if (reply !== undefined && body.includes(reply)) {
    await attempt(tx, feedback, userId, 'Your public reply was not published', async () => {
      const by = authorize(actor, may('create', 'reply'))
      const text = [reply, enquiry].reduce<string>(
        (rest, word) => (word === undefined ? rest : rest.replaceAll(word, '')),
        body,
      )
      if (text.trim() === '') {
        throw new ApiError('badparam', `A note with ${reply} needs words beside it: they become the reply.`)
      }
      await publish(tx, services, by, feedback.id, { body: text, rev: undefined })
    })
  }
}

async function attempt(
  tx: Tx,
  feedback: StoredFeedback,
  userId: string,
  title: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error
    }
    await notify(tx, [userId], { kind: 'reply_failed', title, body: error.message, ...placeOf(feedback) })
  }
}
