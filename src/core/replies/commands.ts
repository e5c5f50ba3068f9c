import { z } from 'zod'

import type { Tx } from '../../platform/db/database.ts'
import { authorize, may } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import type { AppServices } from '../apps/apps.ts'
import { findByConversation } from '../feedback/feedback.ts'
import { notify } from '../notifications/notifications.ts'
import { placeOf, publish } from './replies.ts'

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
 * Does what a note asks for, when its conversation is about a review whose provider has such a command: the note's text becomes the
 * public reply, in place of the one there is. Whoever wrote it hears when that is not possible.
 */
export async function runNoteCommand(tx: Tx, services: AppServices, note: NoteCommand): Promise<void> {
  const feedback = isId(note.conversationId) ? await findByConversation(tx, note.conversationId) : undefined
  const command = services.catalog.find(feedback?.app ?? '')?.integration.replies?.command
  if (feedback === undefined || command === undefined || !note.body.includes(command)) {
    return
  }
  const { orgId, userId, userType, roles } = note
  const actor: Actor = { orgId, userId, userType, roles }
  try {
    const by = authorize(actor, may('create', 'reply'))
    const body = note.body.replaceAll(command, '').trim()
    if (body === '') {
      throw new ApiError('badparam', `A note with ${command} needs words beside it: they become the reply.`)
    }
    await publish(tx, services, by, feedback.id, { body, rev: undefined })
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error
    }
    await notify(tx, [userId], {
      kind: 'reply_failed',
      title: 'Your public reply was not published',
      body: error.message,
      ...placeOf(feedback),
    })
  }
}
