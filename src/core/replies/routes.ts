import { z } from 'zod'

import type { Reader, Tx } from '../../platform/db/database.ts'
import { isAllowed, may, only } from '../../platform/http/access.ts'
import type { Access, Actor, Authorized } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, resource } from '../../platform/http/envelope.ts'
import type { AppServices } from '../apps/apps.ts'
import { getFeedback } from '../feedback/feedback.ts'
import { getOrg } from '../orgs/orgs.ts'
import { answerable } from './capability.ts'
import {
  approve,
  findReply,
  listMoves,
  mayApprove,
  publish,
  retry,
  saveDraft,
  sendBack,
  updateReplyRules,
  waitsForApproval,
  withdraw,
} from './replies.ts'
import {
  ReplyAttributes,
  ReplyDecision,
  ReplyDraft,
  ReplyMoveAttributes,
  ReplyPublication,
  ReplyRules,
} from './schema.ts'
import { showMove, showReply } from './show.ts'

const tag = 'Replies'
const path = '/v1/feedback/:id/reply'
const byId = z.object({ id: z.string().max(24) })
const reply = document(ReplyAttributes)
const read = may('read', 'reply', 'org.user.kobject.read', 'org.permission.kobject.read')
const write = may('create', 'reply')
const approval = only('reply_approval', 'org.admin.reply.approve', 'org.permission.reply.approve')
const rulesRead = only('reply_rules', 'org.user', 'org.permission.reply.read', 'org.admin')
const rulesWrite = only('reply_rules', 'org.admin.reply.write', 'org.permission.reply_rules.update')

interface ChangeSpec<Body extends z.ZodType, Resource extends string> {
  method: 'PUT' | 'POST'
  /** What follows the reply's own path. */
  rest?: string
  summary: string
  access: Access<Resource>
  body: Body
  status: 200 | 202
  work: (tx: Tx, services: AppServices, by: Authorized<Resource>, id: string, body: z.output<Body>) => Promise<unknown>
}

export function repliesRoutes(services: AppServices): Endpoint[] {
  async function show(reader: Reader, by: Actor, id: string) {
    const feedback = await getFeedback(reader, id)
    const row = await findReply(reader, feedback.id)
    return {
      data: showReply({
        feedback,
        reply: row,
        answerable: await answerable(reader, services, feedback, row),
        mayWrite: isAllowed(by, write),
        needsApproval: await waitsForApproval(reader, by),
        mayApprove: mayApprove(by),
      }),
    }
  }

  /** A change of a reply; the answer is the reply after it. */
  function change<Body extends z.ZodType, Resource extends string>({
    rest = '',
    work,
    ...spec
  }: ChangeSpec<Body, Resource>): Endpoint {
    return endpoint({
      ...spec,
      path: path + rest,
      tag,
      params: byId,
      reply,
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => {
          await work(tx, services, by, params.id, body)
          return show(tx, by, params.id)
        }),
    })
  }

  return [
    endpoint({
      method: 'GET',
      path,
      tag,
      summary: 'Read the public reply to a review, and what can be done with it',
      access: read,
      params: byId,
      status: 200,
      reply,
      handle: ({ db, by, params }) => db.read((reader) => show(reader, by, params.id)),
    }),
    change({
      method: 'PUT',
      summary: 'Keep a draft of a public reply; nobody sees it',
      access: write,
      body: ReplyDraft,
      status: 200,
      work: saveDraft,
    }),
    change({
      method: 'POST',
      rest: '/publication',
      summary: 'Publish a reply, or give it to whoever has to approve it',
      access: write,
      body: ReplyPublication,
      status: 202,
      work: publish,
    }),
    change({
      method: 'POST',
      rest: '/approval',
      summary: 'Let out a reply that waits for approval',
      access: approval,
      body: ReplyDecision,
      status: 202,
      work: approve,
    }),
    change({
      method: 'POST',
      rest: '/rejection',
      summary: 'Send a reply that waits for approval back to its author',
      access: approval,
      body: ReplyDecision,
      status: 200,
      work: sendBack,
    }),
    change({
      method: 'POST',
      rest: '/attempts',
      summary: 'Try again what failed',
      access: write,
      body: ReplyDecision,
      status: 202,
      work: retry,
    }),
    change({
      method: 'POST',
      rest: '/withdrawal',
      summary: 'Take a reply back at its provider, or drop one that never was out',
      access: write,
      body: ReplyDecision,
      status: 202,
      work: withdraw,
    }),
    endpoint({
      method: 'GET',
      path: `${path}/history`,
      tag,
      summary: 'List every state the reply was in, the newest first',
      access: read,
      params: byId,
      status: 200,
      reply: z.object({ data: z.array(resource(ReplyMoveAttributes)) }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const feedback = await getFeedback(reader, params.id)
          const row = await findReply(reader, feedback.id)
          const moves = row === undefined ? [] : await listMoves(reader, row.id)
          return { data: moves.map((move) => showMove(feedback.id, move)) }
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/replies/rules',
      tag,
      summary: 'Read whether public replies wait for approval',
      access: rulesRead,
      status: 200,
      reply: z.object({ data: ReplyRules }),
      handle: ({ db }) =>
        db.read(async (reader) => ({ data: { needApproval: (await getOrg(reader)).replies_need_approval } })),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/replies/rules',
      tag,
      summary: 'Say whether public replies wait for approval',
      access: rulesWrite,
      body: ReplyRules,
      status: 200,
      reply: z.object({ data: ReplyRules }),
      handle: ({ db, by, body }) => db.write(async (tx) => ({ data: await updateReplyRules(tx, by, body) })),
    }),
  ]
}
