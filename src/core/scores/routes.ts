import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { ScoreQuery, Scores } from './schema.ts'
import { readScores } from './scores.ts'

export const scoresRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/scores',
    tag: 'Feedback',
    summary:
      'Read scores of answers and reviews by week, app, store, team, agent, channel or brand, with how sure each is',
    access: may('read', 'feedback', 'org.user.kobject.read', 'org.permission.kobject.read'),
    query: ScoreQuery,
    status: 200,
    reply: z.object({ data: Scores }),
    handle: ({ db, query }) => db.read(async (reader) => ({ data: await readScores(reader, query) })),
  }),
]
