import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { announcePresence } from '../../platform/live.ts'
import { getConversation } from './conversations.ts'

export const PresenceInput = z.strictObject({ typing: z.boolean().describe('Whether you are writing there now.') })

/** Who is at a conversation is told to the others who have it open, and kept nowhere. */
export const presenceRoutes: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/v1/conversations/:id/presence',
    tag: 'Conversations',
    summary: 'Tell the others that you are at a conversation; say it again every few seconds while you are',
    access: may('read', 'conversation'),
    params: z.object({ id: z.string().max(64) }),
    body: PresenceInput,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        const { id } = await getConversation(tx, params.id)
        await announcePresence(tx, { conversation: id, user: by.userId, typing: body.typing })
      }),
  }),
]
