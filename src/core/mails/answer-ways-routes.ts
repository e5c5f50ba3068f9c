import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import type { AppServices } from '../apps/apps.ts'
import { getConversation } from '../conversations/conversations.ts'
import { answerWays } from './answer-routes.ts'
import { AnswerWayAttributes } from './schema.ts'

export function answerWaysRoutes(services: AppServices): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/conversations/:id/answer-ways',
      tag: 'Messages',
      summary: 'List the ways by which an answer in this conversation can leave, where it came by mail',
      access: may('read', 'conversation'),
      params: z.object({ id: z.string().max(64) }),
      status: 200,
      reply: z.object({ data: z.array(z.object({ type: z.string(), attributes: AnswerWayAttributes })) }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const { id } = await getConversation(reader, params.id)
          const ways = await answerWays(reader, services, id)
          return {
            data: ways.map(({ problem, ...way }) => ({
              type: 'answer-way',
              attributes: { ...way, problem: problem ?? null },
            })),
          }
        }),
    }),
  ]
}
